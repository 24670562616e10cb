/**
 * Runs the tests on workerd, or only the files that are its arguments, and once more if the run
 * stalls: Vitest itself would wait for ever.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vitest, vitestOnWorkerd } from './vitest.ts'

const reports = mkdtempSync(join(tmpdir(), 'edgemint-test-'))
try {
  const worker = await vitestOnWorkerd(process.argv.slice(2), join(reports, 'worker.json'))
  process.stdout.write(worker.said)
  const summary = await vitest(['--mergeReports', reports], 'shown')
  process.exitCode = worker.exitCode || summary.exitCode
} finally {
  rmSync(reports, { recursive: true, force: true })
}
