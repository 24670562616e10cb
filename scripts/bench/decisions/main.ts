/**
 * `npm run bench:decisions`: how many decisions a second the decision log appends and finds, and how
 * many bytes a decision takes, with one shard and with eight. The shards are those of the built Worker
 * on workerd, with their databases on disk. docs/performance.md says how to read the figures.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { DECISION_BLOCK_RECORDS, DECISION_RECENT_MAX_RECORDS } from '../../../src/worker/limits.ts'
import { makeKey } from '../fixtures.ts'
import { describeMachine } from '../machine.ts'
import { type LogWorld, startLogWorld } from './log-world.ts'
import { readRecent, readSizes, type SizeOfDecisions } from './sizes.ts'

const DEFAULT_ROWS = 1_000_000
const MAX_ROWS = 20_000_000
/** Records of one batch, as a busy isolate sends them. */
const BATCH = 64
/** Batches of one call of the driver. */
const ORDER = 100
/** Isolates that append to each shard at once. */
const WRITERS = 4
const DAY = 86_400_000
/** Of each kind: so many questions, or as many as fit into the time. */
const QUESTIONS = 200
const QUESTION_MILLISECONDS = 10_000
/** A shard keeps so many uncompressed, and compresses a block of further ones. */
const MOST_RECENT = DECISION_RECENT_MAX_RECORDS + DECISION_BLOCK_RECORDS
/** A shard whose records have not become fewer for this long has stopped compressing. */
const STALL_MILLISECONDS = 300_000

type Result = {
  readonly shards: number
  readonly rows: number
  readonly appendedPerSecond: number
  /** When the last was appended. */
  readonly uncompressed: number
  /** Until every shard has compressed what it compresses at once. */
  readonly settledSeconds: number
  readonly bytes: SizeOfDecisions
  readonly foundPerSecond: Readonly<Record<string, number>>
  readonly countersMilliseconds: number
}

const { rows, shards, json } = readArguments()
const results: Result[] = []
const print = (text: string) => (json ? process.stderr : process.stdout).write(text)
const machine = describeMachine()
print(
  `${machine.cores} cores (${machine.model}), ${Math.round(machine.memoryGibibytes)} GiB, ${machine.system}, Node ${machine.node}\n`,
)
for (const count of shards) {
  const result = await measure(count)
  results.push(result)
  print(render(result))
}
if (json) {
  const at = new Date().toISOString()
  process.stdout.write(`${JSON.stringify({ version: 1, at, machine, results }, null, 2)}\n`)
}

function readArguments() {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: String(DEFAULT_ROWS) },
      shards: { type: 'string', default: '1,8' },
      json: { type: 'boolean', default: false },
    },
  })
  const read = (text: string, most: number) => {
    const number = Number(text)
    if (Number.isInteger(number) && number >= 1 && number <= most) return number
    process.stderr.write('usage: [--rows N] [--shards 1,8] [--json]\n')
    return process.exit(2)
  }
  return {
    rows: read(values.rows, MAX_ROWS),
    shards: values.shards.split(',').map((text) => read(text, 64)),
    json: values.json,
  }
}

async function measure(count: number): Promise<Result> {
  const stateDir = mkdtempSync(join(tmpdir(), 'edgemint-bench-decisions-'))
  const world = await startLogWorld({
    stateDir,
    key: await makeKey('ES256'),
    hasBucket: false,
    // Otherwise the last rows would push out the first.
    variables: { DECISION_SHARDS: String(count), DECISION_MAX_RECORDS: '40000000' },
  })
  try {
    const startedAt = Date.now()
    const from = startedAt - DAY
    const ids = await appendAll(world, count, from)
    const appended = Date.now() - startedAt
    const uncompressed = readRecent(stateDir)
    const appendedPerSecond = rows / (appended / 1000)
    print(renderAppended(count, appendedPerSecond, uncompressed))
    await settle(stateDir, count)
    const settledSeconds = (Date.now() - startedAt) / 1000
    return {
      shards: count,
      rows,
      appendedPerSecond,
      uncompressed,
      settledSeconds,
      foundPerSecond: await askQuestions(world, count, { ids, from }),
      countersMilliseconds: await timeCounters(world, count),
      bytes: readSizes(stateDir),
    }
  } finally {
    await world.close()
    rmSync(stateDir, { recursive: true, force: true })
  }
}

