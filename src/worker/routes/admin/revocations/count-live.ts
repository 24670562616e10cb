/**
 * Counts the live tokens that a revocation would end, from the decision log: those that it names,
 * also as an actor, and those that were exchanged for one of them. The count is a lower bound if a
 * shard does not answer, records were purged or are damaged, or there are too many records to read.
 */
import { MAX_PAGE_RECORDS } from '../../../../contract/decisions/query.ts'
import { type DecisionRecord, readRecord } from '../../../../contract/decisions/record.ts'
import { Unavailable } from '../../../../core/ports.ts'
import type { CoarseGrain } from '../../../../protocol/revocations.ts'
import { type DecisionShards, listReachable } from '../../../objects/decision-log/shards.ts'
import { REVOCATION_COUNT_PAGES } from './limits.ts'

/** Why a count is a lower bound. */
type CountGap =
  | 'log_off'
  | 'shard_missing'
  | 'records_purged'
  | 'records_damaged'
  | 'too_many_records'

export type LiveCount = { readonly tokens: number; readonly gaps: readonly CountGap[] }

type Period = {
  /** Epoch seconds, as `before`: only tokens that were issued before it end. */
  readonly at: number
  readonly before?: number | undefined
  readonly maxLifetimeSeconds: number
}

/** What is kept of a token. The records of a busy day do not fit into the memory of an isolate. */
type Granted = {
  /** Epoch milliseconds. */
  readonly at: number
  readonly id: string
  /** The tokens that it was issued from. */
  readonly above: readonly string[]
  readonly isEnded: boolean
  readonly isLive: boolean
}

type Reading = {
  /** Epoch milliseconds. */
  readonly from: number
  readonly gaps: Set<CountGap>
  /** The shards share it, because a small gateway has all its decisions in one of them. */
  readonly budget: { pages: number }
  readonly keep: (record: DecisionRecord) => void
}

export type Named = readonly [grain: CoarseGrain | 'token', id: string]

export async function countLive(
  named: Named,
  shards: DecisionShards | undefined,
  { at, before = Number.POSITIVE_INFINITY, maxLifetimeSeconds }: Period,
): Promise<LiveCount> {
  if (shards === undefined) return { tokens: 0, gaps: ['log_off'] }
  const from = (at - maxLifetimeSeconds) * 1000
  const gaps = new Set<CountGap>()
  const all = await listReachable(shards)
  if (!all.isComplete) gaps.add('shard_missing')
  const found: Granted[] = []
  const keep = (record: DecisionRecord) => {
    const { token_id: id, parent_token_id: parent, actor, expires_at: end = 0 } = record
    if (id === undefined) return
    const isEnded = isNamed(named, record) && Math.floor(record.at / 1000) < before
    // The token of an actor is an ancestor too, if it is one of this gateway.
    const above = [parent, actor?.token_id].filter((one) => one !== undefined)
    // Most tokens have no ancestor and are not named.
    if (isEnded || above.length > 0)
      found.push({ at: record.at, id, above, isEnded, isLive: end > at })
  }
  const budget = { pages: REVOCATION_COUNT_PAGES }
  const read = (shard: number) => readGranted(shards, shard, { from, gaps, budget, keep })
  await Promise.all(all.shards.map(read))
  const ended = new Set<string>()
  // A parent is older than its descendants. Those are on any shard.
  found.sort((left, right) => left.at - right.at)
  let tokens = 0
  for (const { id, above, isEnded, isLive } of found) {
    if (!isEnded && !above.some((one) => ended.has(one))) continue
    ended.add(id)
    if (isLive) tokens += 1
  }
  return { tokens, gaps: [...gaps].sort() }
}

async function readGranted(
  shards: DecisionShards,
  shard: number,
  { from, gaps, budget, keep }: Reading,
): Promise<void> {
  try {
    const status = await shards.status(shard)
    if (status === null) return
    let before: { readonly at: number; readonly id: string } | undefined
    let oldest = Number.POSITIVE_INFINITY
    while (budget.pages > 0) {
      budget.pages -= 1
      const request = { filter: { from, outcome: 'granted' as const }, limit: MAX_PAGE_RECORDS }
      const answer = await shards.page(shard, before ? { ...request, before } : request)
      for (const { line } of answer.records) {
        const record = readRecord(line)
        if (record !== undefined) keep(record)
      }
      if (answer.damagedTo !== undefined) gaps.add('records_damaged')
      const last = answer.records.at(-1)
      oldest = last?.at ?? oldest
      const isLast = answer.searchedTo === undefined && answer.records.length < MAX_PAGE_RECORDS
      if (isLast || (last === undefined && answer.searchedTo === undefined)) {
        // Its oldest record is younger than the period, and older ones were deleted.
        if (status.firstSequence > 1 && (await isPurgedSince(shards, shard, from, oldest))) {
          gaps.add('records_purged')
        }
        return
      }
      before = last ?? { at: answer.searchedTo ?? 0, id: '' }
    }
    gaps.add('too_many_records')
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    gaps.add('shard_missing')
  }
}

/** Whether the shard has no record of any kind from before the period. */
async function isPurgedSince(
  shards: DecisionShards,
  shard: number,
  from: number,
  oldest: number,
): Promise<boolean> {
  if (oldest < from) return false
  const earlier = await shards.page(shard, { filter: { to: from }, limit: 1 })
  return earlier.records.length === 0
}

function isNamed([grain, id]: Named, record: DecisionRecord): boolean {
  const { actor } = record
  const names = {
    token: [record.token_id],
    subject: [record.subject, record.issued_subject, actor?.subject],
    rule: [record.rule],
    issuer: [record.issuer_url, actor?.issuer_url],
    key: [record.key_id],
    all: [id],
  }
  return names[grain].includes(id)
}
