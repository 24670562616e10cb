/**
 * One shard of the ledger of used subject tokens. The first call with a token sets its replay mark.
 * Later calls are refused. A mark outlives its token, and an alarm then deletes it. The object
 * stores only hashes of tokens that were verified and granted.
 */
import { DurableObject } from 'cloudflare:workers'
import { REPLAY_PURGE_SECONDS } from '../../../core/limits.ts'
import { migrate } from '../migrations.ts'
import { probeWrite } from '../probe-write.ts'

const MIGRATIONS = [
  `CREATE TABLE marks (key TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX marks_by_end ON marks (until);`,
  // The index was a second write for each mark. The purge reads every mark once in five minutes,
  // and a read costs a thousandth of a write.
  'DROP INDEX marks_by_end;',
] as const

/** The Durable Object that marks used subject tokens. Bind it as `REPLAY_LEDGER`. */
export class ReplayLedger extends DurableObject<unknown> {
  /** Returns epoch seconds. Tests replace it. */
  now = (): number => Math.floor(Date.now() / 1000)
  /** Whether this instance knows that an alarm is set. Asking the storage costs a turn. */
  #hasAlarm = false

  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env)
    migrate(ctx.storage, MIGRATIONS)
  }

  /**
   * Returns true for the first call with a key. If a stolen token is presented many times, exactly
   * one presentation succeeds (REP-01). No other call runs between the check and the write, because
   * both are one statement. The platform holds back every answer, also that of a later call, until
   * the write is durable. If the write fails, the answer is an error (the output gate of Durable
   * Objects). So nothing waits for the storage here.
   */
  async claim(key: string, until: number): Promise<boolean> {
    const { rowsWritten } = this.ctx.storage.sql.exec(
      'INSERT INTO marks (key, until) VALUES (?, ?) ON CONFLICT (key) DO NOTHING',
      key,
      until,
    )
    if (rowsWritten === 0) return false
    if (!this.#hasAlarm) await this.#ensureAlarm()
    return true
  }

  /** Throws if no mark can be written. */
  async probe(): Promise<void> {
    await probeWrite(this.ctx.storage, (sql, filling) => {
      sql.exec('INSERT INTO marks (key, until) VALUES (?, 0)', filling)
      sql.exec('DELETE FROM marks WHERE key = ?', filling)
    })
  }

  override async alarm(): Promise<void> {
    this.#hasAlarm = false
    this.ctx.storage.sql.exec('DELETE FROM marks WHERE until <= ?', this.now())
    const { left } = this.ctx.storage.sql
      .exec<{ left: number }>('SELECT EXISTS (SELECT 1 FROM marks) AS left')
      .one()
    if (left === 1) await this.#schedule()
  }

  async #ensureAlarm(): Promise<void> {
    if ((await this.ctx.storage.getAlarm()) === null) await this.#schedule()
    this.#hasAlarm = true
  }

  async #schedule(): Promise<void> {
    await this.ctx.storage.setAlarm(Date.now() + REPLAY_PURGE_SECONDS * 1000)
  }
}
