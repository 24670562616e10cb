/**
 * `npm run check:long-run -- --minutes N`: runs `edgemint exec` and `edgemint proxy` for more than
 * ten lifetimes of their tokens. Prints the counts. Exits with 1 when a request failed, a token was
 * not refreshed, or a token is still valid after its job was ended with SIGTERM.
 */
import { parseArgs } from 'node:util'
import { startJobWorld } from './job-world.ts'
import { type Counts, runLongJob } from './long-job.ts'

const LIFETIME_SECONDS = 30

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '5' } } })
const seconds = Number(values.minutes) * 60
if (!(seconds > 0)) throw new Error('--minutes must be a number greater than 0')

const world = await startJobWorld()
try {
  const result = await runLongJob(world, { seconds, lifetimeSeconds: LIFETIME_SECONDS })
  const faults = [...judge('exec', result.exec), ...judge('proxy', result.proxy)]
  for (const fault of faults) console.log(`FAULT: ${fault}`)
  console.log(faults.length === 0 ? 'no faults' : `${faults.length} faults`)
  process.exitCode = faults.length === 0 ? 0 : 1
} finally {
  await world.close()
}

function judge(name: string, counts: Counts): readonly string[] {
  const { requests, failures, tokens, alive, exitCode, said } = counts
  console.log(`${name}: ${requests} requests, ${failures} failures, ${tokens} tokens of 30 s`)
  console.log(`${name}: ended by SIGTERM with ${exitCode}; tokens that are still valid: ${alive}`)
  return [
    ...(failures === 0 ? [] : [`${failures} requests of ${name} failed`]),
    ...(requests > seconds ? [] : [`${name} made only ${requests} requests`]),
    ...(tokens > seconds / LIFETIME_SECONDS ? [] : [`${name} had only ${tokens} tokens`]),
    ...(alive === 0 ? [] : [`${alive} tokens of ${name} are still valid after its end`]),
    ...(exitCode === 0 ? [] : [`${name} ended with ${exitCode}`]),
    ...(said === '' ? [] : [`${name} wrote to stderr: ${said}`]),
  ]
}
