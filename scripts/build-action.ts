/**
 * The two files that GitHub's runner starts, and the notices of what is in them. They are committed, because an action is run as it
 * stands in its repository. `npm run build` leaves them alone, so that the test which builds them
 * again and compares sees what was committed.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { renderNotices } from './notices.ts'

const root = join(import.meta.dirname, '..')

const HEADER =
  '// Generated from action/src by `npm run build:action`; a test compares it with its source.'

export type BuiltFile = { readonly path: string; readonly text: string }

/** Paths are relative to the root. */
export async function buildAction(): Promise<readonly BuiltFile[]> {
  const names = ['main', 'post']
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: names.map((name) => `action/src/${name}.ts`),
    outdir: join(root, 'action/dist'),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    charset: 'utf8',
    legalComments: 'none',
    banner: { js: HEADER },
    logLevel: 'error',
    metafile: true,
    write: false,
    // Nothing of the machine that builds may be in the file.
    tsconfigRaw: {},
  })
  const files = names.map((name) => {
    const file = outputFiles.find(({ path }) => path.endsWith(`/${name}.js`))
    if (file === undefined) throw new Error(`nothing was built from ${name}`)
    return { path: `action/dist/${name}.js`, text: file.text }
  })
  const notices = {
    path: 'action/dist/THIRD_PARTY_NOTICES.txt',
    text: renderNotices('The action', metafile, root),
  }
  return [...files, notices]
}

if (import.meta.main) {
  for (const { path, text } of await buildAction()) writeFileSync(join(root, path), text)
}
