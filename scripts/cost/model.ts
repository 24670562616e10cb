/**
 * What a deployment costs in a month: prices of Cloudflare, times operations that a test counts, times
 * assumptions that docs/cost.md states. All prices are of the Workers Paid plan, in US dollars.
 */
import {
  DECISION_BATCH_RECORDS,
  DECISION_FLUSH_MILLISECONDS,
} from '../../src/core/decisions/limits.ts'
import { DECISION_BLOCK_RECORDS, DECISION_EXPORT_CHARACTERS } from '../../src/worker/limits.ts'
import MEASURED from './operations.json' with { type: 'json' }

const SECONDS_OF_MONTH = 30 * 86_400
const MILLION = 1_000_000
const GIGABYTE = 1_000_000_000

type Price = {
  readonly what: string
  /** What the plan includes each month, in the unit. */
  readonly included: number
  readonly dollars: number
  /** So many units have this price. */
  readonly per: number
  readonly unit: string
  readonly source: string
}

const WORKERS = 'https://developers.cloudflare.com/workers/platform/pricing/'
const OBJECTS = 'https://developers.cloudflare.com/durable-objects/platform/pricing/'
const KV = 'https://developers.cloudflare.com/kv/platform/pricing/'
const R2 = 'https://developers.cloudflare.com/r2/pricing/'
const ANALYTICS = 'https://developers.cloudflare.com/analytics/analytics-engine/pricing/'

export const PLAN_DOLLARS = 5
/** When the prices were read. */
export const PRICES_READ = '2026-11-28'

const price = (
  what: string,
  included: number,
  dollars: number,
  per: number,
  unit: string,
  source: string,
): Price => ({ what, included, dollars, per, unit, source })

export const PRICES = {
  requests: price('Workers requests', 10 * MILLION, 0.3, MILLION, 'requests', WORKERS),
  cpu: price('Workers CPU time', 30 * MILLION, 0.02, MILLION, 'ms', WORKERS),
  logs: price('Workers Logs', 20 * MILLION, 0.6, MILLION, 'events', WORKERS),
  calls: price('Durable Object requests', MILLION, 0.15, MILLION, 'requests', OBJECTS),
  duration: price('Durable Object duration', 400_000, 12.5, MILLION, 'GB-s', OBJECTS),
  written: price('Durable Object rows written', 50 * MILLION, 1, MILLION, 'rows', OBJECTS),
  read: price('Durable Object rows read', 25_000 * MILLION, 0.001, MILLION, 'rows', OBJECTS),
  stored: price('Durable Object storage', 5, 0.2, 1, 'GB', OBJECTS),
  kvReads: price('KV reads', 10 * MILLION, 0.5, MILLION, 'reads', KV),
  kvWrites: price('KV writes', MILLION, 5, MILLION, 'writes', KV),
  r2Writes: price('R2 class A operations', MILLION, 4.5, MILLION, 'operations', R2),
  r2Stored: price('R2 storage', 10, 0.015, 1, 'GB', R2),
  points: price('Analytics Engine data points', 10 * MILLION, 0.25, MILLION, 'points', ANALYTICS),
} as const satisfies Readonly<Record<string, Price>>

export type Line = keyof typeof PRICES

/** A rate, and over how many isolates and shards it is spread. */
export type Load = {
  readonly exchangesPerSecond: number
  readonly isolates: number
  readonly shards: number
}

export const LOADS: readonly Load[] = [
  { exchangesPerSecond: 1, isolates: 2, shards: 8 },
  { exchangesPerSecond: 100, isolates: 30, shards: 8 },
  { exchangesPerSecond: 10_000, isolates: 500, shards: 64 },
]

/** What is assumed and not counted. docs/cost.md gives the reason of each. */
export const ASSUMED = {
  cpuMilliseconds: 1,
  callMilliseconds: 10,
  /** A log line and an invocation log of each request, where logs are not sampled. */
  sampledLogs: 0.01,
  retentionDays: 90,
  maxRecordsOfShard: 5 * MILLION,
  readers: 9,
  scrapesPerMinute: 1,
  seriesPerScrape: 10,
  /** Of a decision: in a shard after an hour, and in the bucket. */
  storedBytes: 140,
  lineCharacters: 1380,
} as const

