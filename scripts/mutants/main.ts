/**
 * `npm run mutants`: removes each check of the tables in a copy of the sources, and runs the tests
 * that must notice. Exits with 1 unless an assertion failed for each change; `outcome.ts` defines
 * this. `-- --only TEXT`, which can be repeated, and `-- --project NAME` select some of them. Each
 * test project is a lane with its own copy, and the lanes run in parallel.
 */
import { spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Mutant } from './mutant.ts'
import { type Outcome, readOutcome, type TestReport } from './outcome.ts'
import { MUTANTS } from './table.ts'

const root = join(import.meta.dirname, '../..')
/** Time limit for the tests of one change, on a busy machine. */
const TIMEOUT_MILLISECONDS = 300_000
/** Time limit for all tests of a lane. */
const LANE_MILLISECONDS = 900_000
const COPIED = ['src', 'test', 'scripts', 'docs', 'examples', 'dist', 'package.json', 'README.md']
const COPIED_SETTINGS = ['tsconfig.json', 'tsconfig.base.json', 'vitest.config.ts', 'wrangler.toml']

const { values } = parseArgs({
  options: { only: { type: 'string', multiple: true }, project: { type: 'string' } },
})
const { only = [''], project: lane } = values
const chosen = MUTANTS.filter(
  ({ id, project }) => only.some((text) => id.includes(text)) && project === (lane ?? project),
)
const unnoticed: string[] = []

const lanes = [...new Set(chosen.map(({ project }) => project))]
const ends = await Promise.allSettled(
  lanes.map((lane) => runLane(chosen.filter(({ project }) => project === lane))),
)
// At this point every lane has deleted its copy.
for (const end of ends) if (end.status === 'rejected') throw end.reason
console.log(`${chosen.length - unnoticed.length} of ${chosen.length} changes were noticed`)
for (const line of unnoticed) console.log(line)
process.exitCode = unnoticed.length === 0 ? 0 : 1

async function runLane(mutants: readonly Mutant[]): Promise<void> {
  if (mutants.length === 0) return
  const copy = mkdtempSync(join(tmpdir(), 'edgemint-mutants-'))
  // Some tests that root runs start a process of another user, which imports the sources.
  chmodSync(copy, 0o755)
  try {
    for (const path of [...COPIED, ...COPIED_SETTINGS]) {
      cpSync(join(root, path), join(copy, path), { recursive: true })
    }
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
    // A test that fails without a change would notice every change. So all tests of the lane must
    // pass first, in one run.
    const tests = [...new Set(mutants.flatMap((mutant) => mutant.tests.split(' ')))]
    const [{ project }] = mutants as readonly [Mutant]
    const { status, said } = await runTests(copy, tests, LANE_MILLISECONDS)
    if (status !== 0) {
      throw new Error(`tests of ${project} fail without a change:\n${said.slice(-4000)}`)
    }
    for (const mutant of mutants) {
      const outcome = await tryMutant(copy, mutant)
      const line = `${describeOutcome(outcome)}: ${mutant.id} (${mutant.file})`
      console.log(line)
      if (outcome.kind !== 'noticed') unnoticed.push(line)
    }
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

async function tryMutant(copy: string, mutant: Mutant): Promise<Outcome> {
  const { id, file, from, to, tests } = mutant
  const path = join(copy, file)
  const source = readFileSync(path, 'utf8')
  const parts = source.split(from)
  if (parts.length !== 2) {
    throw new Error(`${id}: ${file} contains its source ${parts.length - 1} times instead of once`)
  }
  writeFileSync(path, parts.join(to))
  const { status, report } = await runTests(copy, tests.split(' '), TIMEOUT_MILLISECONDS)
  writeFileSync(path, source)
  return readOutcome(status, report)
}

function describeOutcome(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'noticed':
      return 'noticed'
    case 'survived':
      return 'SURVIVED'
    case 'timed_out':
      return `TIMED OUT in "${outcome.test}"`
    case 'broke':
      return `BROKE without a failed assertion, "${outcome.said}"`
  }
}

type Run = {
  /** Null when the run reached its time limit. */
  readonly status: number | null
  readonly said: string
  readonly report: TestReport | undefined
}

function runTests(copy: string, tests: readonly string[], timeout: number): Promise<Run> {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const output = join(copy, 'report.json')
  rmSync(output, { force: true })
  const reporters = ['--reporter', 'default', '--reporter', 'json', '--outputFile.json', output]
  const args = [vitest, 'run', '--bail', '1', ...reporters, ...tests]
  return new Promise((resolve, reject) => {
    const run = spawn(process.execPath, args, {
      cwd: copy,
      // Many cases of a property can show a change, so few are enough.
      env: { ...process.env, PROPERTY_RUNS: '5' },
      timeout,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    run.stdout.on('data', (data) => {
      said += data
    })
    run.stderr.on('data', (data) => {
      said += data
    })
    run.on('error', reject)
    run.on('close', (status) => {
      if (/No test files found/.test(said))
        reject(new Error(`no test files match ${tests.join(' ')}`))
      else resolve({ status, said, report: readReport(output) })
    })
  })
}

/** Returns undefined when the run ended before it wrote a report. */
function readReport(path: string): TestReport | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as TestReport) : undefined
}
