/**
 * `npm test`, after the build: `npm run check`, and every test but those of whole programs, which
 * `test-conformance.ts` runs. Vitest runs three times at once, and the check beside it. The Worker's
 * tests take two runs: a workerd uses one core, and becomes slower with the stores of many files. The
 * last lines are one summary of all runs. If the check fails, its output is the last, and the runs
 * end.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endAll, vitest, vitestOnWorkerd } from './vitest.ts'

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-test-'))
const reports = join(scratch, 'reports')
// The tests start some programs a hundred times. Node then compiles each only once.
process.env.NODE_COMPILE_CACHE = join(scratch, 'compiled')
try {
  const [others, first, second] = await Promise.all([
    vitest(
      ['--project', '!worker', '--project', '!conformance'],
      'shown',
      join(reports, 'others.json'),
    ),
    vitestOnWorkerd(['--shard=1/2'], join(reports, 'worker-1.json')),
    vitestOnWorkerd(['--shard=2/2'], join(reports, 'worker-2.json')),
    checkOrEnd(),
  ])
  // Only the run of the Worker itself reports why it ended if that was outside a test.
  for (const { said } of [first, second]) process.stdout.write(said)
  const summary = await vitest(['--mergeReports', reports], 'shown')
  process.exitCode = others.exitCode || first.exitCode || second.exitCode || summary.exitCode
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

async function checkOrEnd(): Promise<void> {
  const child = spawn('npm', ['run', 'check'], { stdio: ['ignore', 'pipe', 'pipe'] })
  const said: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => said.push(chunk))
  }
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (exitCode === 0) return
  process.stdout.write(`${Buffer.concat(said)}\nnpm run check failed: see above\n`)
  rmSync(scratch, { recursive: true, force: true })
  endAll()
}
