/**
 * `npm run bench:log`: what the decision log costs an exchange. Three gateways take turns: one
 * without the log, one whose shards answer without a write, and one with real shards. The second is
 * what the isolate of an exchange pays where the shards have machines of their own.
 */
import { join } from 'node:path'
import { type ColdGateway, startColdGateway } from '../cold/cold-gateway.ts'
import { makeKey, makeTrust } from '../fixtures.ts'
import { describeMachine } from '../machine.ts'
import { type Contestant, compare, runRounds, summarise } from '../rounds.ts'
import { makeBodies } from '../run-variant.ts'
import { formStep, startWorld } from '../world.ts'

const PAIRS = 15
const SECONDS = 2
const TOKENS = 256
const LOGS = [
  { name: 'no decision log', decisionLog: undefined },
  { name: 'shards without a write', decisionLog: 'idle' },
  { name: 'real shards', decisionLog: 'real' },
] as const

const isJson = process.argv.includes('--json')
if (process.platform !== 'linux') {
  process.stderr.write('bench:log reads CPU time from /proc, which only Linux has\n')
  process.exit(1)
}
const world = await startWorld()
const gateways: ColdGateway[] = []
try {
  const key = await makeKey('ES256')
  const trust = makeTrust(world.issuer.issuer, { rules: 10, shape: 'exact', replay: 'reuse' })
  const bodies = await makeBodies(world, { token: 'ordinary', outcome: 'granted' }, TOKENS)
  const contestants: Contestant[] = []
  for (const { name, decisionLog } of LOGS) {
    const stateDir = join(world.scratch, name.replaceAll(' ', '-'))
    const kind = decisionLog === undefined ? {} : { decisionLog }
    const server = await startColdGateway({ stateDir, key, ...kind })
    gateways.push(server)
    await server.put(trust)
    world.place(server)
    const prepare = async () => [formStep('/token', bodies, 200)]
    contestants.push({ name, server, prepare, once: false })
  }
  const slices = await runRounds(contestants, {
    client: world.client,
    pairs: PAIRS,
    seconds: SECONDS,
  })
  const of = (name: string) => slices.get(name) ?? []
  const rows = LOGS.map(({ name }) => ({
    name,
    figures: summarise(of(name)),
    /** A shard compresses in bursts, so the mean of all slices counts and not their median. */
    meanCpuMicroseconds: meanOf(of(name)),
    keptByMean: meanOf(of(LOGS[0].name)) / meanOf(of(name)),
    kept: compare(of(name), of(LOGS[0].name)),
  }))
  const result = { version: 1, at: new Date().toISOString(), machine: describeMachine(), rows }
  process.stdout.write(isJson ? `${JSON.stringify(result, null, 2)}\n` : rows.map(render).join(''))
} finally {
  for (const gateway of gateways) await gateway.close()
  await world.close()
}

type Slices = Parameters<typeof summarise>[0]

function meanOf(slices: Slices): number {
  const cpu = slices.reduce((sum, { cpuSeconds = 0 }) => sum + cpuSeconds, 0)
  return (cpu * 1e6) / slices.reduce((sum, { exchanges }) => sum + exchanges, 0)
}

function render(row: {
  readonly name: string
  readonly meanCpuMicroseconds: number
  readonly keptByMean: number
  readonly kept: ReturnType<typeof compare>
}): string {
  const { q1 = 0, median = 0, q3 = 0 } = row.kept.byCpu ?? {}
  const share = (value: number) => value.toFixed(2)
  return `${row.name.padEnd(24)}${row.meanCpuMicroseconds.toFixed(0).padStart(5)} µs of CPU, keeps ${share(row.keptByMean)}; in turns ${share(median)} (${share(q1)} to ${share(q3)})\n`
}
