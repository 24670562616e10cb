/**
 * The revocation log: order and durability for revocations. A revocation is written down before it
 * is acknowledged; what edge checks read is published from here to one KV key, at most once a
 * second. Exact answers come from the log itself. More revocations than one value of KV holds are
 * published as a marker that sends readers here.
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

/** Where the snapshot is published. */
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

/** The Durable Object that keeps revocations; bind it as `REVOCATION_LOG`. */
export class RevocationLog extends DurableObject<Bindings> {
  /** Epoch seconds. Tests move it. */
  now = (): number => Math.floor(Date.now() / 1000)
  /** Tests lower it. */
  maxSnapshotBytes = REVOCATION_SNAPSHOT_MAX_BYTES
  #publishedAtMilliseconds = 0
  /**
   * Until then a revocation is in force whose grain only a newer release knows. Epoch seconds. Read
   * once: another release writes such rows, and that is another instance.
   */
  #unknownUntil = 0

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env)
    migrate(ctx.storage, MIGRATIONS)
    this.#unknownUntil = findUnknownEnd(ctx.storage.sql)
    ctx.blockConcurrencyWhile(async () => {
      // A publication that was under way when the last instance ended is taken up again.
      if (this.#isBehind() && (await ctx.storage.getAlarm()) === null) await this.#schedule(0)
      // An earlier release published less often than readers of this one expect.
      else await this.#scheduleBy(REVOCATION_PURGE_SECONDS * 1000)
    })
  }

  /** Durable once it returns. Revoking twice changes nothing. */
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
   * Whether a token was revoked, by itself or with its subject, rule or issuer. A Worker of release
   * 0.2.0, which may still run during a deployment, sends the `jti` alone. Throws when a revocation
   * is in force that this release cannot judge.
   */
  isRevoked(jti: string, token?: RevocableToken): boolean {
    if (hasRevocation(this.ctx.storage.sql, jti, token)) return true
    // To ignore it would accept a token that was revoked (REV-02).
    if (this.now() < this.#unknownUntil) throw new Error('a revocation has an unknown grain')
    return false
  }

  /** What is, or is about to be, published; null when that is more than one value of KV holds. */
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
   * Whether the log can take a revocation, and why its readers do not see what it holds. Throws
   * when nothing can be written.
   */
  async probe(): Promise<{ readonly fault: PublicationFault | null }> {
    await probeWrite(this.ctx.storage, (sql, filling) => {
      // Number 0 is below every number that the sequence gives, so it is never published.
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
   * Forgets what has ended, publishes, and comes back. KV that is down is tried again, and what is
   * new there is written twice: no answer of KV says that no older write is still on its way.
   */
  override async alarm(): Promise<void> {
    const { sql } = this.ctx.storage
    sql.exec('DELETE FROM revocations WHERE expires_at <= ?', this.now())
    const sequence = this.#sequence()
    const snapshot = this.published()
    const isRepeat = !this.#isBehind()
    this.#publishedAtMilliseconds = Date.now()
    // The marker is of no version that any release reads, so every reader asks the log.
    const value = snapshot ?? { v: REVOCATIONS_ELSEWHERE, sequence, published_at: this.now() }
    try {
      await withDeadline(
        STORE_TIMEOUT_MILLISECONDS,
        this.env.REVOCATIONS.put(REVOCATIONS_KEY, JSON.stringify(value)),
      )
    } catch {
      // Not even an older snapshot is known to stand there: the next one is new again.
      sql.exec('UPDATE publication SET published_sequence = -1')
      this.#noteFault('kv_unreachable', sequence)
      await this.#scheduleBy(REVOCATION_RETRY_MILLISECONDS)
      return
    }
    sql.exec('UPDATE publication SET published_sequence = ?', sequence)
    this.#noteFault(snapshot === null ? 'too_large' : null, sequence)
    // What came in while KV was being written goes out with the next second.
    if (this.#isBehind()) await this.#scheduleBy(REVOCATION_PUBLISH_INTERVAL_MILLISECONDS)
    else if (isRepeat) await this.#scheduleBy(REVOCATION_PURGE_SECONDS * 1000)
    else await this.#scheduleBy(REVOCATION_REPEAT_MILLISECONDS)
  }

  /** Remembered from its first time on, and in the log each time. */
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
   * Of the entries as JSON, counted and not built, because they may not fit. A token is
   * `"id":1800000000,`. Another entry has its names too, and an `id` in which each byte may become
   * an escape of six.
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

  /** The highest number ever given, which survives the purge of its row. */
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

  /** Wakes up after `wait` milliseconds at the latest. */
  async #scheduleBy(wait: number): Promise<void> {
    const at = Date.now() + wait
    const planned = await this.ctx.storage.getAlarm()
    if (planned === null || planned > at) await this.ctx.storage.setAlarm(at)
  }

  #schedule(wait: number): Promise<void> {
    return this.ctx.storage.setAlarm(Date.now() + wait)
  }
}
