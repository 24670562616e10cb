/**
 * Runs every test but those of whole programs in two runs of Vitest at once: the Worker's tests use
 * one core and often wait, so the other tests run beside them. The last lines are one summary of both
 * runs. `test-conformance.ts` runs the tests of whole programs.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vitest, vitestOnWorkerd } from './vitest.ts'

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-test-'))
const reports = join(scratch, 'reports')
// The tests start some programs a hundred times. Node then compiles each only once.
process.env.NODE_COMPILE_CACHE = join(scratch, 'compiled')
try {
  const [others, worker] = await Promise.all([
    vitest(
      ['--project', '!worker', '--project', '!conformance'],
      'shown',
      join(reports, 'others.json'),
    ),
    vitestOnWorkerd([], join(reports, 'worker.json')),
  ])
  // Only the run of the Worker itself reports why it ended if that was outside a test.
  process.stdout.write(worker.said)
  const summary = await vitest(['--mergeReports', reports], 'shown')
  process.exitCode = others.exitCode || worker.exitCode || summary.exitCode
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