export type Mode = 'reuse' | 'once' | 'strict'

export function countUnits(load: Load, mode: Mode): Readonly<Record<Line, number>> {
  const { exchangesPerSecond, isolates, shards } = load
  const month = exchangesPerSecond * SECONDS_OF_MONTH
  const ofIsolate = (exchangesPerSecond / isolates) * (DECISION_FLUSH_MILLISECONDS / 1000)
  const batch = Math.min(DECISION_BATCH_RECORDS, Math.max(1, ofIsolate))
  const appends = mode === 'strict' ? month : month / batch
  const claims = mode === 'reuse' ? 0 : month
  const { decisionLog, replayLedger } = MEASURED
  const blocks = month / DECISION_BLOCK_RECORDS
  const blockRows = rowsOfBlock(mode === 'strict' ? 1 : batch)
  const scrapes = ASSUMED.scrapesPerMinute * shards * (SECONDS_OF_MONTH / 60)
  // Isolates ask the reader of their region every three seconds at most, and readers ask the store
  // every two. A data centre answers most of the isolates; this is the bound without it.
  const polls = (isolates / 3 + ASSUMED.readers / 2) * SECONDS_OF_MONTH
  const calls = appends + claims + polls + scrapes
  const kept = Math.min(
    exchangesPerSecond * 86_400 * ASSUMED.retentionDays,
    shards * ASSUMED.maxRecordsOfShard,
  )
  const exported = month * ASSUMED.storedBytes
  return {
    requests: month,
    cpu: month * ASSUMED.cpuMilliseconds,
    logs: 2 * month * ASSUMED.sampledLogs,
    calls,
    // An object has 128 MB while a call runs.
    duration: (calls - polls) * (ASSUMED.callMilliseconds / 1000) * 0.128 + polls * 0.001 * 0.128,
    written:
      appends * decisionLog.appendOne.written +
      blocks * blockRows.written +
      claims * (replayLedger.claim.written + replayLedger.purgeOfTwo / 2) +
      scrapes * ASSUMED.seriesPerScrape,
    read: appends * decisionLog.appendOne.read + blocks * blockRows.read,
    stored: (kept * ASSUMED.storedBytes) / GIGABYTE,
    kvReads: (isolates / 10) * SECONDS_OF_MONTH,
    // The pointer of revocations every five minutes, and the trust document twice a day.
    kvWrites: SECONDS_OF_MONTH / 300 + 4 * 30,
    r2Writes: month / (DECISION_EXPORT_CHARACTERS / ASSUMED.lineCharacters),
    r2Stored: (exported / GIGABYTE) * (ASSUMED.retentionDays / 30),
    points: month,
  }
}

/** The rows of one block, which deletes its batches. Measured for the largest and the smallest. */
function rowsOfBlock(batch: number): { readonly written: number; readonly read: number } {
  const { block, blockOfSmallBatches: small } = MEASURED.decisionLog
  const fewest = DECISION_BLOCK_RECORDS / DECISION_BATCH_RECORDS
  const share = (DECISION_BLOCK_RECORDS / batch - fewest) / (DECISION_BLOCK_RECORDS - fewest)
  return {
    written: block.written + (small.written - block.written) * share,
    read: block.read + (small.read - block.read) * share,
  }
}

export function priceOf(line: Line, units: number): number {
  const { included, dollars, per } = PRICES[line]
  return (Math.max(0, units - included) / per) * dollars
}

/** What most deployments need, and what they may add. */
export const OPTIONAL: readonly Line[] = ['r2Writes', 'r2Stored', 'points']

export function totalOf(load: Load, mode: Mode): number {
  const units = countUnits(load, mode)
  const lines = (Object.keys(PRICES) as Line[]).filter((line) => !OPTIONAL.includes(line))
  return lines.reduce((sum, line) => sum + priceOf(line, units[line]), PLAN_DOLLARS)
}
