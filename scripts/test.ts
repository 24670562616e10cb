/**
 * Runs every test in two runs of Vitest at once: the Worker's tests use one core and often wait, so
 * the other tests run beside them. The last lines are one summary of both runs.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const VITEST = join(import.meta.dirname, '../node_modules/vitest/vitest.mjs')

type Run = { readonly exitCode: number; readonly said: string }

/** `said` is what the run would have written, if it may not write it. */
function vitest(
  args: readonly string[],
  output: 'shown' | 'kept',
  environment: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const child = spawn(process.execPath, [VITEST, 'run', ...args], {
    stdio: [
      'ignore',
      output === 'shown' ? 'inherit' : 'pipe',
      output === 'shown' ? 'inherit' : 'pipe',
    ],
    env: { ...process.env, ...environment },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ exitCode: code ?? 1, said }))
  })
}

const reports = mkdtempSync(join(tmpdir(), 'edgemint-test-'))
try {
  const report = (name: string) => ({ VITEST_REPORT: join(reports, `${name}.json`) })
  const [others, worker] = await Promise.all([
    vitest(['--project', '!worker'], 'shown', report('others')),
    vitest(['--project', 'worker'], 'kept', report('worker')),
  ])
  // The run of the Worker alone knows why it ended: an error outside a test is in no summary.
  process.stdout.write(worker.said)
  const summary = await vitest(['--mergeReports', reports], 'shown')
  process.exitCode = others.exitCode || worker.exitCode || summary.exitCode
} finally {
  rmSync(reports, { recursive: true, force: true })
}
