/**
 * Builds the two files that a GitHub runner starts, and the notices of the packages in them. They
 * are committed, because GitHub runs an action from the files in its repository. `npm run build`
 * does not write them: a test builds them again and compares the result with the committed files.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { renderNotices } from './notices.ts'

const root = join(import.meta.dirname, '..')

const HEADER =
  '// Generated from action/src by `npm run build:action`; a test compares it with its source.'

export type BuiltFile = { readonly path: string; readonly text: string }

/** Paths in the result are relative to the root. */
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
    // Ignores the tsconfig of the machine, so that the output is the same everywhere.
    tsconfigRaw: {},
  })
  const files = names.map((name) => {
    const file = outputFiles.find(({ path }) => path.endsWith(`/${name}.js`))
    if (file === undefined) throw new Error(`no output for ${name}`)
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
