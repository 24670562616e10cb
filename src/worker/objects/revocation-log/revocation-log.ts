/**
 * The revocation log stores revocations in order. It acknowledges a revocation after the write is
 * durable. It publishes a snapshot for edge checks to one KV key, at most once a second. The log
 * itself gives exact answers. If a snapshot does not fit into one KV value, a published marker
 * tells readers to ask the log.
 */
import { DurableObject } from 'cloudflare:workers'
import {
  REVOCATION_MARGIN_SECONDS,
  REVOCATION_PUBLISH_INTERVAL_MILLISECONDS,
  REVOCATION_PURGE_SECONDS,
  REVOCATION_REPEAT_MILLISECONDS,
  REVOCATION_RETRY_MILLISECONDS,
  REVOCATION_SNAPSHOT_MAX_BYTES,
  REVOCATION_UNPUBLISHED_SECONDS,
  STORE_TIMEOUT_MILLISECONDS,
} from '../../../core/limits.ts'
import type { RevokedToken, TokenRevocation } from '../../../core/ports.ts'
import {
  type PublishedRevocations,
  REVOCATIONS_ELSEWHERE,
  REVOCATIONS_KEY,
  type RevocableToken,
  type RevocationGrain,
} from '../../../protocol/revocations.ts'
import { withDeadline } from '../../../web/deadline.ts'
import { log } from '../../log.ts'
import { migrate } from '../migrations.ts'
import { probeWrite } from '../probe-write.ts'
import { findUnknownEnd, hasRevocation } from './find-revocation.ts'
import type { PublicationFault } from './publication-fault.ts'

/** The KV namespace to which the snapshot is published. */
type Bindings = { readonly REVOCATIONS: KVNamespace }

const MIGRATIONS = [
  `CREATE TABLE revocations (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    grain TEXT NOT NULL,
    id TEXT NOT NULL,
    issued_before INTEGER,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER NOT NULL,
    revoked_by TEXT NOT NULL,
    UNIQUE (grain, id)
  );
  CREATE INDEX revocations_by_end ON revocations (expires_at);
  CREATE TABLE publication (published_sequence INTEGER NOT NULL);
  INSERT INTO publication (published_sequence) VALUES (-1);`,
  `ALTER TABLE revocations ADD COLUMN reason TEXT;
  ALTER TABLE publication ADD COLUMN fault TEXT;
  ALTER TABLE publication ADD COLUMN failing_since INTEGER;`,
] as const

type RevocationRow = {
  grain: RevocationGrain
  id: string
  issued_before: number
  expires_at: number
}

