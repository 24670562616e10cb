/**
 * The status indexes that an isolate has leased and not yet given to a token. It leases the next
 * block while a quarter is left: the request that notices it waits for the block, and the others use
 * what is left. An index leaves this file once, so no two tokens have the same (SL-14).
 */

import type { StatusUse, TakeStatusIndex } from '../../../core/issuance.ts'
import type { Clock } from '../../../core/ports.ts'
import type { StatusPosition } from '../../../protocol/status/status-list.ts'
import type { StatusLease } from '../../objects/status-lists/messages.ts'
import {
  MAX_STATUS_POOLS,
  STATUS_LEASE_FIRST,
  STATUS_LEASE_MOST,
  STATUS_LEASE_RETRY_SECONDS,
} from './limits.ts'

/** Null if all lists are full. Throws `Unavailable`. */
export type LeaseIndexes = (use: StatusUse, count: number) => Promise<StatusLease | null>

type Block = { readonly list: string; readonly endsAt: number; readonly indexes: number[] }

/** The blocks for one rule, issuer and key. */
type Pool = {
  blocks: Block[]
  /** The size of the next block. */
  size: number
  /** No block is asked for ahead of use before this time, in epoch seconds. */
  askAt: number
}

export function createStatusIndexes(lease: LeaseIndexes, now: Clock): TakeStatusIndex {
  const pools = new Map<string, Pool>()

  function poolOf({ rules, issuer, keyId }: StatusUse): Pool {
    const name = [keyId, issuer, ...rules].join(' ')
    const known = pools.get(name)
    if (known !== undefined) return known
    const made: Pool = { blocks: [], size: STATUS_LEASE_FIRST, askAt: 0 }
    pools.set(name, made)
    const [oldest] = pools.keys()
    if (pools.size > MAX_STATUS_POOLS && oldest !== undefined) pools.delete(oldest)
    return made
  }

  /**
   * Adds a block. Returns `ready`, or the first index of the block, which no other request can take
   * meanwhile.
   */
  async function add(pool: Pool, use: StatusUse, count: number, ready?: StatusPosition) {
    const leased = await lease(use, count)
    pool.askAt = 0
    if (leased === null) return ready
    const { list, start, count: size, endsAt } = leased
    const indexes = shuffle(Array.from({ length: size }, (_, offset) => start + offset))
    const index = ready === undefined ? indexes.pop() : undefined
    if (indexes.length > 0) pool.blocks.push({ list, endsAt, indexes })
    if (count === pool.size) pool.size = Math.min(2 * count, STATUS_LEASE_MOST)
    return index === undefined ? ready : { list, index }
  }

  return (use) => {
    const pool = poolOf(use)
    const at = now()
    const ready = takeFrom(pool, at)
    const left = pool.blocks.reduce((sum, { indexes }) => sum + indexes.length, 0)
    // The time ends a question whose request was cancelled, and bounds those to a store that fails.
    const isAsked = pool.askAt - STATUS_LEASE_RETRY_SECONDS <= at && at < pool.askAt
    if (ready !== undefined && (isAsked || 8 * left > pool.size)) return ready
    pool.askAt = at + STATUS_LEASE_RETRY_SECONDS
    // The request has an index, so a failure does not concern it.
    if (ready !== undefined) return add(pool, use, pool.size, ready).catch(() => ready)
    // A large block for each of many requests would waste most of them.
    return add(pool, use, isAsked ? STATUS_LEASE_FIRST : pool.size)
  }
}

function takeFrom(pool: Pool, at: number): StatusPosition | undefined {
  const isInUse = ({ endsAt, indexes }: Block) => at < endsAt && indexes.length > 0
  if (!pool.blocks.every(isInUse)) {
    const hasEnded = pool.blocks.some(({ endsAt }) => endsAt <= at)
    pool.blocks = pool.blocks.filter(isInUse)
    // A block that was not used up was too large.
    if (hasEnded) pool.size = STATUS_LEASE_FIRST
  }
  const [block] = pool.blocks
  const index = block?.indexes.pop()
  return block === undefined || index === undefined ? undefined : { list: block.list, index }
}

/** A random order, so that an index does not tell when its token was issued (SL-15). */
function shuffle(indexes: number[]): number[] {
  const random = crypto.getRandomValues(new Uint32Array(indexes.length))
  for (let last = indexes.length - 1; last > 0; last -= 1) {
    const other = (random[last] ?? 0) % (last + 1)
    const [a = 0, b = 0] = [indexes[last], indexes[other]]
    indexes[last] = b
    indexes[other] = a
  }
  return indexes
}
