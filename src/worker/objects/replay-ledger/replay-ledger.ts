/**
 * One shard of the ledger of used subject tokens and proofs, and of the budgets of jobs. The first
 * call with a token sets its replay mark. Later calls are refused. A mark outlives its token, and a
 * count its job; an alarm then deletes them. The object stores only hashes of tokens and jobs that
 * were verified and granted.
 */
import { DurableObject } from 'cloudflare:workers'
import { REPLAY_PURGE_SECONDS } from '../../../core/limits.ts'
import type { Mark, ProofSpent, Spent } from '../../../core/use-ports.ts'
import { withDeadline } from '../../../web/deadline.ts'
import { BUDGET_PURGE_SECONDS, BUDGET_TIMEOUT_MILLISECONDS } from '../../limits.ts'
import { migrate } from '../migrations.ts'
import { createNextTurn } from '../next-turn.ts'
import { probeWrite } from '../probe-write.ts'
import { type Counted, type CountRequest, countToken } from './budgets.ts'
import { isSingleLedger, nameReplayShard, type ReplayPlacement } from './shards.ts'

export const MIGRATIONS = [
  `CREATE TABLE marks (key TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX marks_by_end ON marks (until);`,
  // The index was a second write for each mark. The purge reads every mark once in five minutes,
  // and a read costs a thousandth of a write.
  'DROP INDEX marks_by_end;',
  // Counts are kept for weeks, so a purge must not read all of them.
  `CREATE TABLE budgets (
    key TEXT PRIMARY KEY,
    until INTEGER NOT NULL,
    used INTEGER NOT NULL,
    exceeded INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX budgets_by_end ON budgets (until);`,
] as const

/** The other shards. */
type Bindings = ReplayPlacement & {
  readonly REPLAY_LEDGER: DurableObjectNamespace<ReplayLedger>
}

/**
 * The Durable Object that marks used subject tokens and counts the tokens of jobs. Bind it as
 * `REPLAY_LEDGER`.
 */
export class ReplayLedger extends DurableObject<Bindings> {
  /** Returns epoch seconds. Tests replace it. */
  now = (): number => Math.floor(Date.now() / 1000)
  /** Whether an alarm is known to be set. Asking the storage costs a turn. */
  #hasAlarm = false
  /** Undefined if a call waits for no other. */
  #nextTurn = isSingleLedger(this.env) ? createNextTurn() : undefined

  constructor(ctx: DurableObjectState, env: Bindings) {
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
    await this.#nextTurn?.()
    return this.#claim({ key, until })
  }

  /** Counts one token of a job of this shard. What `claim` says about writes holds here too. */
  async count(request: CountRequest): Promise<Counted> {
    await this.#nextTurn?.()
    return this.#count(request)
  }

  /**
   * Marks a token of this shard, and then counts its job in the shard of the job. If that shard
   * refuses or does not answer, the mark is taken back: an exchange that issues nothing does not use
   * up its token. Until then, another exchange of the same token is refused.
   */
  async spend(mark: Mark, request: CountRequest): Promise<Spent> {
    await this.#nextTurn?.()
    return this.#spend(mark, request)
  }

  /**
   * Marks a proof of this shard, and then the rest in its own shard. If that refuses or does not
   * answer, the mark is taken back: only an exchange that issues a token uses up its proof.
   */
  async claimProof(proof: Mark, mark?: Mark, request?: CountRequest): Promise<ProofSpent> {
    await this.#nextTurn?.()
    if (!(await this.#claim(proof))) return { outcome: 'proof_used' }
    let spent: ProofSpent | undefined
    try {
      spent = await this.#spendElsewhere(mark, request)
    } finally {
      const isRefused = spent?.outcome === 'exceeded' && request?.onExcess === 'deny'
      if (spent === undefined || isRefused || spent.outcome === 'token_used') {
        this.#takeBack(proof)
      }
    }
    return spent
  }

  async #claim({ key, until }: Mark): Promise<boolean> {
    const { rowsWritten } = this.ctx.storage.sql.exec(
      'INSERT INTO marks (key, until) VALUES (?, ?) ON CONFLICT (key) DO NOTHING',
      key,
      until,
    )
    if (rowsWritten === 0) return false
    if (!this.#hasAlarm) await this.#ensureAlarm()
    return true
  }

  async #count(request: CountRequest): Promise<Counted> {
    const counted = countToken(this.ctx.storage.sql, request)
    if (!this.#hasAlarm) await this.#ensureAlarm()
    return counted
  }

  async #spend(mark: Mark, request: CountRequest): Promise<Spent> {
    if (!(await this.#claim(mark))) return { outcome: 'token_used' }
    let counted: Counted | undefined
    try {
      counted = await this.#countElsewhere(request)
    } finally {
      const isRefused = counted?.outcome === 'exceeded' && request.onExcess === 'deny'
      if (counted === undefined || isRefused) this.#takeBack(mark)
    }
    return counted
  }

  #takeBack({ key }: Mark): void {
    this.ctx.storage.sql.exec('DELETE FROM marks WHERE key = ?', key)
  }

  async #spendElsewhere(
    mark: Mark | undefined,
    request: CountRequest | undefined,
  ): Promise<ProofSpent> {
    if (mark === undefined) {
      return request === undefined ? { outcome: 'marked' } : this.#countElsewhere(request)
    }
    const { REPLAY_LEDGER: shards } = this.env
    const name = nameReplayShard(mark.key, this.env)
    const isHere = this.ctx.id.equals(shards.idFromName(name))
    const shard = shards.getByName(name)
    const spend = async (): Promise<ProofSpent> => {
      if (request !== undefined) {
        return isHere ? this.#spend(mark, request) : await shard.spend(mark, request)
      }
      const isFirst = await (isHere ? this.#claim(mark) : shard.claim(mark.key, mark.until))
      return { outcome: isFirst ? 'marked' : 'token_used' }
    }
    return withDeadline(BUDGET_TIMEOUT_MILLISECONDS, spend())
  }

  async #countElsewhere(request: CountRequest): Promise<Counted> {
    const { REPLAY_LEDGER: shards } = this.env
    const name = nameReplayShard(request.key, this.env)
    if (this.ctx.id.equals(shards.idFromName(name))) return this.#count(request)
    const count = async () => await shards.getByName(name).count(request)
    return withDeadline(BUDGET_TIMEOUT_MILLISECONDS, count())
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
    const { sql } = this.ctx.storage
    sql.exec('DELETE FROM marks WHERE until <= ?', this.now())
    sql.exec('DELETE FROM budgets WHERE until <= ?', this.now())
    const { marks, budgets } = sql
      .exec<{ marks: number; budgets: number }>(
        'SELECT EXISTS (SELECT 1 FROM marks) AS marks, EXISTS (SELECT 1 FROM budgets) AS budgets',
      )
      .one()
    if (marks === 1) await this.#schedule(REPLAY_PURGE_SECONDS)
    else if (budgets === 1) await this.#schedule(BUDGET_PURGE_SECONDS)
  }

  /** An alarm for counts alone is too late for a mark. */
  async #ensureAlarm(): Promise<void> {
    const alarm = await this.ctx.storage.getAlarm()
    const latest = Date.now() + REPLAY_PURGE_SECONDS * 1000
    if (alarm === null || alarm > latest) await this.#schedule(REPLAY_PURGE_SECONDS)
    this.#hasAlarm = true
  }

  async #schedule(seconds: number): Promise<void> {
    await this.ctx.storage.setAlarm(Date.now() + seconds * 1000)
  }
}
