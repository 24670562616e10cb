/**
 * `npm run check:matrix`: runs 256 jobs of one workflow at once with the limits of `wrangler.toml`.
 * All exchanges run at once over HTTP, then as processes of `edgemint token` and of the action.
 * Then runs 80 jobs with a limit of 64, so that the last ones have to wait. Prints the counts.
 * Exits with 1 when a job gets no token.
 */
import { parseArgs } from 'node:util'
import { CLI, type MatrixWorld, readShippedLimits, startMatrixWorld } from './matrix-world.ts'
import { inParallel, type Ran, runAction, runProgram } from './run-program.ts'

const JOBS = 256
const { values } = parseArgs({ options: { width: { type: 'string', default: '16' } } })
const width = Number(values.width)

let faults = 0
console.log('limits of wrangler.toml:', JSON.stringify(readShippedLimits()))
await inWorld(readShippedLimits(), async (world) => {
  await countHttp(world)
  await countProcesses('edgemint token', () => runProgram([CLI, 'token'], world.environment))
  await countProcesses('the action', () => runAction(world.environment))
})
console.log('a limit of 64 in 60 seconds, so that some of 80 jobs wait for a minute:')
const small = { RATE_LIMIT_SUBJECT: { limit: 64, period: 60 } } as const
await inWorld(small, async (world) => {
  // A job that waits uses no CPU time, so more of them can run at once.
  await countProcesses(
    'edgemint token',
    () => runProgram([CLI, 'token'], world.environment),
    80,
    24,
  )
  await countProcesses('the action', () => runAction(world.environment), 80, 24)
})
process.exitCode = faults === 0 ? 0 : 1

type Limits = Parameters<typeof startMatrixWorld>[0]

async function inWorld(limits: Limits, work: (world: MatrixWorld) => Promise<void>): Promise<void> {
  const world = await startMatrixWorld(limits)
  try {
    await work(world)
  } finally {
    await world.close()
  }
}

async function countHttp({ mint, exchange }: MatrixWorld): Promise<void> {
  const tokens = await inParallel(JOBS, 32, mint)
  const startedAt = performance.now()
  const statuses = await Promise.all(tokens.map(exchange))
  const granted = statuses.filter((status) => status === 200).length
  report('over HTTP, all at once', granted, JOBS, performance.now() - startedAt)
}

async function countProcesses(
  name: string,
  run: () => Promise<Ran>,
  jobs = JOBS,
  lanes = width,
): Promise<void> {
  const startedAt = performance.now()
  const ran = await inParallel(jobs, lanes, run)
  const granted = ran.filter(({ exitCode, stdout }) => exitCode === 0 && /eyJ/.test(stdout)).length
  const waited = ran.filter(({ seconds }) => seconds >= 60).length
  report(
    `${name}, ${lanes} at a time, ${waited} waited a minute`,
    granted,
    jobs,
    performance.now() - startedAt,
  )
  const failed = ran.find(({ exitCode }) => exitCode !== 0)
  if (failed !== undefined) console.log(`WRONG: ${failed.stderr}`)
}

function report(name: string, granted: number, jobs: number, milliseconds: number): void {
  if (granted !== jobs) faults += 1
  console.log(`${name}: ${granted} of ${jobs} in ${(milliseconds / 1000).toFixed(1)} s`)
}
