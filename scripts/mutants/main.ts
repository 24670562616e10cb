/**
 * `npm run mutants`: takes each check of the tables away in a copy of the sources and runs the tests
 * that must notice. Ends with 1 when a change survives. `-- --only TEXT` runs some of them. Each
 * project of tests is a lane, and the lanes run beside each other, in a copy each.
 */
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Mutant } from './mutant.ts'
import { MUTANTS } from './table.ts'

const root = join(import.meta.dirname, '../..')
const TIMEOUT_MILLISECONDS = 180_000
const COPIED = ['src', 'test', 'scripts', 'docs', 'examples', 'dist', 'package.json', 'README.md']
const COPIED_SETTINGS = ['tsconfig.json', 'tsconfig.base.json', 'vitest.config.ts', 'wrangler.toml']

const { values } = parseArgs({ options: { only: { type: 'string' } } })
const chosen = MUTANTS.filter(({ id }) => id.includes(values.only ?? ''))
const survivors: string[] = []

const lanes = [...new Set(chosen.map(({ project }) => project))]
const ends = await Promise.allSettled(
  lanes.map((lane) => runLane(chosen.filter(({ project }) => project === lane))),
)
// Every lane has cleaned up by now.
for (const end of ends) if (end.status === 'rejected') throw end.reason
console.log(`${chosen.length - survivors.length} of ${chosen.length} changes were noticed`)
for (const id of survivors) console.log(`survived: ${id}`)
process.exitCode = survivors.length === 0 ? 0 : 1

async function runLane(mutants: readonly Mutant[]): Promise<void> {
  if (mutants.length === 0) return
  const copy = mkdtempSync(join(tmpdir(), 'edgemint-mutants-'))
  try {
    for (const path of [...COPIED, ...COPIED_SETTINGS]) {
      cpSync(join(root, path), join(copy, path), { recursive: true })
    }
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
    // What fails as it is would notice every change: all tests of the lane pass first, in one run.
    const tests = [...new Set(mutants.flatMap((mutant) => mutant.tests.split(' ')))]
    const [{ project }] = mutants as readonly [Mutant]
    const { status, said } = await runTests(copy, project, tests)
    if (status !== 0) {
      throw new Error(`tests of ${project} fail without a change:\n${said.slice(-4000)}`)
    }
    for (const mutant of mutants) {
      const isNoticed = await tryMutant(copy, mutant)
      console.log(`${isNoticed ? 'noticed ' : 'SURVIVED'} ${mutant.id} (${mutant.file})`)
      if (!isNoticed) survivors.push(mutant.id)
    }
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

/** Whether a test failed for it. */
async function tryMutant(copy: string, mutant: Mutant): Promise<boolean> {
  const { id, file, from, to, project, tests } = mutant
  const path = join(copy, file)
  const source = readFileSync(path, 'utf8')
  const parts = source.split(from)
  if (parts.length !== 2) {
    throw new Error(`${id}: its source stands ${parts.length - 1} times in ${file}`)
  }
  writeFileSync(path, parts.join(to))
  const { status } = await runTests(copy, project, tests.split(' '))
  writeFileSync(path, source)
  return status !== 0
}

/** A run that takes too long has no exit code, and counts as failed. */
function runTests(
  copy: string,
  project: Mutant['project'],
  tests: readonly string[],
): Promise<{ readonly status: number | null; readonly said: string }> {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const args = [vitest, 'run', '--project', project, '--bail', '1', ...tests]
  const options = { cwd: copy, timeout: TIMEOUT_MILLISECONDS }
  return new Promise((resolve, reject) => {
    const run = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    run.stdout.on('data', (data) => {
      said += data
    })
    run.stderr.on('data', (data) => {
      said += data
    })
    run.on('error', reject)
    run.on('close', (status) => {
      if (/No test files found/.test(said)) reject(new Error(`there is no ${tests.join(' ')}`))
      else resolve({ status, said })
    })
  })
}
