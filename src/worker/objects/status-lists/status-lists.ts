/**
 * Allots the indexes of the status lists. An isolate leases a block and gives its indexes to tokens,
 * so most tokens need no request to this object. An index is leased once and never again, also after
 * its token has expired (SL-14). Revoked tokens are in the revocation log.
 */
import { DurableObject } from 'cloudflare:workers'
import { CLOCK_LEEWAY_SECONDS, REVOCATION_MARGIN_SECONDS } from '../../../core/limits.ts'
import {
  isStatusListName,
  nameStatusList,
  numberOfStatusList,
  STATUS_LIST_ENTRIES,
  STATUS_LIST_NUMBERS,
} from '../../../protocol/status-list.ts'
import {
  MAX_LIVE_STATUS_LISTS,
  STATUS_LEASE_MOST,
  STATUS_LEASE_SECONDS,
  STATUS_PURGE_ROWS,
} from '../../limits.ts'
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
    const { sql } = this.ctx.storage
    const at = this.now()
    this.#purge(at)
    const { number, next } = this.#findRoom()
    if (number === undefined) return null
    const taken = Math.min(Math.max(count, 1), STATUS_LEASE_MOST, this.sizes.entries - next)
    const endsAt = at + STATUS_LEASE_SECONDS
    const lastEnd = endsAt + tokenSeconds + REVOCATION_MARGIN_SECONDS
    sql.exec(
      `INSERT INTO lists (number, next, ends_at) VALUES (?, ?, ?)
       ON CONFLICT (number) DO UPDATE SET next = excluded.next,
         ends_at = MAX(ends_at, excluded.ends_at)`,
      number,
      next + taken,
      lastEnd,
    )
    sql.exec(
      'INSERT INTO leases VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      number,
      next,
      taken,
      at,
      lastEnd,
      ` ${use.rules.join(' ')} `,
      use.issuer,
      use.keyId,
    )
    return { list: nameStatusList(number), start: next, count: taken, endsAt }
  }

  /** Returns the newest list, or the next one if that is full. No number if all lists are full. */
  #findRoom(): { readonly number: number | undefined; readonly next: number } {
    const { sql } = this.ctx.storage
    const [newest] = sql
      .exec<{ number: number; next: number }>(
        'SELECT number, next FROM lists ORDER BY number DESC LIMIT 1',
      )
      .toArray()
    // A gateway whose stores are lost must not use the lists of living tokens again.
    if (newest === undefined) return { number: randomStart(), next: 0 }
    if (newest.next < this.sizes.entries) return newest
    const { live } = sql.exec<{ live: number }>('SELECT COUNT(*) AS live FROM lists').one()
    const number = newest.number + 1
    const isFull = live >= this.sizes.lists || number >= STATUS_LIST_NUMBERS
    return { number: isFull ? undefined : number, next: 0 }
  }

  /** Deletes what has ended. The newest list stays, so that its number is not used again. */
  #purge(at: number): void {
    const { sql } = this.ctx.storage
    sql.exec(
      `DELETE FROM leases WHERE (list, start) IN
         (SELECT list, start FROM leases WHERE ends_at <= ? LIMIT ?)`,
      at,
      STATUS_PURGE_ROWS,
    )
    sql.exec(
      'DELETE FROM lists WHERE ends_at <= ? AND number < (SELECT MAX(number) FROM lists)',
      at,
    )
  }

  /** Returns the names of the lists of tokens that have not expired. */
  names(): readonly string[] {
    return this.ctx.storage.sql
      .exec<{ number: number }>(
        'SELECT number FROM lists WHERE ends_at > ? ORDER BY number',
        this.now(),
      )
      .toArray()
      .map(({ number }) => nameStatusList(number))
  }

  /**
   * Returns the indexes that coarse revocations revoke. Null if there is no such list, or its last
   * token has expired.
   */
  revokedRanges(name: string, before: readonly CoarseRevocation[]): readonly IndexRange[] | null {
    if (!isStatusListName(name)) return null
    const { sql } = this.ctx.storage
    const list = numberOfStatusList(name)
    const rows = sql
      .exec('SELECT 1 FROM lists WHERE number = ? AND ends_at > ?', list, this.now())
      .toArray()
    if (rows.length === 0) return null
    return before.flatMap((revocation) => this.#rangesOf(list, revocation))
  }

  #rangesOf(list: number, { grain, id, before }: CoarseRevocation): readonly IndexRange[] {
    const [condition, value] = conditionOf(grain, id)
    return this.ctx.storage.sql
      .exec<{ start: number; count: number }>(
        `SELECT start, count FROM leases WHERE list = ? AND leased_at < ? AND ${condition}`,
        list,
        // The clock of the isolate may be behind, and its token is then older than its block.
        before + CLOCK_LEEWAY_SECONDS,
        ...value,
      )
      .toArray()
  }
}

/** Throws for a grain that only a newer release knows: to ignore it could accept a token (REV-02). */
function conditionOf(grain: string, id: string): readonly [string, readonly string[]] {
  switch (grain) {
    case 'rule':
      return ["instr(rules, ' ' || ? || ' ') > 0", [id]]
    case 'issuer':
      return ['issuer = ?', [id]]
    case 'key':
      return ['key_id = ?', [id]]
    case 'all':
      return ['TRUE', []]
    default:
      throw new Error('a revocation has an unknown grain')
  }
}

/** A number in the first half, so that there are lists for as long as anyone will ask. */
function randomStart(): number {
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1))
  return random % (STATUS_LIST_NUMBERS / 2)
}
