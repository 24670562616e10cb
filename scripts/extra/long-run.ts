/**
 * `npm run check:long-run -- --minutes N`: `edgemint exec` and `edgemint proxy` for longer than ten
 * lives of their tokens. Prints the counts; ends with 1 when a request failed, a token was not
 * refreshed, or one is still good after its job was ended with SIGTERM.
 */
import { parseArgs } from 'node:util'
import { startJobWorld } from './job-world.ts'
import { type Counts, runLongJob } from './long-job.ts'

const LIFETIME_SECONDS = 30

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '5' } } })
const seconds = Number(values.minutes) * 60
if (!(seconds > 0)) throw new Error('--minutes is a number')

const world = await startJobWorld()
try {
  const result = await runLongJob(world, { seconds, lifetimeSeconds: LIFETIME_SECONDS })
  const faults = [...judge('exec', result.exec), ...judge('proxy', result.proxy)]
  for (const fault of faults) console.log(`WRONG: ${fault}`)
  console.log(faults.length === 0 ? 'nothing went wrong' : 'something went wrong')
  process.exitCode = faults.length === 0 ? 0 : 1
} finally {
  await world.close()
}

function judge(name: string, counts: Counts): readonly string[] {
  const { requests, failures, tokens, alive, exitCode, said } = counts
  console.log(`${name}: ${requests} requests, ${failures} failures, ${tokens} tokens of 30 s`)
  console.log(`${name}: ended by SIGTERM with ${exitCode}; tokens that still work: ${alive}`)
  return [
    ...(failures === 0 ? [] : [`${failures} requests of ${name} failed`]),
    ...(requests > seconds ? [] : [`${name} made only ${requests} requests`]),
    ...(tokens > seconds / LIFETIME_SECONDS ? [] : [`${name} had only ${tokens} tokens`]),
    ...(alive === 0 ? [] : [`${alive} tokens of ${name} work after its end`]),
    ...(exitCode === 0 ? [] : [`${name} ended with ${exitCode}`]),
    ...(said === '' ? [] : [`${name} said: ${said}`]),
  ]
}
