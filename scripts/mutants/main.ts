/**
 * `npm run mutants`: takes each check of the table away in a copy of the sources and runs the tests
 * that must notice. Ends with 1 when a change survives. `-- --only TEXT` runs some of them.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { MUTANTS, type Mutant } from './table.ts'

const root = join(import.meta.dirname, '../..')
const TIMEOUT_MILLISECONDS = 120_000
const COPIED = ['src', 'test', 'scripts', 'docs', 'examples', 'dist', 'package.json', 'README.md']
const COPIED_SETTINGS = ['tsconfig.json', 'tsconfig.base.json', 'vitest.config.ts', 'wrangler.toml']

const { values } = parseArgs({ options: { only: { type: 'string' } } })
const chosen = MUTANTS.filter(({ id }) => id.includes(values.only ?? ''))
const copy = mkdtempSync(join(tmpdir(), 'edgemint-mutants-'))
const survivors: string[] = []
const proven = new Set<string>()
try {
  for (const path of [...COPIED, ...COPIED_SETTINGS]) {
    cpSync(join(root, path), join(copy, path), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  // What fails as it is would notice every change.
  for (const { project, tests } of chosen) {
    if (proven.has(tests)) continue
    if (runTests(project, tests) !== 0) throw new Error(`${tests} fails without a change`)
    proven.add(tests)
  }
  for (const mutant of chosen) {
    const isNoticed = tryMutant(mutant)
    console.log(`${isNoticed ? 'noticed ' : 'SURVIVED'} ${mutant.id} (${mutant.file})`)
    if (!isNoticed) survivors.push(mutant.id)
  }
} finally {
  rmSync(copy, { recursive: true, force: true })
}
console.log(`${chosen.length - survivors.length} of ${chosen.length} changes were noticed`)
for (const id of survivors) console.log(`survived: ${id}`)
process.exitCode = survivors.length === 0 ? 0 : 1

/** Whether a test failed for it. */
function tryMutant({ id, file, from, to, project, tests }: Mutant): boolean {
  const path = join(copy, file)
  const source = readFileSync(path, 'utf8')
  const parts = source.split(from)
  if (parts.length !== 2) {
    throw new Error(`${id}: its source stands ${parts.length - 1} times in ${file}`)
  }
  writeFileSync(path, parts.join(to))
  const status = runTests(project, tests)
  writeFileSync(path, source)
  return status !== 0
}

/** The exit code; a run that takes too long has none, and counts as failed. */
function runTests(project: Mutant['project'], tests: string): number | null {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [vitest, 'run', '--project', project, '--bail', '1', ...tests.split(' ')],
    { cwd: copy, encoding: 'utf8', timeout: TIMEOUT_MILLISECONDS },
  )
  if (/No test files found/.test(`${stdout}${stderr}`)) throw new Error(`there is no ${tests}`)
  return status
}
