/**
 * `npm run bench:profile`: where the CPU time of an exchange goes, station by station, beside both
 * floors. docs/performance.md says how to read it.
 */
import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { join } from 'node:path'
import { type ColdGateway, GATEWAY, startColdGateway } from '../cold/cold-gateway.ts'
import { makeKey, makeTrust } from '../fixtures.ts'
import { buildFloor, type FloorName } from '../floors/build.ts'
import { connectInspector } from '../inspector.ts'
import { describeMachine } from '../machine.ts'
import { readCpuNanoseconds } from '../process-stat.ts'
import { CONNECTIONS } from '../rounds.ts'
import { makeBodies } from '../run-variant.ts'
import { type Server, startFloor } from '../servers.ts'
import { quartiles } from '../statistics.ts'
import { formStep, startWorld } from '../world.ts'
import { LOOP_WORKER } from './loop-worker.ts'
import { type CpuProfile, type Frame, type StationShare, sortSamples } from './stations.ts'

type Outcome = 'granted' | 'denied' | 'once'
type Row = {
  readonly name: string
  readonly overHttpMicroseconds: number
  readonly inLoopMicroseconds: number
  /** Of the time in the loop; empty where nothing was profiled. */
  readonly stations: readonly StationShare[]
}
type Load = { readonly name: string; readonly server: Server; readonly outcome: Outcome }

const ROUNDS = 5
const SLICE_SECONDS = 2
const WARM_UP_CPU_SECONDS = 3
const LOOP_COUNT = 2000
const TOKENS = 64
/** More than a gateway uses. */
const ONCE_PER_SECOND = 2000
/** Smaller shares are not shown to people. */
const LEAST_SHARE = 0.002
const PROFILED = '&profiled'
const SAMPLE_MICROSECONDS = 100

const isJson = process.argv.includes('--json')
if (process.platform !== 'linux') {
  process.stderr.write('bench:profile reads CPU time from /proc, which only Linux has\n')
  process.exit(1)
}
const map = new SourceMap(
  JSON.parse(readFileSync(join(import.meta.dirname, '../../../dist/bundle/index.js.map'), 'utf8')),
)
const world = await startWorld()
const key = await makeKey('ES256')
const rows: Row[] = []
/** With `--json`, stdout has nothing but JSON. */
const print = (text: string) => (isJson ? process.stderr : process.stdout).write(text)
try {
  for (const name of ['bare', 'jose'] as const) add(await measureFloor(name))
  for (const outcome of ['granted', 'denied'] as const) add(await measureGateway(outcome, outcome))
  add(await measureGateway('once', 'once'))
  add(await measureGateway('once, nothing written', 'once', true))
} finally {
  await world.close()
}
if (isJson) {
  const result = { version: 1, at: new Date().toISOString(), machine: describeMachine(), rows }
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
}

function add(row: Row): void {
  rows.push(row)
  print(renderRow(row))
}

async function measureFloor(floor: FloorName): Promise<Row> {
  const server = await startFloor({
    stateDir: join(world.scratch, `profile-${floor}`),
    script: buildFloor(floor, world.scratch),
    verifyKey: world.verifyKey,
    signKey: key,
    entry: LOOP_WORKER,
  })
  try {
    const name = `${floor} floor`
    return { name, ...(await measure({ name, server, outcome: 'granted' })), stations: [] }
  } finally {
    await server.close()
  }
}

async function measureGateway(
  name: string,
  outcome: Outcome,
  withIdleLedger = false,
): Promise<Row> {
  const stateDir = join(world.scratch, `profile-${name.replaceAll(/\W+/g, '-')}`)
  const options = { stateDir, key, withIdleLedger, entry: LOOP_WORKER }
  const server = await startColdGateway(options)
  let costs: Pick<Row, 'overHttpMicroseconds' | 'inLoopMicroseconds'>
  try {
    const replay = outcome === 'once' ? 'once' : 'reuse'
    await server.put(makeTrust(world.issuer.issuer, { rules: 10, shape: 'exact', replay }))
    costs = await measure({ name, server, outcome })
  } finally {
    await server.close()
  }
  // While the isolate waits for the ledger, a profile cannot tell its work from its rest.
  if (outcome === 'once') return { name, ...costs, stations: [] }
  const profiled = await startColdGateway({ ...options, withInspector: true })
  try {
    return { name, ...costs, stations: await profile({ name, server: profiled, outcome }) }
  } finally {
    await profiled.close()
  }
}

