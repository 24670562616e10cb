/**
 * One shard of the ledger of used subject tokens: whoever marks a token first has it, everybody
 * after is told so. A mark outlives its token and is then purged by alarm. The object holds hashes
 * alone, and only of tokens that were verified and granted.
 */
import { DurableObject } from 'cloudflare:workers'
import { REPLAY_PURGE_SECONDS } from '../../../core/limits.ts'
import { migrate } from '../migrations.ts'
import { probeWrite } from '../probe-write.ts'

const MIGRATIONS = [
  `CREATE TABLE marks (key TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX marks_by_end ON marks (until);`,
] as const

/** The Durable Object that marks used subject tokens; bind it as `REPLAY_LEDGER`. */
export class ReplayLedger extends DurableObject<unknown> {
  /** Epoch seconds. Tests move it. */
  now = (): number => Math.floor(Date.now() / 1000)

  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env)
    migrate(ctx.storage, MIGRATIONS)
  }

  /**
   * True for the first call with a key. The object runs one call at a time and answers once its
   * write is durable. So exactly one of many presentations of a stolen token succeeds (REP-01).
   */
  async claim(key: string, until: number): Promise<boolean> {
    const { rowsWritten } = this.ctx.storage.sql.exec(
      'INSERT INTO marks (key, until) VALUES (?, ?) ON CONFLICT (key) DO NOTHING',
      key,
      until,
    )
    if (rowsWritten === 0) return false
    if ((await this.ctx.storage.getAlarm()) === null) await this.#schedule()
    await this.ctx.storage.sync()
    return true
  }

  /** Throws when no mark can be written. */
  async probe(): Promise<void> {
    await probeWrite(this.ctx.storage, (sql, filling) => {
      sql.exec('INSERT INTO marks (key, until) VALUES (?, 0)', filling)
      sql.exec('DELETE FROM marks WHERE key = ?', filling)
    })
  }

  override async alarm(): Promise<void> {
    this.ctx.storage.sql.exec('DELETE FROM marks WHERE until <= ?', this.now())
    const { left } = this.ctx.storage.sql
      .exec<{ left: number }>('SELECT EXISTS (SELECT 1 FROM marks) AS left')
      .one()
    if (left === 1) await this.#schedule()
  }

  async #schedule(): Promise<void> {
    await this.ctx.storage.setAlarm(Date.now() + REPLAY_PURGE_SECONDS * 1000)
  }
}
