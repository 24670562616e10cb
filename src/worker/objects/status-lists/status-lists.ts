/**
 * Allots the indexes of the status lists. An isolate leases a block and gives its indexes to tokens,
 * so most tokens need no request to this object. An index is leased once and never again, also after
 * its token has expired (SL-14). Revoked tokens are in the revocation log.
 */
import { DurableObject } from 'cloudflare:workers'
import { CLOCK_LEEWAY_SECONDS, REVOCATION_MARGIN_SECONDS } from '../../../core/limits.ts'
import {
  nameStatusList,
  numberOfStatusList,
  STATUS_LIST_ENTRIES,
  STATUS_LIST_NUMBERS,
} from '../../../protocol/status/status-list.ts'
import {
  MAX_LIVE_STATUS_LISTS,
  STATUS_LEASE_MOST,
  STATUS_LEASE_SECONDS,
  STATUS_PURGE_ROWS,
} from '../../caches/status/limits.ts'
import { migrate } from '../migrations.ts'
import type { CoarseRevocation, IndexRange, LeaseRequest, StatusLease } from './messages.ts'
import { MIGRATIONS } from './tables.ts'

/** The Durable Object of the status lists. Bind it as `STATUS_LISTS`. */
export class StatusLists extends DurableObject<unknown> {
  /** Returns epoch seconds. Tests replace it. */
  now = (): number => Math.floor(Date.now() / 1000)
  /** Tests set lower values. */
  sizes = { entries: STATUS_LIST_ENTRIES, lists: MAX_LIVE_STATUS_LISTS }

  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env)
    migrate(ctx.storage, MIGRATIONS)
  }

  /** Returns a block after its lease is durable. Null if all lists are full. */
  async lease(request: LeaseRequest): Promise<StatusLease | null> {
    const lease = this.ctx.storage.transactionSync(() => this.#lease(request))
    // Otherwise a restart could lease the block again (SL-14).
    await this.ctx.storage.sync()
    return lease
  }

  #lease({ use, count, tokenSeconds }: LeaseRequest): StatusLease | null {
    const at = this.now()
    this.#purge(at)
    const place = this.#findRoom()
    if (place === undefined) return null
    const [list, start] = place
    const taken = Math.min(Math.max(count, 1), STATUS_LEASE_MOST, this.sizes.entries - start)
    const endsAt = at + STATUS_LEASE_SECONDS
    this.ctx.storage.sql.exec(
      'INSERT INTO leases VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      list,
      start,
      taken,
      at,
      endsAt + tokenSeconds + REVOCATION_MARGIN_SECONDS,
      ` ${use.rules.join(' ')} `,
      use.issuer,
      use.keyId,
    )
    return { list: nameStatusList(list), start, count: taken, endsAt }
  }

  /** Returns where the next block begins: list and index. Undefined if all lists are full. */
  #findRoom(): readonly [list: number, start: number] | undefined {
    const [oldest, newest, next] = this.#lists()
    // A gateway whose stores are lost must not use the lists of living tokens again.
    if (newest === null) return [randomStart(), 0]
    if (next < this.sizes.entries) return [newest, next]
    const list = newest + 1
    const isFull = list - oldest >= this.sizes.lists || list >= STATUS_LIST_NUMBERS
    return isFull ? undefined : [list, 0]
  }

  /** Returns the oldest and the newest list, and the first free index of that. Null without a list. */
  #lists(): readonly [oldest: number, newest: number | null, next: number] {
    const [row = { oldest: 0, newest: null, next: 0 }] = this.ctx.storage.sql
      .exec<{ oldest: number; newest: number | null; next: number }>(
        `SELECT (SELECT MIN(list) FROM leases) AS oldest, list AS newest, start + count AS next
         FROM leases ORDER BY list DESC, start DESC LIMIT 1`,
      )
      .toArray()
    return [row.oldest, row.newest, row.next]
  }

  /** Deletes leases that have ended, except the last one, so that no number is used again. */
  #purge(at: number): void {
    this.ctx.storage.sql.exec(
      `DELETE FROM leases WHERE (list, start) IN (
         SELECT list, start FROM leases WHERE ends_at <= ? AND (list, start) <>
           (SELECT list, start FROM leases ORDER BY list DESC, start DESC LIMIT 1) LIMIT ?)`,
      at,
      STATUS_PURGE_ROWS,
    )
  }

  /** Returns the names of the lists: the newest one, and those with tokens that have not expired. */
  names(): readonly string[] {
    this.#purge(this.now())
    const [oldest, newest] = this.#lists()
    // The numbers are consecutive.
    const count = newest === null ? 0 : newest - oldest + 1
    return Array.from({ length: count }, (_, index) => nameStatusList(oldest + index))
  }

  /** Returns the indexes that coarse revocations revoke. Null if there is no such list. */
  revokedRanges(name: string, before: readonly CoarseRevocation[]): readonly IndexRange[] | null {
    if (!this.names().includes(name)) return null
    return before.flatMap((revocation) => this.#rangesOf(numberOfStatusList(name), revocation))
  }

  #rangesOf(list: number, { grain, id, before }: CoarseRevocation): readonly IndexRange[] {
    const condition = CONDITIONS.get(grain)
    // A grain that only a newer release knows. To ignore it could accept a revoked token (REV-02).
    if (condition === undefined) throw new Error('a revocation has an unknown grain')
    return this.ctx.storage.sql
      .exec<IndexRange>(
        `SELECT start, count FROM leases WHERE list = ? AND leased_at < ? AND ${condition}`,
        list,
        // The clock of the isolate may be behind, and its token is then older than its block.
        before + CLOCK_LEEWAY_SECONDS,
        id,
      )
      .toArray()
  }
}

const CONDITIONS: ReadonlyMap<string, string> = new Map([
  ['rule', "instr(rules, ' ' || ? || ' ') > 0"],
  ['issuer', 'issuer = ?'],
  ['key', 'key_id = ?'],
  ['all', '? IS NOT NULL'],
])

/** A number in the first half, so that there are lists for as long as anyone will ask. */
function randomStart(): number {
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1))
  return random % (STATUS_LIST_NUMBERS / 2)
}
