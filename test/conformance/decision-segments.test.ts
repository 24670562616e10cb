/**
 * LOG-06 from end to end with a bucket: shards of the built Worker compress, sign and export by their
 * own alarms, and `edgemint audit verify` reads the objects as an operator has copied them.
 */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  LOG_ISSUER,
  type LogWorld,
  startLogWorld,
} from '../../scripts/bench/decisions/log-world.ts'
import { makeKey } from '../../scripts/bench/fixtures.ts'
import { EXPORT_VERSION } from '../../src/contract/decisions/export.ts'
import { DECISION_BLOCK_RECORDS, DECISION_RECENT_MAX_RECORDS } from '../../src/worker/limits.ts'
import type { ChainPart } from '../../src/worker/objects/decision-log/messages.ts'
import { spawnCli } from '../cli/support/run.ts'
import { until } from '../cli/support/serve.ts'

const SHARD = 2
const SIZE = 64
/** More than a shard keeps uncompressed, so that it exports without a wait of an hour. */
const RECORDS = DECISION_RECENT_MAX_RECORDS + 5 * DECISION_BLOCK_RECORDS
/** Enough for another object. */
const MORE = 3 * DECISION_BLOCK_RECORDS
const BATCHES = Math.ceil(RECORDS / SIZE)
/** SQLite begins a write-ahead log anew after 4 MB, unless something still reads an earlier state. */
const MOST_LOG_BYTES = 10_000_000

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-segments-'))
let world: LogWorld
/** The files, in the order of the chain. */
let files: readonly string[] = []
let flags: readonly string[] = []
/** The largest write-ahead log of a shard. An object without a request closes its database soon. */
let mostLogBytes = 0
/** What the bucket does not have yet, with a checkpoint at its end. */
let rest: string

function noteLogBytes(): void {
  const state = join(scratch, 'state')
  const names = readdirSync(state, { recursive: true, encoding: 'utf8' })
  for (const name of names.filter((path) => /DecisionLog\/[0-9a-f]+\.sqlite-wal$/.test(path))) {
    const { size } = statSync(join(state, name), { throwIfNoEntry: false }) ?? { size: 0 }
    mostLogBytes = Math.max(mostLogBytes, size)
  }
}

const lastOf = (path: string) => Number(/-(\d{12})\.ndjson\.gz$/.exec(path)?.[1])

/** As `edgemint decisions export --after` writes it. */
async function exportRest(after: number): Promise<string> {
  await world.ask(SHARD, 'checkpoint', [[]])
  const parts: ChainPart[] = []
  for (let last = after, hasMore = true; hasMore; ) {
    const { answers } = await world.ask(SHARD, 'exportAfter', [[last]])
    const part = answers[0] as ChainPart
    parts.push(part)
    last = part.lastSequence
    hasMore = part.hasMore
  }
  const path = join(scratch, 'rest.ndjson')
  const header = { type: 'edgemint-decisions', v: EXPORT_VERSION, iss: LOG_ISSUER, shard: SHARD }
  writeFileSync(
    path,
    `${JSON.stringify({ ...header, after, previous: parts[0]?.previous })}\n${parts.map(({ text }) => text).join('')}`,
  )
  return path
}

beforeAll(async () => {
  world = await startLogWorld({
    stateDir: join(scratch, 'state'),
    key: await makeKey('ES256'),
    hasBucket: true,
  })
  const order = { shard: SHARD, size: SIZE, from: Date.now() - RECORDS, step: 1 }
  await world.append({ ...order, batches: BATCHES, first: 0 })
  noteLogBytes()
  let segments: ReadonlyMap<string, Uint8Array> = new Map()
  // Later records make further objects.
  for (let first = BATCHES * SIZE; segments.size < 3; first += MORE) {
    const { size } = segments
    await world.append({ ...order, batches: MORE / SIZE, first })
    noteLogBytes()
    await until(async () => {
      segments = await world.readBucket()
      return segments.size > size
    })
  }
  const keys = join(scratch, 'keys.json')
  writeFileSync(keys, await world.publicKeys())
  flags = ['--keys', keys, '--issuer', LOG_ISSUER]
  files = [...segments]
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([name, content]) => {
      const path = join(scratch, name)
      mkdirSync(join(path, '..'), { recursive: true })
      writeFileSync(path, content)
      return path
    })
  rest = await exportRest(lastOf(files.at(-1) ?? ''))
}, 120_000)
afterAll(async () => {
  await world.close()
  rmSync(scratch, { recursive: true, force: true })
})

