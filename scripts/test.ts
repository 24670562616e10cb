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
/**
 * A run on workerd can also stall between two files (cloudflare/workers-sdk#15498). No test takes
 * longer than 90 seconds, so a run without output for this long has stalled, and is started again.
 */
const STALL_MILLISECONDS = 300_000

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
  let saidAt = Date.now()
  for (const source of [child.stdout, child.stderr]) {
    source?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      saidAt = Date.now()
    })
  }
  let reportedAt: number | undefined
  let isCutOff = false
  let hasStalled = false
  const watch = setInterval(() => {
    if (report === undefined) return
    if (!existsSync(report)) {
      hasStalled = output === 'kept' && Date.now() - saidAt > STALL_MILLISECONDS
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
  }
}

async function testWorker(report: string): Promise<Run> {
  const run = () => vitest(['--project', 'worker'], 'kept', report)
  const first = await run()
  if (!first.hasStalled) return first
  console.error('edgemint: the tests on workerd stalled and are run again')
  return run()
}

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-test-'))
const reports = join(scratch, 'reports')
// The tests start some programs a hundred times. Node then compiles each only once.
process.env.NODE_COMPILE_CACHE = join(scratch, 'compiled')
try {
  const [others, worker] = await Promise.all([
    vitest(['--project', '!worker'], 'shown', join(reports, 'others.json')),
    testWorker(join(reports, 'worker.json')),
  ])
  // Only the run of the Worker itself reports why it ended if that was outside a test.
  process.stdout.write(worker.said)
  const summary = await vitest(['--mergeReports', reports], 'shown')
  process.exitCode = others.exitCode || worker.exitCode || summary.exitCode
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
