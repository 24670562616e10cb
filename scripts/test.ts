/**
 * Runs every test in two runs of Vitest at once: the Worker's tests use one core and often wait, so
 * the other tests run beside them. The last lines are one summary of both runs.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const VITEST = join(import.meta.dirname, '../node_modules/vitest/vitest.mjs')
/**
 * A run ends within a second after it has written its report. Sometimes workerd does not end, and
 * the run waits for it forever.
 */
const END_MILLISECONDS = 60_000

type Run = { readonly exitCode: number; readonly said: string }

const running = new Set<ChildProcess>()

/** Ends a run with all its processes: each run has a process group of its own. */
function end(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It has just ended by itself.
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    for (const child of running) end(child)
    process.exit(1)
  })
}

/** `said` is the output of the run, if it is kept. `report` is the path that it writes a report to. */
async function vitest(
  args: readonly string[],
  output: 'shown' | 'kept',
  report?: string,
): Promise<Run> {
  const stream = output === 'shown' ? 'inherit' : 'pipe'
  const child = spawn(process.execPath, [VITEST, 'run', ...args], {
    stdio: ['ignore', stream, stream],
    env: report === undefined ? process.env : { ...process.env, VITEST_REPORT: report },
    detached: true,
  })
  running.add(child)
  let said = ''
  for (const source of [child.stdout, child.stderr]) {
    source?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
  }
  let reportedAt: number | undefined
  let isCutOff = false
  const watch = setInterval(() => {
    if (report === undefined || !existsSync(report)) return
    reportedAt ??= Date.now()
    if (Date.now() - reportedAt < END_MILLISECONDS) return
    isCutOff = true
    end(child)
  }, 1000)
  try {
    return await new Promise<Run>((resolve, reject) => {
      child.once('error', reject)
      // The report of a run that was cut off has its failures, and the summary fails with them.
      child.once('close', (code) => resolve({ exitCode: isCutOff ? 0 : (code ?? 1), said }))
    })
  } finally {
    clearInterval(watch)
    running.delete(child)
  }
}

const reports = mkdtempSync(join(tmpdir(), 'edgemint-test-'))
try {
  const [others, worker] = await Promise.all([
    vitest(['--project', '!worker'], 'shown', join(reports, 'others.json')),
    vitest(['--project', 'worker'], 'kept', join(reports, 'worker.json')),
  ])
  // Only the run of the Worker itself reports why it ended if that was outside a test.
  process.stdout.write(worker.said)
  const summary = await vitest(['--mergeReports', reports], 'shown')
  process.exitCode = others.exitCode || worker.exitCode || summary.exitCode
} finally {
  rmSync(reports, { recursive: true, force: true })
}
