/**
 * `npm run bench:profile`: where the CPU time of an exchange goes, station by station, beside both
 * floors. docs/performance.md says how to read it.
 */
import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { join } from 'node:path'
import { GATEWAY, startColdGateway } from '../cold/cold-gateway.ts'
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
import { type CpuProfile, type FindSource, type StationShare, sortSamples } from './stations.ts'

type Outcome = 'granted' | 'denied' | 'once'
type Subject = {
  readonly name: string
  readonly outcome: Outcome
  readonly worker: string
  readonly server: Server
  readonly inspector: string
  readonly findSource: FindSource
}
type Row = {
  readonly name: string
  readonly overHttpMicroseconds: number
  readonly inLoopMicroseconds: number
  readonly stations: readonly StationShare[]
}

const ROUNDS = 5
const SLICE_SECONDS = 1
const WARM_UP_SECONDS = 3
const LOOP_COUNT = 2000
const TOKENS = 64
/** Fresh tokens of one slice. */
const ONCE_PER_SLICE = 2500
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
  for (const outcome of ['granted', 'denied', 'once'] as const) add(await measureGateway(outcome))
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

async function measureFloor(name: FloorName): Promise<Row> {
  let inspector = ''
  const server = await startFloor({
    stateDir: join(world.scratch, `profile-${name}`),
    script: buildFloor(name, world.scratch),
    verifyKey: world.verifyKey,
    signKey: key,
    entry: LOOP_WORKER,
    onInspector: (host) => {
      inspector = host
    },
  })
  // A floor is one file without stations.
  const findSource = () => undefined
  return measure({
    name: `${name} floor`,
    outcome: 'granted',
    worker: 'floor',
    server,
    inspector,
    findSource,
  })
}

async function measureGateway(outcome: Outcome): Promise<Row> {
  const stateDir = join(world.scratch, `profile-${outcome}`)
  const server = await startColdGateway({ stateDir, key, withInspector: true, entry: LOOP_WORKER })
  const replay = outcome === 'once' ? 'once' : 'reuse'
  await server.put(makeTrust(world.issuer.issuer, { rules: 10, shape: 'exact', replay }))
  return measure({
    name: outcome,
    outcome,
    worker: GATEWAY,
    server,
    inspector: await server.findInspector(),
    findSource: (line, column) => {
      const entry = map.findEntry(line, column)
      return 'originalSource' in entry ? entry.originalSource : undefined
    },
  })
}

async function measure(subject: Subject): Promise<Row> {
  const { name, outcome, server } = subject
  world.place(server)
  const isOnce = outcome === 'once'
  const status = outcome === 'denied' ? 400 : 200
  const fresh = (count: number) => makeBodies(world, { token: 'ordinary', outcome }, count)
  const reused = await fresh(TOKENS)
  const overHttp = async (seconds: number) => {
    const bodies = isOnce ? await fresh(ONCE_PER_SLICE * seconds) : reused
    const { host, port, pid } = server
    const steps = [formStep('/token', bodies, status)]
    const { cpuSeconds = 0, exchanges } = await world.client.run({
      ...{ host, port, pid, steps, seconds },
      once: isOnce,
      connections: CONNECTIONS,
    })
    return (cpuSeconds * 1e6) / exchanges
  }
  const inLoop = async () => {
    const bodies = isOnce ? await fresh(LOOP_COUNT) : reused
    const before = readCpuNanoseconds(server.pid) ?? 0
    const url = `http://${server.host}:${server.port}/loop?count=${LOOP_COUNT}&status=${status}`
    const answer = await fetch(url, { method: 'POST', body: bodies.join('\n') })
    const text = await answer.text()
    if (text !== 'done') throw new Error(`${name} answered ${answer.status}: ${text}`)
    return ((readCpuNanoseconds(server.pid) ?? 0) - before) / 1000 / LOOP_COUNT
  }
  try {
    await overHttp(WARM_UP_SECONDS)
    await inLoop()
    const http: number[] = []
    const loop: number[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      http.push(await overHttp(SLICE_SECONDS))
      loop.push(await inLoop())
    }
    return {
      name,
      overHttpMicroseconds: quartiles(http).median,
      inLoopMicroseconds: quartiles(loop).median,
      stations: sortSamples(await profile(subject, inLoop), subject.findSource),
    }
  } finally {
    await server.close()
  }
}

async function profile(subject: Subject, work: () => Promise<unknown>): Promise<CpuProfile> {
  const inspector = await connectInspector(subject.inspector, subject.worker)
  try {
    await inspector.call('Profiler.enable')
    await inspector.call('Profiler.setSamplingInterval', { interval: SAMPLE_MICROSECONDS })
    await inspector.call('Profiler.start')
    await work()
    await work()
    return ((await inspector.call('Profiler.stop')) as { profile: CpuProfile }).profile
  } finally {
    inspector.close()
  }
}

function renderRow({ name, overHttpMicroseconds, inLoopMicroseconds, stations }: Row): string {
  const line = (label: string, value: number, crypto = 0) =>
    `  ${label.padEnd(52)}${value.toFixed(0).padStart(6)}${crypto === 0 ? '' : `   of it crypto ${crypto.toFixed(0)}`}\n`
  return [
    `${name}: ${overHttpMicroseconds.toFixed(0)} µs\n`,
    line('HTTP in workerd', overHttpMicroseconds - inLoopMicroseconds),
    ...stations.map(({ station, share, cryptoShare }) =>
      line(station, share * inLoopMicroseconds, cryptoShare * inLoopMicroseconds),
    ),
  ].join('')
}
