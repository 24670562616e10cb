/**
 * The revocation log: order and durability for revocations. A revocation is written down before it
 * is acknowledged; what edge checks read is published from here to one KV key, at most once a
 * second. Exact answers come from the log itself.
 */
import { DurableObject } from 'cloudflare:workers'
import {
  REVOCATION_MARGIN_SECONDS,
  REVOCATION_PUBLISH_INTERVAL_MILLISECONDS,
  REVOCATION_PURGE_SECONDS,
  REVOCATION_REPEAT_MILLISECONDS,
  REVOCATION_RETRY_MILLISECONDS,
  STORE_TIMEOUT_MILLISECONDS,
} from '../../core/limits.ts'
import {
  type PublishedRevocations,
  REVOCATIONS_KEY,
  type RevocationGrain,
} from '../../protocol/revocations.ts'
import type { Env } from '../config.ts'
import { log } from '../log.ts'
import { withDeadline } from '../stores/deadline.ts'
import { migrate } from './migrations.ts'

export type TokenRevocation = {
  readonly jti: string
  /** Epoch seconds at which the token ends by itself. */
  readonly expiresAt: number
  /** The subject that asked for it. */
  readonly by: string
}

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
] as const

type RevocationRow = {
  grain: RevocationGrain
  id: string
  issued_before: number | null
  expires_at: number
}

/** The Durable Object that keeps revocations; bind it as `REVOCATION_LOG`. */
export class RevocationLog extends DurableObject<Env> {
  /** Epoch seconds. Tests move it. */
  now = (): number => Math.floor(Date.now() / 1000)
  #publishedAtMilliseconds = 0

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    migrate(ctx.storage, MIGRATIONS)
    ctx.blockConcurrencyWhile(async () => {
      // A publication that was under way when the last instance ended is taken up again.
      if (this.#isBehind() && (await ctx.storage.getAlarm()) === null) await this.#schedule(0)
    })
  }

  /** Durable once it returns. Revoking twice changes nothing. */
  async revokeToken({ jti, expiresAt, by }: TokenRevocation): Promise<void> {
    this.ctx.storage.sql.exec(
      `INSERT OR IGNORE INTO revocations
         (grain, id, issued_before, expires_at, revoked_at, revoked_by)
       VALUES ('token', ?, NULL, ?, ?, ?)`,
      jti,
      expiresAt + REVOCATION_MARGIN_SECONDS,
      this.now(),
      by,
    )
    const since = Date.now() - this.#publishedAtMilliseconds
    await this.#scheduleBy(Math.max(REVOCATION_PUBLISH_INTERVAL_MILLISECONDS - since, 0))
    await this.ctx.storage.sync()
  }

  isRevoked(jti: string): boolean {
    const rows = this.ctx.storage.sql
      .exec("SELECT 1 FROM revocations WHERE grain = 'token' AND id = ?", jti)
      .toArray()
    return rows.length > 0
  }

  /** What is, or is about to be, published. */
  published(): PublishedRevocations {
    const rows = this.ctx.storage.sql
      .exec<RevocationRow>(
        'SELECT grain, id, issued_before, expires_at FROM revocations ORDER BY sequence',
      )
      .toArray()
    const tokens: [string, number][] = []
    const before: PublishedRevocations['before'][number][] = []
    for (const { grain, id, issued_before, expires_at } of rows) {
      if (grain === 'token') tokens.push([id, expires_at])
      else before.push({ grain, id, before: issued_before ?? 0, expires_at })
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
   * Forgets what has ended, publishes, and comes back. KV that is down is tried again, and what is
   * new there is written twice: no answer of KV says that no older write is still on its way.
   */
  override async alarm(): Promise<void> {
    const { sql } = this.ctx.storage
    sql.exec('DELETE FROM revocations WHERE expires_at <= ?', this.now())
    const snapshot = this.published()
    const isRepeat = !this.#isBehind()
    this.#publishedAtMilliseconds = Date.now()
    try {
      await withDeadline(
        STORE_TIMEOUT_MILLISECONDS,
        this.env.REVOCATIONS.put(REVOCATIONS_KEY, JSON.stringify(snapshot)),
      )
    } catch {
      // Not even an older snapshot is known to stand there: the next one is new again.
      sql.exec('UPDATE publication SET published_sequence = -1')
      log({ event: 'revocations_unpublished', at: this.now(), sequence: snapshot.sequence })
      await this.#scheduleBy(REVOCATION_RETRY_MILLISECONDS)
      return
    }
    sql.exec('UPDATE publication SET published_sequence = ?', snapshot.sequence)
    // What came in while KV was being written goes out with the next second.
    if (this.#isBehind()) await this.#scheduleBy(REVOCATION_PUBLISH_INTERVAL_MILLISECONDS)
    else if (isRepeat) await this.#scheduleBy(REVOCATION_PURGE_SECONDS * 1000)
    else await this.#scheduleBy(REVOCATION_REPEAT_MILLISECONDS)
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