/** The Durable Object that stores revocations. Bind it as `REVOCATION_LOG`. */
export class RevocationLog extends DurableObject<Bindings> {
  /** Returns epoch seconds. Tests replace it. */
  now = (): number => Math.floor(Date.now() / 1000)
  /** Tests set a lower value. */
  maxSnapshotBytes = REVOCATION_SNAPSHOT_MAX_BYTES
  #publishedAtMilliseconds = 0
  /**
   * The end of the last revocation with a grain that only a newer release knows, in epoch seconds.
   * It is read once. Only another release writes such rows, and that runs as another instance.
   */
  #unknownUntil = 0

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env)
    migrate(ctx.storage, MIGRATIONS)
    this.#unknownUntil = findUnknownEnd(ctx.storage.sql)
    ctx.blockConcurrencyWhile(async () => {
      // Resume a publication that the last instance did not finish.
      if (this.#isBehind() && (await ctx.storage.getAlarm()) === null) await this.#schedule(0)
      // An earlier release published less often than the readers of this release expect.
      else await this.#scheduleBy(REVOCATION_PURGE_SECONDS * 1000)
    })
  }

  /**
   * Stores a revocation and returns after the write is durable. A second revocation of the same
   * token changes nothing.
   */
  async revokeToken({ jti, expiresAt, by, reason }: TokenRevocation): Promise<RevokedToken> {
    const { sql } = this.ctx.storage
    sql.exec(
      `INSERT OR IGNORE INTO revocations
         (grain, id, issued_before, expires_at, revoked_at, revoked_by, reason)
       VALUES ('token', ?, NULL, ?, ?, ?, ?)`,
      jti,
      expiresAt + REVOCATION_MARGIN_SECONDS,
      this.now(),
      by,
      reason ?? null,
    )
    const { revoked_at: revokedAt, expires_at: end } = sql
      .exec<{ revoked_at: number; expires_at: number }>(
        "SELECT revoked_at, expires_at FROM revocations WHERE grain = 'token' AND id = ?",
        jti,
      )
      .one()
    const since = Date.now() - this.#publishedAtMilliseconds
    await this.#scheduleBy(Math.max(REVOCATION_PUBLISH_INTERVAL_MILLISECONDS - since, 0))
    await this.ctx.storage.sync()
    return { revokedAt, expiresAt: end }
  }

  /**
   * Whether a token is revoked, by itself or with its subject, rule or issuer. A Worker of release
   * 0.2.0, which may still run during a deployment, sends only the `jti`. Throws if a revocation is
   * in force that this release cannot evaluate.
   */
  isRevoked(jti: string, token?: RevocableToken): boolean {
    if (hasRevocation(this.ctx.storage.sql, jti, token)) return true
    // Ignoring it could accept a revoked token (REV-02).
    if (this.now() < this.#unknownUntil) throw new Error('a revocation has an unknown grain')
    return false
  }

  /** Returns the snapshot to publish; null if it does not fit into one KV value. */
  published(): PublishedRevocations | null {
    if (this.#snapshotBytes() > this.maxSnapshotBytes) return null
    const rows = this.ctx.storage.sql
      .exec<RevocationRow>(
        `SELECT grain, id, COALESCE(issued_before, expires_at) AS issued_before, expires_at
         FROM revocations ORDER BY sequence`,
      )
      .toArray()
    const tokens: [string, number][] = []
    const before: PublishedRevocations['before'][number][] = []
    for (const { grain, id, issued_before, expires_at } of rows) {
      if (grain === 'token') tokens.push([id, expires_at])
      else before.push({ grain, id, before: issued_before, expires_at })
    }
    return {
      v: 1,
      sequence: this.#sequence(),
      published_at: this.now(),
      tokens: Object.fromEntries(tokens),
      before,
    }
  }

  /**
   * Checks that the log can store a revocation. Returns the fault if readers do not see the newest
   * revocations. Throws if nothing can be written.
   */
  async probe(): Promise<{ readonly fault: PublicationFault | null }> {
    await probeWrite(this.ctx.storage, (sql, filling) => {
      // Row 0 does not raise the highest sequence number, so nothing is published.
      sql.exec(
        `INSERT INTO revocations (sequence, grain, id, expires_at, revoked_at, revoked_by)
         VALUES (0, 'probe', ?, 0, 0, '')`,
        filling,
      )
      sql.exec('DELETE FROM revocations WHERE sequence = 0')
    })
    const { fault, failing_since: since } = this.ctx.storage.sql
      .exec<{ fault: PublicationFault | null; failing_since: number | null }>(
        'SELECT fault, failing_since FROM publication',
      )
      .one()
    const isShort =
      fault === 'kv_unreachable' && this.now() - (since ?? 0) < REVOCATION_UNPUBLISHED_SECONDS
    return { fault: isShort ? null : fault }
  }

  /**
   * Deletes ended revocations, publishes a snapshot and schedules the next run. If KV fails, the
   * alarm tries again. A new snapshot is written twice: an answer of KV does not prove that every
   * older write has arrived.
   */
  override async alarm(): Promise<void> {
    const { sql } = this.ctx.storage
    sql.exec('DELETE FROM revocations WHERE expires_at <= ?', this.now())
    const sequence = this.#sequence()
    const snapshot = this.published()
    const isRepeat = !this.#isBehind()
    this.#publishedAtMilliseconds = Date.now()
    // No release reads the version of this marker, so every reader asks the log.
    const value = snapshot ?? { v: REVOCATIONS_ELSEWHERE, sequence, published_at: this.now() }
    try {
      await withDeadline(
        STORE_TIMEOUT_MILLISECONDS,
        this.env.REVOCATIONS.put(REVOCATIONS_KEY, JSON.stringify(value)),
      )
    } catch {
      // The content of the key is now unknown, so publish even if nothing changes.
      sql.exec('UPDATE publication SET published_sequence = -1')
      this.#noteFault('kv_unreachable', sequence)
      await this.#scheduleBy(REVOCATION_RETRY_MILLISECONDS)
      return
    }
    sql.exec('UPDATE publication SET published_sequence = ?', sequence)
    this.#noteFault(snapshot === null ? 'too_large' : null, sequence)
    // Publish revocations that arrived during the write a second later.
    if (this.#isBehind()) await this.#scheduleBy(REVOCATION_PUBLISH_INTERVAL_MILLISECONDS)
    else if (isRepeat) await this.#scheduleBy(REVOCATION_PURGE_SECONDS * 1000)
    else await this.#scheduleBy(REVOCATION_REPEAT_MILLISECONDS)
  }

  /** Stores the fault with the time of its first occurrence, and logs every occurrence. */
  #noteFault(fault: PublicationFault | null, sequence: number): void {
    const at = this.now()
    this.ctx.storage.sql.exec(
      `UPDATE publication SET fault = ?1,
         failing_since = CASE WHEN ?1 IS NULL THEN NULL ELSE COALESCE(failing_since, ?2) END`,
      fault,
      at,
    )
    if (fault !== null) log({ event: 'revocations_unpublished', at, sequence, fault })
  }

  /**
   * Returns an upper bound for the size of the entries as JSON. It does not build the JSON, which
   * may not fit into memory. A token entry is `"id":1800000000,`. Another entry also has member
   * names, and each byte of its `id` may become an escape of six characters.
   */
  #snapshotBytes(): number {
    const { bytes } = this.ctx.storage.sql
      .exec<{ bytes: number }>(
        `SELECT COALESCE(SUM(CASE grain WHEN 'token' THEN LENGTH(id) + 14
           ELSE 6 * LENGTH(CAST(id AS BLOB)) + 96 END), 0) AS bytes FROM revocations`,
      )
      .one()
    return bytes
  }

  /**
   * Returns the highest sequence number that was ever used. It remains after its row is deleted.
   */
  #sequence(): number {
    const [row] = this.ctx.storage.sql
      .exec<{ seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'revocations'")
      .toArray()
    return row?.seq ?? 0
  }

  #isBehind(): boolean {
    const { published_sequence } = this.ctx.storage.sql
      .exec<{ published_sequence: number }>('SELECT published_sequence FROM publication')
      .one()
    return published_sequence < this.#sequence()
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
