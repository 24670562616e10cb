/**
 * `npm run soak -- --minutes N`: puts good, refused and hostile load on a gateway. Meanwhile its
 * issuer fails and recovers, and the process is killed and restarted. In the last third nothing is
 * killed, so that memory can be measured. Prints the counts. Exits with 1 when an invariant was
 * broken.
 */
import { parseArgs } from 'node:util'
import { startSoakGateway } from './gateway.ts'
import {
  checkRevocations,
  type Soak,
  useOnce,
  workApply,
  workGood,
  workHostile,
  workOnce,
  workRevoke,
} from './work.ts'

const KILL_EVERY_MILLISECONDS = 30_000
const FLAP_EVERY_MILLISECONDS = 10_000
const SAMPLE_EVERY_MILLISECONDS = 5000
/** Garbage is collected, but a leak keeps growing. */
const MAX_GROWTH = 1.5

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '1' } } })
const minutes = Number(values.minutes)
if (!(minutes > 0)) throw new Error('--minutes must be a number greater than 0')

const gateway = await startSoakGateway()
const soak: Soak = {
  gateway,
  counts: {
    granted: 0,
    refused: 0,
    'hostile refused': 0,
    'single-use granted': 0,
    'single-use refused': 0,
    revoked: 0,
    applied: 0,
    unavailable: 0,
    unreachable: 0,
  },
  wrong: [],
  uses: new Map(),
  revoked: [],
  revision: 1,
}
const startedAt = Date.now()
const endsAt = startedAt + minutes * 60_000
const quietAt = startedAt + minutes * 40_000
const isRunning = () => Date.now() < endsAt
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
let kills = 0
const memory: number[] = []

/** Repeats `work` in sequence. Pauses briefly when the gateway was unreachable. */
async function repeat(work: (soak: Soak) => Promise<void>, everyMilliseconds = 0): Promise<void> {
  while (isRunning()) {
    const before = soak.counts.unreachable
    await work(soak)
    await pause(soak.counts.unreachable > before ? 100 : everyMilliseconds)
  }
}

async function kill(): Promise<void> {
  while (isRunning()) {
    await pause(Math.min(KILL_EVERY_MILLISECONDS, (quietAt - startedAt) / 2))
    if (Date.now() >= quietAt) return
    const acknowledged = soak.revision
    await gateway.restart()
    kills += 1
    if (gateway.revision() < acknowledged) soak.wrong.push('a revision was lost')
  }
}

async function flap(): Promise<void> {
  while (isRunning()) {
    await gateway.behave('down')
    await pause(FLAP_EVERY_MILLISECONDS)
    await gateway.behave('normal')
    await pause(FLAP_EVERY_MILLISECONDS)
  }
}

async function watch(): Promise<void> {
  while (isRunning()) {
    await pause(SAMPLE_EVERY_MILLISECONDS)
    if (Date.now() >= quietAt) memory.push(gateway.mebibytes())
  }
}

await Promise.all([
  repeat(workGood),
  repeat(workGood),
  repeat(workOnce),
  repeat(workHostile),
  repeat(workRevoke, 500),
  repeat(workApply, 3000),
  kill(),
  flap(),
  watch(),
])
await gateway.behave('normal')
await checkRevocations(soak)
for (const token of [...soak.uses.keys()].slice(-200)) await useOnce(soak, token)
await gateway.close()

// A count of zero means that the run did not test that case.
for (const [name, count] of Object.entries(soak.counts)) {
  const isTrouble = name === 'unavailable' || name === 'unreachable'
  if (count === 0 && !isTrouble) soak.wrong.push(`not tested: ${name}`)
}
const half = Math.floor(memory.length / 2)
const mean = (samples: readonly number[]) =>
  samples.reduce((sum, sample) => sum + sample, 0) / Math.max(1, samples.length)
const [early, late] = [mean(memory.slice(0, half)), mean(memory.slice(half))]
if (half > 2 && late > early * MAX_GROWTH) soak.wrong.push('memory grew')

for (const [name, count] of Object.entries(soak.counts)) console.log(`${name}: ${count}`)
console.log(`killed and restarted: ${kills}, revision ${soak.revision}`)
console.log(
  half > 2 && Number.isFinite(late)
    ? `memory of the last third: ${early.toFixed(0)} MiB, then ${late.toFixed(0)} MiB`
    : 'memory was not measured: the run was too short, or ps is missing',
)
for (const [sentence, count] of tally(soak.wrong)) console.log(`FAULT, ${count} times: ${sentence}`)
console.log(soak.wrong.length === 0 ? 'no faults' : `${soak.wrong.length} faults`)
process.exitCode = soak.wrong.length === 0 ? 0 : 1

function tally(sentences: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const sentence of sentences) counts.set(sentence, (counts.get(sentence) ?? 0) + 1)
  return counts
}
