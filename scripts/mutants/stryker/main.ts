/**
 * `npm run mutants:all`: StrykerJS changes every expression of core, verify, client and gateway in
 * turn and runs the tests that reach it. What survives is in reports/mutants, a page for each
 * folder; some of it means the same as the code. `-- core/evidence verify/keys` chooses folders.
 * Each folder is a run of its own, because Stryker runs out of memory when it records which of
 * 4,000 tests reach which of 11,000 changes.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describeCounts } from './describe-counts.ts'

const root = join(import.meta.dirname, '../../..')
const ROOMS = ['core', 'verify', 'client', 'gateway']

type Report = {
  readonly files: Readonly<Record<string, { readonly mutants: readonly { status: string }[] }>>
}

/** The folders with code, except the providers: data, which tests compare with real claims. */
function listFolders(): string[] {
  const files = ROOMS.flatMap((room) =>
    readdirSync(join(root, 'src', room), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && path !== 'limits.ts')
      .map((path) => join(root, 'src', room, path)),
  )
  const folders = files.map((file) => relative(join(root, 'src'), dirname(file)))
  return [...new Set(folders)].filter((folder) => !folder.startsWith('core/providers')).sort()
}

/** The counts of a folder's report, or undefined when its run failed. */
function mutateFolder(folder: string): Readonly<Record<string, number>> | undefined {
  const stryker = join(root, 'node_modules/@stryker-mutator/core/bin/stryker.js')
  const config = 'scripts/mutants/stryker/stryker.config.mjs'
  const { status } = spawnSync(process.execPath, [stryker, 'run', config], {
    cwd: root,
    env: { ...process.env, MUTATED_FOLDER: folder },
    stdio: 'inherit',
  })
  const path = join(root, `reports/mutants/${folder.replaceAll('/', '-')}.json`)
  if (status !== 0 || !existsSync(path)) return undefined
  const { files } = JSON.parse(readFileSync(path, 'utf8')) as Report
  const counts: Record<string, number> = {}
  for (const { mutants } of Object.values(files)) {
    for (const { status } of mutants) counts[status] = (counts[status] ?? 0) + 1
  }
  return counts
}

const folders = listFolders()
const asked = process.argv.slice(2)
const unknown = asked.find((name) => !folders.includes(name))
if (unknown !== undefined) {
  console.error(`${unknown} is not a folder to change: name one of ${folders.join(', ')}`)
  process.exit(2)
}

const rows: string[] = []
for (const folder of asked.length > 0 ? asked : folders) {
  const counts = mutateFolder(folder)
  rows.push(
    counts === undefined ? `${folder}: the run failed` : `${folder}: ${describeCounts(counts)}`,
  )
  if (counts === undefined) process.exitCode = 1
}
console.log(`\n${rows.join('\n')}`)