async function measure(load: Load) {
  world.place(load.server)
  const used = () => (readCpuNanoseconds(load.server.pid) ?? 0) / 1e9
  // A busy machine gives CPU time slowly, and V8 compiles what has run often.
  for (const until = used() + WARM_UP_CPU_SECONDS; used() < until; ) {
    await overHttp(load, SLICE_SECONDS)
    await inLoop(load)
  }
  const http: number[] = []
  const loop: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    http.push(await overHttp(load, SLICE_SECONDS))
    loop.push(await inLoop(load))
  }
  return {
    overHttpMicroseconds: quartiles(http).median,
    inLoopMicroseconds: quartiles(loop).median,
  }
}

/** Microseconds of CPU for one exchange. */
async function overHttp({ server, outcome }: Load, seconds: number): Promise<number> {
  const { host, port, pid } = server
  const isOnce = outcome === 'once'
  const bodies = await makeForms(outcome, isOnce ? ONCE_PER_SECOND * seconds : TOKENS)
  const { cpuSeconds = 0, exchanges } = await world.client.run({
    ...{ host, port, pid, seconds },
    steps: [formStep('/token', bodies, statusOf(outcome))],
    once: isOnce,
    connections: CONNECTIONS,
  })
  return (cpuSeconds * 1e6) / exchanges
}

/** Microseconds of CPU for one exchange in the loop. */
async function inLoop({ name, server, outcome }: Load, parameters = ''): Promise<number> {
  const bodies = await makeForms(outcome, outcome === 'once' ? LOOP_COUNT : TOKENS)
  const before = readCpuNanoseconds(server.pid) ?? 0
  const query = `count=${LOOP_COUNT}&status=${statusOf(outcome)}${parameters}`
  const url = `http://${server.host}:${server.port}/loop?${query}`
  const answer = await fetch(url, { method: 'POST', body: bodies.join('\n') })
  const text = await answer.text()
  if (text !== 'done') throw new Error(`${name} answered ${answer.status}: ${text}`)
  return ((readCpuNanoseconds(server.pid) ?? 0) - before) / 1000 / LOOP_COUNT
}

function statusOf(outcome: Outcome): number {
  return outcome === 'denied' ? 400 : 200
}

function makeForms(outcome: Outcome, count: number): Promise<readonly string[]> {
  return makeBodies(world, { token: 'ordinary', outcome }, count)
}

async function profile(
  load: Load & { readonly server: ColdGateway },
): Promise<readonly StationShare[]> {
  for (let round = 0; round < ROUNDS; round += 1) await inLoop(load, PROFILED)
  const inspector = await connectInspector(await load.server.findInspector(), GATEWAY)
  try {
    await inspector.call('Profiler.enable')
    await inspector.call('Profiler.setSamplingInterval', { interval: SAMPLE_MICROSECONDS })
    await inspector.call('Profiler.start')
    for (let round = 0; round < ROUNDS; round += 1) await inLoop(load, PROFILED)
    const { profile } = (await inspector.call('Profiler.stop')) as { profile: CpuProfile }
    return sortSamples(profile, findSource)
  } finally {
    inspector.close()
  }
}

function findSource({ url, lineNumber, columnNumber }: Frame): string | undefined {
  if (!url.endsWith('index.js') || lineNumber < 0) return undefined
  const entry = map.findEntry(lineNumber, columnNumber)
  return 'originalSource' in entry ? entry.originalSource : undefined
}

function renderRow({ name, overHttpMicroseconds, inLoopMicroseconds, stations }: Row): string {
  const line = (label: string, value: number, crypto = 0) =>
    `  ${label.padEnd(52)}${value.toFixed(0).padStart(6)}${crypto < 1 ? '' : `   of it crypto ${crypto.toFixed(0)}`}\n`
  return [
    `${name}: ${overHttpMicroseconds.toFixed(0)} µs\n`,
    line('HTTP in workerd', overHttpMicroseconds - inLoopMicroseconds),
    ...stations
      .filter(({ share }) => share > LEAST_SHARE)
      .map(({ station, share, cryptoShare }) =>
        line(station, share * inLoopMicroseconds, cryptoShare * inLoopMicroseconds),
      ),
  ].join('')
}