/** Appends from several isolates to each shard at once. Returns ids of each shard. */
async function appendAll(
  world: LogWorld,
  count: number,
  from: number,
): Promise<readonly (readonly string[])[]> {
  const step = DAY / rows
  const ids: string[][] = Array.from({ length: count }, () => [])
  let next = 0
  const write = async (shard: number) => {
    while (next < rows) {
      const first = next
      const batches = Math.min(ORDER, Math.ceil((rows - first) / BATCH))
      next += batches * BATCH
      const [id] = await world.append({ shard, batches, size: BATCH, first, from, step })
      if (id !== undefined) ids[shard]?.push(id)
    }
  }
  const writers = Array.from({ length: count * WRITERS }, (_, index) => write(index % count))
  await Promise.all(writers)
  return ids
}

/** Waits until every shard has compressed what it does not keep for the hour. */
async function settle(stateDir: string, count: number): Promise<void> {
  let fewest = Number.POSITIVE_INFINITY
  let progressedAt = Date.now()
  for (;;) {
    const recent = readRecent(stateDir)
    if (recent <= count * MOST_RECENT) return
    if (recent < fewest) progressedAt = Date.now()
    fewest = Math.min(fewest, recent)
    if (Date.now() - progressedAt > STALL_MILLISECONDS) {
      throw new Error(`the shards do not compress their records: ${recent} are left`)
    }
    await pause(1000)
  }
}

type Known = { readonly ids: readonly (readonly string[])[]; readonly from: number }

async function askQuestions(world: LogWorld, count: number, { ids, from }: Known) {
  const to = from + DAY
  const pick = <T>(list: readonly T[]) => list[Math.floor(Math.random() * list.length)] as T
  const timeOf = (id: string) => {
    const bytes = Buffer.from(id.slice(4), 'base64url')
    return bytes.readUInt16BE(1) * 2 ** 32 + bytes.readUInt32BE(3)
  }
  const byId = () => {
    const shard = Math.floor(Math.random() * count)
    const id = pick(ids[shard] ?? [])
    return { shard, method: 'find', args: [{ at: timeOf(id), id }] }
  }
  // Every shard is asked for its part of a page.
  const page = (filter: () => object) => () => ({
    shard: undefined,
    method: 'page',
    args: [{ filter: filter(), limit: 50 }],
  })
  const subject = () =>
    `repo:acme@1234567/api@${456_780_000 + Math.floor(Math.random() * 5000)}:environment:production`
  const kinds = {
    'by id': byId,
    'page of the newest': page(() => ({ from, to: to + DAY })),
    'page of a rule in one hour': page(() => {
      const start = from + Math.floor(Math.random() * (DAY - 3_600_000))
      const rule = `deploy-${Math.floor(Math.random() * 50)}`
      return { rule, from: start, to: start + 3_600_000 }
    }),
    'page of a subject in the day': page(() => ({ subject: subject(), from, to: to + DAY })),
  }
  const rates: Record<string, number> = {}
  for (const [name, make] of Object.entries(kinds)) {
    const started = performance.now()
    const end = started + QUESTION_MILLISECONDS
    let asked = 0
    for (; asked < QUESTIONS && performance.now() < end; asked += 1) {
      const { shard, method, args } = make()
      const all = Array.from({ length: count }, (_, own) => own)
      const shards = shard === undefined ? all : [shard]
      await Promise.all(shards.map((own) => world.ask(own, method, [args])))
    }
    rates[name] = asked / ((performance.now() - started) / 1000)
  }
  return rates
}

/** What one scrape of the metrics costs, after the first has counted everything. */
async function timeCounters(world: LogWorld, count: number): Promise<number> {
  const ask = () =>
    Promise.all(Array.from({ length: count }, (_, shard) => world.ask(shard, 'counters', [[]])))
  await ask()
  const started = performance.now()
  await ask()
  return performance.now() - started
}

/** Before the wait for the compressing, which takes long after many rows. */
function renderAppended(count: number, perSecond: number, uncompressed: number): string {
  return `${[
    `${count} shard${count === 1 ? '' : 's'}, ${rows.toLocaleString('en')} decisions`,
    `  appended: ${perSecond.toFixed(0)} decisions/s; then ${uncompressed.toLocaleString('en')} uncompressed`,
  ].join('\n')}\n`
}

function render(result: Result): string {
  const { text, recent, compressed } = result.bytes
  const questions = Object.entries(result.foundPerSecond).map(
    ([name, rate]) => `  found ${name}: ${rate.toFixed(rate < 10 ? 1 : 0)} questions/s`,
  )
  return `${[
    `  compressed ${result.settledSeconds.toFixed(0)} s after the first was appended`,
    `  size: ${text.toFixed(0)} bytes of JSON/decision; ${recent.toFixed(0)} stored in the first hour, ${compressed.toFixed(0)} later`,
    ...questions,
    `  counters of all shards: ${result.countersMilliseconds.toFixed(1)} ms`,
  ].join('\n')}\n`
}
