/**
 * The revocation log stores revocations in order. It acknowledges a revocation after the write is
 * durable. It publishes them for edge checks at most once a second: first new segments, then a
 * pointer under one KV key. The log itself gives exact answers. If there are too many revocations,
 * a published marker tells readers to ask the log.
 */
import { DurableObject } from 'cloudflare:workers'
import {
  REVOCATION_PUBLISH_INTERVAL_MILLISECONDS,
  REVOCATION_PURGE_SECONDS,
  REVOCATION_REPEAT_MILLISECONDS,
  REVOCATION_RETRY_MILLISECONDS,
} from '../../../core/limits.ts'
import type { RevokedToken, TokenRevocation } from '../../../core/revocation-ports.ts'
import type {
  CoarseBound,
  CoarseName,
  PublishedRevocations,
  RevocableToken,
  RevocationPointer,
} from '../../../protocol/revocations.ts'
import { log } from '../../log.ts'
import { migrate } from '../migrations.ts'
import { probeWrite } from '../probe-write.ts'
import type { ListRevocations } from '../status-lists/messages.ts'
import {
  type CoarseRevocation,
  type CoarseRow,
  findCoarse,
  liftCoarse,
  listCoarse,
  writeCoarse,
} from './coarse-rows.ts'
import { type CopiedRow, type CopiedRows, readRows, writeRows } from './copy-rows.ts'
import { findUnknownEnd, hasRevocation, isAnyCoarse } from './find-revocation.ts'
import { createFollowers, type Followers, type FollowingReaders } from './follow.ts'
import {
  buildMarker,
  buildPointer,
  buildWhole,
  createSegmentWriter,
  publish,
} from './publication.ts'
import {
  noteFault,
  type PublicationFault,
  readFault,
  readPublished,
  readSequence,
} from './publication-state.ts'
import { createRecentTokens, type RecentTokens } from './recent-tokens.ts'
import { compactSegments, listSegments, noteMissed, readSegment } from './segments.ts'
import { SET_SIZES } from './set-sizes.ts'
import { createStatusBits, readListed, type StatusBits } from './status-bits.ts'
import { MIGRATIONS } from './tables.ts'
import { probeToken, purgeEnded, writeToken } from './token-rows.ts'

/** Where revocations are published. */
type Bindings = {
  readonly REVOCATIONS: KVNamespace
  readonly TRUST_READER?: FollowingReaders
}

