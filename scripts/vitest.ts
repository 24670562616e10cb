/**
 * Runs Vitest in a process of its own. A run on workerd that stalls is started again, so that it
 * never holds up a script for ever.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

const VITEST = join(import.meta.dirname, '../node_modules/vitest/vitest.mjs')
/**
 * A run ends within a second after it has written its report. Sometimes workerd does not end, and
 * the run waits for it forever.
 */
const END_MILLISECONDS = 60_000
/**
 * A run on workerd can also stall after a file (cloudflare/workers-sdk#15498). No test takes longer
 * than 90 seconds, so a run in which none starts or ends for this long has stalled.
 */
const STALL_MILLISECONDS = 150_000

type Run = { readonly exitCode: number; readonly said: string; readonly hasStalled: boolean }

const running = new Set<ChildProcess>()

/** Ends a run with all its processes: each run has a process group of its own. */
function end(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It has just ended by itself.
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, endAll)

/** Ends all runs and this process. */
export function endAll(): never {
  for (const child of running) end(child)
  process.exit(1)
}

/** When a test of the run last started or ended, or else when the run started. */
function lastProgress(report: string, startedAt: number): number {
  const progress = statSync(`${report}.progress`, { throwIfNoEntry: false })
  return Math.max(startedAt, progress?.mtimeMs ?? 0)
}

/** `said` is the output of the run, if it is kept. `report` is the path that it writes a report to. */
export async function vitest(
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
  const startedAt = Date.now()
  let reportedAt: number | undefined
  let isCutOff = false
  let hasStalled = false
  const watch = setInterval(() => {
    if (report === undefined) return
    if (!existsSync(report)) {
      const idle = Date.now() - lastProgress(report, startedAt)
      hasStalled = output === 'kept' && idle > STALL_MILLISECONDS
      if (hasStalled) end(child)
      return
    }
    reportedAt ??= Date.now()
    if (Date.now() - reportedAt < END_MILLISECONDS) return
    isCutOff = true
    end(child)
  }, 1000)
  try {
    return await new Promise<Run>((resolve, reject) => {
      child.once('error', reject)
      // The report of a run that was cut off has its failures, and the summary fails with them.
      child.once('close', (code) => {
        resolve({ exitCode: isCutOff ? 0 : (code ?? 1), said, hasStalled })
      })
    })
  } finally {
    clearInterval(watch)
    running.delete(child)
    // The folder of reports may have only reports.
    if (report !== undefined) rmSync(`${report}.progress`, { force: true })
  }
}

/** Runs the tests on workerd, or only `files`, and once more if the run stalls. */
export async function vitestOnWorkerd(files: readonly string[], report: string): Promise<Run> {
  const run = () => vitest(['--project', 'worker', ...files], 'kept', report)
  const first = await run()
  if (!first.hasStalled) return first
  console.error('edgemint: the tests on workerd stalled and are run again')
  return run()
}