const verify = (...args: readonly string[]) => spawnCli(['audit', 'verify', ...args, ...flags])

/** A copy of the first file with changed lines. */
function changed(change: (lines: string[]) => void): string {
  const lines = gunzipSync(readFileSync(files[0] ?? ''))
    .toString()
    .trimEnd()
    .split('\n')
  change(lines)
  const path = join(scratch, 'changed.ndjson.gz')
  writeFileSync(path, gzipSync(`${lines.join('\n')}\n`))
  return path
}

describe('LOG-06 the objects of the bucket', () => {
  it('are named by shard and sequence, and have every compressed batch once', () => {
    const names = files.map((path) => path.slice(scratch.length + 1))
    const ranges = names.map((name) => {
      const [, shard, first, last] =
        /^decisions\/(\d+)\/(\d{12})-(\d{12})\.ndjson\.gz$/.exec(name) ?? []
      return { shard: Number(shard), first: Number(first), last: Number(last) }
    })
    expect(ranges.length).toBeGreaterThan(1)
    expect(ranges[0]?.first).toBe(1)
    for (const [index, { shard, first }] of ranges.entries()) {
      expect(shard).toBe(SHARD)
      if (index > 0) expect(first).toBe((ranges[index - 1]?.last ?? 0) + 1)
    }
  })

  it('are one intact chain with verified checkpoints', async () => {
    const { stdout, stderr, exitCode } = await verify(...files, rest, '--json')
    const count = files.length + 1
    expect([exitCode, stderr]).toEqual([0, `edgemint: ${count} of ${count} files are intact\n`])
    const result = JSON.parse(stdout) as {
      signatures: string
      gaps: unknown[]
      files: { records: number; lastSequence: number; provenSequence: number }[]
    }
    expect(result).toMatchObject({ signatures: 'verified', gaps: [] })
    const records = result.files.reduce((sum, file) => sum + file.records, 0)
    expect(records).toBeGreaterThanOrEqual(RECORDS)
    const end = result.files.at(-1)
    expect(end?.provenSequence).toBe(end?.lastSequence)
    // An object that begins after the first batch continues the chain of the one before.
    expect((await verify(...files.slice(1), rest)).exitCode).toBe(0)
  })

  it('name the place of an altered byte, a removed row and two swapped rows', async () => {
    const cases: readonly [string, (lines: string[]) => void, RegExp][] = [
      [
        'one byte',
        (lines) => lines.splice(5, 1, (lines[5] ?? '').replace('"granted"', '"grantee"')),
        new RegExp(`:${SIZE + 3}: does not match batch 1, which is in the lines from 2\n`),
      ],
      [
        'a removed row',
        (lines) => lines.splice(5, 1),
        new RegExp(`:${SIZE + 3}: (?:does not match|is not the head of) batch 1`),
      ],
      [
        'swapped rows',
        (lines) => lines.splice(5, 2, lines[6] ?? '', lines[5] ?? ''),
        new RegExp(`:${SIZE + 3}: does not match batch 1, which is in the lines from 2\n`),
      ],
    ]
    for (const [name, change, place] of cases) {
      const { stderr, exitCode } = await verify(changed(change))
      expect(exitCode, name).toBe(1)
      expect(stderr, name).toMatch(place)
    }
  })

  it('name a missing object, and a damaged one', async () => {
    const [first = '', second = '', third = ''] = files
    const gap = await verify(first, third)
    expect(gap.exitCode).toBe(1)
    const [begins, ends] = [lastOf(second) + 1, lastOf(first)]
    expect(gap.stderr).toContain(
      `it begins with batch ${begins}, and the other ends with batch ${ends}\n`,
    )
    const damaged = join(scratch, 'damaged.ndjson.gz')
    const bytes = readFileSync(first)
    bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1
    writeFileSync(damaged, bytes)
    const { stderr, exitCode } = await verify(damaged, second)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/damaged\.ndjson\.gz:\d+: /)
  })
})

describe('the database of a shard that compresses', () => {
  it('reuses its write-ahead log, so that its files do not grow with every append', () => {
    expect(mostLogBytes).toBeGreaterThan(0)
    expect(mostLogBytes).toBeLessThan(MOST_LOG_BYTES)
  })
})
