/**
 * `npm run bench:log`: what the decision log costs an exchange. Three gateways take turns: one
 * without the log, one whose shards answer without a write, and one with real shards. The second is
 * what the isolate of an exchange pays where the shards have machines of their own.
 */
import { join } from 'node:path'
import { readArgumentsOrExit } from '../arguments.ts'
import type { Slice } from '../client/job.ts'
import { type ColdGateway, startColdGateway } from '../cold/cold-gateway.ts'
import { makeKey, makeTrust } from '../fixtures.ts'
import { describeMachine, describeMethod, renderHead } from '../machine.ts'
import { renderColumns, renderLine } from '../report.ts'
import { type Contestant, compare, runRounds, summarise } from '../rounds.ts'
import { makeBodies } from '../run-variant.ts'
import { formStep, startWorld } from '../world.ts'

const TOKENS = 256
const NO_LOG = 'no decision log'
const LOGS = [
  { name: NO_LOG },
  { name: 'shards without a write', decisionLog: 'idle' },
  { name: 'real shards', decisionLog: 'real' },
] as const

const args = readArgumentsOrExit(process.argv.slice(2))
if (process.platform !== 'linux') {
  process.stderr.write('bench:log reads CPU time from /proc, which only Linux has\n')
  process.exit(1)
}
/** The others are compared with the first. */
const logs = LOGS.filter(({ name }) => name === NO_LOG || (args.only?.test(name) ?? true))
/** With `--json`, stdout has nothing but JSON. */
const print = (text: string) => (args.json ? process.stderr : process.stdout).write(text)
const world = await startWorld()
const gateways: ColdGateway[] = []
try {
  const method = describeMethod(args, world.cores)
  print(renderHead(describeMachine(), method))
  const key = await makeKey('ES256')
  const trust = makeTrust(world.issuer.issuer, { rules: 10, shape: 'exact', replay: 'reuse' })
  const bodies = await makeBodies(world, { token: 'ordinary', outcome: 'granted' }, TOKENS)
  const step = formStep('/token', bodies, 200)
  const contestants: Contestant[] = []
  for (const { name, ...log } of logs) {
    const stateDir = join(world.scratch, name.replaceAll(' ', '-'))
    const server = await startColdGateway({ stateDir, key, ...log })
    gateways.push(server)
    await server.put(trust)
    world.place(server)
    contestants.push({ name, server, prepare: async () => [step], once: false })
  }
  const slices = await runRounds(contestants, { client: world.client, ...args })
  const of = (name: string) => slices.get(name) ?? []
  const rows = logs.map(({ name }) => ({
    name,
    gateway: summarise(of(name)),
    meanCpuMicroseconds: meanOf(of(name)),
    kept: compare(of(name), of(NO_LOG)),
  }))
  print(renderColumns(['keeps, by CPU', 'keeps, by throughput']))
  for (const { name, gateway, kept, meanCpuMicroseconds } of rows) {
    const share = meanOf(of(NO_LOG)) / meanCpuMicroseconds
    print(renderLine(name, gateway, kept))
    print(`  mean ${meanCpuMicroseconds.toFixed(0)} µs, keeps ${share.toFixed(2)}\n`)
  }
  if (args.json) {
    const at = new Date().toISOString()
    const result = { version: 1, at, machine: describeMachine(), method, rows }
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
  }
} finally {
  for (const gateway of gateways) await gateway.close()
  await world.close()
}

/** A shard compresses in bursts, so a median leaves out much of its work. */
function meanOf(slices: readonly Slice[]): number {
  const cpu = slices.reduce((sum, { cpuSeconds = 0 }) => sum + cpuSeconds, 0)
  return (cpu * 1e6) / slices.reduce((sum, { exchanges }) => sum + exchanges, 0)
}