/** The Durable Object that stores revocations. Bind it as `REVOCATION_LOG`. */
export class RevocationLog extends DurableObject<Bindings> {
  /** Returns epoch seconds. Tests replace it. */
  now = (): number => Math.floor(Date.now() / 1000)
  /** Tests set lower values. */
  sizes = SET_SIZES
  #publishedAtMilliseconds = 0
  /**
   * The end of the last revocation with a grain that only a newer release knows, in epoch seconds.
   * It is read once: only another release writes such rows, and with it the object starts again.
   */
  #unknownUntil = 0
  readonly #recent: RecentTokens
  readonly #statusBits: StatusBits
  readonly #followers: Followers

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env)
    migrate(ctx.storage, MIGRATIONS)
    this.#recent = createRecentTokens(ctx.storage.sql)
    this.#statusBits = createStatusBits(ctx.storage.sql)
    this.#followers = createFollowers(env.TRUST_READER, Date.now)
    this.#unknownUntil = findUnknownEnd(ctx.storage.sql)
    ctx.blockConcurrencyWhile(async () => {
      // Resume a publication that did not finish before this start.
      if (this.#isBehind() && (await ctx.storage.getAlarm()) === null) await this.#schedule(0)
      // An earlier release published less often than the readers of this release expect.
      else await this.#scheduleBy(REVOCATION_PURGE_SECONDS * 1000)
    })
  }

  /**
   * Stores a revocation and returns after the write is durable. A second revocation of the same
   * token changes nothing.
   */
  revokeToken(revocation: TokenRevocation): Promise<RevokedToken> {
    return this.#write((sql, at) => writeToken(sql, revocation, at))
  }

  /**
   * Whether a token is revoked, by itself or by a coarse revocation. A Worker of release 0.2.0, which
   * may still run during a deployment, sends only the `jti`. Throws if a revocation is in force that
   * cannot be evaluated.
   */
  isRevoked(jti: string, token?: RevocableToken): boolean {
    const { sql } = this.ctx.storage
    if (hasRevocation(sql, jti, token)) return true
    // Ignoring it could accept a revoked token (REV-02).
    this.#refuseUnknown()
    const isUnknown = token === undefined && isAnyCoarse(sql, this.now())
    if (isUnknown) throw new Error('a coarse revocation is in force, and the token is not known')
    return false
  }

  /** Returns what a status list shows of the revocations. */
  statusOf(list: string): ListRevocations {
    return { bits: this.#statusBits(list), before: readListed(this.ctx.storage.sql, this.now()) }
  }

  /** Throws if a revocation is in force whose grain this release does not know. */
  #refuseUnknown(): void {
    if (this.now() < this.#unknownUntil) throw new Error('a revocation has an unknown grain')
  }

  /**
   * Stores a coarse revocation and returns after the write is durable. Null if its moment is in the
   * future.
   */
  revokeCoarse(request: CoarseRevocation): Promise<CoarseRow | null> {
    return this.#write((sql, at) => writeCoarse(sql, request, at))
  }

  /** Lets issuing go on. Returns after the write is durable. Null if issuing is not stopped. */
  liftCoarse(request: Omit<CoarseRevocation, 'before'>): Promise<CoarseRow | null> {
    return this.#write((sql, at) => liftCoarse(sql, request, at))
  }

  /** Returns the coarse revocations of these names. */
  findCoarse(names: readonly CoarseName[]): readonly CoarseBound[] {
    this.#refuseUnknown()
    return findCoarse(this.ctx.storage.sql, names)
  }

  /** Returns the coarse revocations in force, and the number of revoked tokens. */
  list(): { readonly coarse: readonly CoarseRow[]; readonly tokens: number } {
    const { sql } = this.ctx.storage
    const segments = listSegments(sql).reduce((sum, { count }) => sum + count, 0)
    return { coarse: listCoarse(sql, this.now()), tokens: segments + this.#recent.list().length }
  }

  /** Returns a part of all revocations, for a backup. */
  exportRows(after: number): CopiedRows {
    return readRows(this.ctx.storage.sql, after, this.now())
  }

  /** Adds the revocations of a backup. Returns how many are new, after the write is durable. */
  importRows(rows: readonly CopiedRow[]): Promise<number> {
    return this.#write((sql, at) => writeRows(sql, rows, at))
  }

  /** Changes rows in one transaction, plans their publication, and waits until they are durable. */
  async #write<T>(change: (sql: SqlStorage, at: number) => T): Promise<T> {
    const { storage } = this.ctx
    const result = storage.transactionSync(() => change(storage.sql, this.now()))
    await this.#publishSoon()
    await storage.sync()
    return result
  }

  #publishSoon(): Promise<void> {
    const since = Date.now() - this.#publishedAtMilliseconds
    return this.#scheduleBy(Math.max(REVOCATION_PUBLISH_INTERVAL_MILLISECONDS - since, 0))
  }

  /** Returns what is published now; null if there are too many revocations. */
  pointer(): RevocationPointer | null {
    return buildPointer(this.ctx.storage.sql, this.#recent, this.now(), this.sizes)
  }

  /** Returns the same to a reader of a region, which is told about the next changes. */
  follow(reader: string | undefined): RevocationPointer | null {
    if (reader !== undefined) this.#followers.note(reader)
    return this.pointer()
  }

  /** Returns the content of a segment that a reader did not find in KV; null if it is unknown. */
  async segment(digest: string): Promise<Uint8Array | null> {
    const { sql } = this.ctx.storage
    if (noteMissed(sql, digest, this.now())) {
      // The alarm writes it again.
      await this.#scheduleBy(REVOCATION_PUBLISH_INTERVAL_MILLISECONDS)
    }
    return readSegment(sql, digest) ?? null
  }

  /** Workers of earlier releases, which may still run during a deployment, read this. */
  published(): PublishedRevocations | null {
    return buildWhole(this.ctx.storage.sql, this.now())
  }

  /**
   * Checks that the log can store a revocation. Returns the fault if readers do not see the newest
   * revocations or get no answers. Throws if nothing can be written.
   */
  async probe(): Promise<{ readonly fault: PublicationFault | null }> {
    await probeWrite(this.ctx.storage, probeToken)
    const at = this.now()
    const isUnknown = at < this.#unknownUntil
    return { fault: isUnknown ? 'unknown_grain' : readFault(this.ctx.storage.sql, at) }
  }

  /**
   * Deletes ended revocations, publishes the others and schedules the next run. If KV fails, the
   * alarm tries again. A new pointer is written twice: an answer of KV does not prove that every
   * older write has arrived.
   */
  override async alarm(): Promise<void> {
    const { sql } = this.ctx.storage
    const at = this.now()
    const hasMoreEnded = purgeEnded(sql, at)
    // Before KV, which can take long.
    const early = this.#isBehind() ? this.pointer() : null
    if (early !== null) this.#followers.push(early)
    const write = createSegmentWriter(this.env.REVOCATIONS, at)
    await compactSegments(this.ctx.storage, this.#recent, { at, sizes: this.sizes, write })
    const isRepeat = !this.#isBehind()
    const pointer = this.pointer()
    const value = pointer ?? buildMarker(sql, this.now())
    const { sequence } = value
    this.#publishedAtMilliseconds = Date.now()
    const isNew = !isRepeat && sequence !== early?.sequence
    if (pointer !== null && isNew) this.#followers.push(pointer)
    const fault = await publish({ sql, kv: this.env.REVOCATIONS, clock: () => this.now() }, value)
    this.#noteFault(fault, sequence)
    if (fault === 'kv_unreachable') return this.#scheduleBy(REVOCATION_RETRY_MILLISECONDS)
    // Publish revocations that arrived during the write a second later.
    if (hasMoreEnded || this.#isBehind()) {
      await this.#scheduleBy(REVOCATION_PUBLISH_INTERVAL_MILLISECONDS)
    } else if (isRepeat) await this.#scheduleBy(REVOCATION_PURGE_SECONDS * 1000)
    else await this.#scheduleBy(REVOCATION_REPEAT_MILLISECONDS)
  }

  #noteFault(fault: PublicationFault | null, sequence: number): void {
    const at = this.now()
    noteFault(this.ctx.storage.sql, fault, at)
    if (fault !== null) log({ event: 'revocations_unpublished', at, sequence, fault })
  }

  #isBehind(): boolean {
    const { sql } = this.ctx.storage
    return readPublished(sql) < readSequence(sql)
  }

  /** Schedules the alarm in `wait` milliseconds, unless it is already planned earlier. */
  async #scheduleBy(wait: number): Promise<void> {
    const at = Date.now() + wait
    const planned = await this.ctx.storage.getAlarm()
    if (planned === null || planned > at) await this.ctx.storage.setAlarm(at)
  }

  #schedule(wait: number): Promise<void> {
    return this.ctx.storage.setAlarm(Date.now() + wait)
  }
}
