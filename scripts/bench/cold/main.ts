/**
 * `npm run bench:cold`: what a cold isolate pays for its trust document, and what a change of the
 * document costs the requests beside it. It prints figures and the bounds of the design.
 * docs/performance.md says how to read it.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { makeKey, makeTrust, mintTokens, type RuleShape, renderForm } from '../fixtures.ts'
import { describeMachine } from '../machine.ts'
import { quartiles } from '../statistics.ts'
import { startWorld } from '../world.ts'
import { startColdGateway } from './cold-gateway.ts'
import { measureFirstRequests, measureIsolateMemory } from './first-requests.ts'
import { renderHead, renderSize, type SizeResult } from './report.ts'
import { measureChanges } from './trust-change.ts'

const SIZES: readonly { readonly rules: number; readonly shape: RuleShape }[] = [
  { rules: 10, shape: 'exact' },
  { rules: 10_000, shape: 'exact' },
  { rules: 100_000, shape: 'short' },
]
const AT_ONCE = 32
const MAX_SAMPLES = 100

const args = readArguments()
const world = await startWorld()
const place = (gateway: Parameters<typeof world.place>[0]) => world.place(gateway)
const key = await makeKey('ES256')
const bodies = (await mintTokens(world.issuer, { size: 'ordinary' }, AT_ONCE)).map((token) =>
  renderForm(token),
)
const sizes: SizeResult[] = []
/** With `--json`, stdout has nothing but JSON. */
const print = (text: string) => (args.json ? process.stderr : process.stdout).write(text)
try {
  print(renderHead(describeMachine(), args.samples))
  for (const { rules, shape } of SIZES.filter(({ rules }) => args.rules.includes(rules))) {
    const size = await measureSize(rules, shape)
    sizes.push(size)
    print(renderSize(size, sizes[0]))
  }
} finally {
  await world.close()
}
if (args.json) {
  const at = new Date().toISOString()
  const { samples } = args
  const result = { version: 1, at, machine: describeMachine(), samples, sizes }
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
}

async function measureSize(rules: number, shape: RuleShape): Promise<SizeResult> {
  const stateDir = join(world.scratch, `cold-${rules}`)
  const documents = [rules, rules - 1].map((count) =>
    makeTrust(world.issuer.issuer, { rules: count, shape, replay: 'reuse' }),
  )
  // One process stores the document, and others start with it.
  const writer = await startColdGateway({ stateDir, key })
  await writer.put(documents[0] ?? {})
  await writer.close()
  const options = { stateDir, key, place }
  const one = []
  const together = []
  for (let sample = 0; sample < args.samples; sample += 1) {
    one.push(await measureFirstRequests({ ...options, bodies: bodies.slice(0, 1) }))
    together.push(await measureFirstRequests({ ...options, bodies }))
  }
  const memory = await measureIsolateMemory({ ...options, bodies })
  return {
    rules,
    first: summarise(one),
    together: { requests: AT_ONCE, ...summarise(together) },
    memory,
    change: await measureChange(stateDir, documents[1] ?? {}),
  }
}

function summarise(requests: readonly Awaited<ReturnType<typeof measureFirstRequests>>[]) {
  const cpu = requests.flatMap(({ cpuMilliseconds }) => cpuMilliseconds ?? [])
  const sizes = requests.flatMap(({ mebibytes }) => mebibytes ?? [])
  return {
    cpuMilliseconds: cpu.length === 0 ? null : quartiles(cpu),
    milliseconds: quartiles(requests.map(({ milliseconds }) => milliseconds)),
    mostLoads: Math.max(...requests.map(({ loads }) => loads)),
    mebibytes: sizes.length === 0 ? null : quartiles(sizes).median,
  }
}

async function measureChange(stateDir: string, other: object) {
  const gateway = await startColdGateway({ stateDir, key })
  try {
    world.place(gateway)
    const pairs = await measureChanges({ gateway, bodies, other, pairs: args.samples })
    const slowest = (kind: 'quiet' | 'changed') =>
      quartiles(pairs.map((pair) => pair[kind].slowestMilliseconds))
    const cpu = pairs.flatMap(({ quiet, changed }) =>
      quiet.cpuMilliseconds === null || changed.cpuMilliseconds === null
        ? []
        : changed.cpuMilliseconds - quiet.cpuMilliseconds,
    )
    return {
      slowestMilliseconds: { quiet: slowest('quiet'), changed: slowest('changed') },
      addedCpuMilliseconds: cpu.length === 0 ? null : quartiles(cpu),
    }
  } finally {
    await gateway.close()
  }
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        json: { type: 'boolean', default: false },
        samples: { type: 'string', default: '7' },
        rules: { type: 'string', default: SIZES.map(({ rules }) => rules).join() },
      },
    })
    const samples = Number(values.samples)
    if (!(Number.isInteger(samples) && samples > 0 && samples <= MAX_SAMPLES)) {
      throw new TypeError(`--samples must be a whole number, at most ${MAX_SAMPLES}`)
    }
    const rules = values.rules.split(',').map(Number)
    if (rules.some((count) => !SIZES.some((size) => size.rules === count))) {
      throw new TypeError(`--rules must be a list of ${SIZES.map((size) => size.rules).join(', ')}`)
    }
    return { json: values.json, samples, rules }
  } catch (error) {
    const usage = 'usage: [--rules 10,10000,100000] [--samples N] [--json]'
    process.stderr.write(`${error instanceof Error ? error.message : error}\n${usage}\n`)
    process.exit(2)
  }
}
