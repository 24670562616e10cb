/**
 * Bundles the console into `dist/assets/console`: `index.html`, and files whose names have the hash
 * of their content, so that browsers may keep them for ever.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build, type Metafile } from 'esbuild'
import { renderNotices } from './notices.ts'

const PLACE = '<!-- assets -->'

/** Where the files are, below the gateway's URL. */
const ASSETS = '/console/assets/'

export async function buildConsole(root: string): Promise<void> {
  const outdir = join(root, 'dist/assets/console')
  rmSync(outdir, { recursive: true, force: true })
  mkdirSync(join(outdir, 'assets'), { recursive: true })
  const entry = 'src/console/main.tsx'
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outdir: join(outdir, 'assets'),
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    // Each package's licence is in the notices instead.
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  })
  refuseOtherStyles(metafile, entry)
  const html = readFileSync(join(root, 'src/console/index.html'), 'utf8')
  if (!html.includes(PLACE)) throw new Error(`src/console/index.html has no ${PLACE}`)
  writeFileSync(join(outdir, 'index.html'), html.replace(PLACE, renderLinks(metafile, entry)))
  writeFileSync(
    join(outdir, 'THIRD_PARTY_NOTICES.txt'),
    renderNotices('The console', metafile, root),
  )
}

/** A style sheet that only a page imports becomes a file that nothing loads. */
function refuseOtherStyles({ outputs }: Metafile, entry: string): void {
  const own = Object.values(outputs).find(({ entryPoint }) => entryPoint === entry)?.cssBundle
  const others = Object.keys(outputs).filter((path) => path.endsWith('.css') && path !== own)
  if (others.length > 0) throw new Error(`import style sheets in ${entry}: ${others.join(', ')}`)
}

/** The style sheet and the script of the entry, and the chunks that the script always imports. */
function renderLinks({ outputs }: Metafile, entry: string): string {
  const [path, output] =
    Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === entry) ?? []
  if (path === undefined || output === undefined) throw new Error(`${entry} was not bundled`)
  const imports = output.imports.filter(({ kind }) => kind === 'import-statement')
  return [
    ...(output.cssBundle === undefined
      ? []
      : [`<link rel="stylesheet" href="${ASSETS}${basename(output.cssBundle)}">`]),
    ...imports.map((one) => `<link rel="modulepreload" href="${ASSETS}${basename(one.path)}">`),
    `<script type="module" src="${ASSETS}${basename(path)}"></script>`,
  ].join('\n    ')
}
