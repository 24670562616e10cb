/**
 * One shard of the decision log. It appends what isolates send to a hash chain, answers questions
 * about it, signs its head, and keeps, exports and purges it. The shard of a decision is in its id.
 */
import { DurableObject } from 'cloudflare:workers'
import type { DecisionPosition } from '../../../contract/decisions/query.ts'
import { loadKeys, readSettings, type Settings } from '../../../core/settings.ts'
import {
  DECISION_BLOCKS_PER_ALARM,
  DECISION_CHECKPOINT_MILLISECONDS,
  DECISION_PURGE_MILLISECONDS,
  DECISION_UPKEEP_RETRY_MILLISECONDS,
  DECISION_USAGE_DAYS,
} from '../../limits.ts'
import { log } from '../../log.ts'
import { migrate } from '../migrations.ts'
import { appendBatch, readChain } from './chain.ts'
import { deliverLatest, readLatest, signHead } from './checkpoints.ts'
import { compactOldest } from './compact.ts'
import { exportChain } from './export-chain.ts'
import { findPage, findRecord } from './find-records.ts'
import type {
  AppendRequest,
  ChainPart,
  DecisionLogFault,
  PageAnswer,
  PageRequest,
  ShardStatus,
  UsageRow,
} from './messages.ts'
import { type ExportBucket, exportNext, purgeOldest } from './retention.ts'
import { MIGRATIONS } from './tables.ts'
import { readUsage } from './usage.ts'

const DAY_MILLISECONDS = 86_400_000

/** The settings and signing keys of the Worker, and the bucket for exports. */
type Bindings = Readonly<Record<string, unknown>> & { readonly DECISIONS_BUCKET?: ExportBucket }

/** The Durable Object of a shard of the decision log. Bind it as `DECISION_LOG`. */
export class DecisionLog extends DurableObject<Bindings> {
  /** Returns epoch milliseconds. Tests replace it. */
  now = (): number => Date.now()

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env)
    migrate(ctx.storage, MIGRATIONS)
  }

  /**
   * Appends records and returns after they are durable: the platform holds the answer until then.
   * The same batch is appended once.
   */
  async append(request: AppendRequest): Promise<{ readonly sequence: number }> {
    const sequence = appendBatch(this.ctx.storage, request, this.now())
    if ((await this.ctx.storage.getAlarm()) === null) {
      await this.ctx.storage.setAlarm(Date.now() + DECISION_CHECKPOINT_MILLISECONDS)
    }
    return { sequence }
  }

  /** Returns the JSON text of a record; null if this shard does not have it. */
  find(position: DecisionPosition): Promise<string | null> {
    return findRecord(this.ctx.storage.sql, position)
  }

  page(request: PageRequest): Promise<PageAnswer> {
    return findPage(this.ctx.storage.sql, request)
  }

  /** Returns the daily use since a day, in days since 1970-01-01. */
  usage(sinceDay: number): readonly UsageRow[] {
    return readUsage(this.ctx.storage.sql, sinceDay)
  }

  /** Returns the chain after a sequence; null if the shard has no records. */
  async exportAfter(sequence: number): Promise<ChainPart | null> {
    const chain = readChain(this.ctx.storage.sql)
    return chain === undefined ? null : exportChain(this.ctx.storage.sql, chain, sequence)
  }

  /** Signs the head now, so that an export ends with a checkpoint. Returns false without a key. */
  async checkpoint(): Promise<boolean> {
    const settings = this.#settings()
    return settings !== undefined && this.#sign(settings)
  }

  /** Returns null if the shard has no records. */
  status(): ShardStatus | null {
    const { sql } = this.ctx.storage
    const chain = readChain(sql)
    if (chain === undefined) return null
    return {
      shard: chain.shard,
      sequence: chain.sequence,
      head: chain.head,
      firstSequence: chain.first_sequence,
      records: chain.records,
      exportedSequence: chain.exported_sequence,
      checkpointSequence: readLatest(sql)?.sequence ?? 0,
      fault: chain.fault,
    }
  }

  /** Compresses, signs, exports and purges, and schedules the next run. */
  override async alarm(): Promise<void> {
    const settings = this.#settings()
    const hasMore = await this.#compact()
    let fault: DecisionLogFault | null = null
    if (settings !== undefined) {
      fault = (await this.#checkpoint(settings)) ?? (await this.#export())
      await this.#purge(settings)
    }
    this.#noteFault(fault)
    const wait = hasMore ? 0 : fault === null ? this.#pause() : DECISION_UPKEEP_RETRY_MILLISECONDS
    await this.ctx.storage.setAlarm(Date.now() + wait)
  }

  /** Returns whether there may be more to compress. */
  async #compact(): Promise<boolean> {
    for (let blocks = 0; blocks < DECISION_BLOCKS_PER_ALARM; blocks += 1) {
      if (!(await compactOldest(this.ctx.storage, this.now()))) return false
    }
    return true
  }

  async #checkpoint(settings: Settings): Promise<DecisionLogFault | null> {
    const { sql } = this.ctx.storage
    const chain = readChain(sql)
    const isBehind = chain !== undefined && (readLatest(sql)?.sequence ?? 0) < chain.sequence
    if (isBehind && !(await this.#sign(settings))) return 'checkpoint_unsigned'
    const { checkpointUrl } = settings.decisions
    if (checkpointUrl === undefined) return null
    try {
      await deliverLatest(sql, checkpointUrl, this.now())
      return null
    } catch {
      return 'checkpoint_undelivered'
    }
  }

  async #sign(settings: Settings): Promise<boolean> {
    const { sql } = this.ctx.storage
    const chain = readChain(sql)
    if (chain === undefined) return false
    const { ring } = await loadKeys(this.env)
    return signHead(sql, chain, settings.issuer, ring, this.now())
  }

  async #export(): Promise<DecisionLogFault | null> {
    const bucket = this.env.DECISIONS_BUCKET
    if (bucket === undefined) return null
    try {
      for (let parts = 0; parts < DECISION_BLOCKS_PER_ALARM; parts += 1) {
        if (!(await exportNext(this.ctx.storage.sql, bucket))) return null
      }
      return null
    } catch {
      return 'export_failed'
    }
  }

  async #purge({ decisions }: Settings): Promise<void> {
    const { sql } = this.ctx.storage
    const retention = {
      before: this.now() - decisions.retentionDays * DAY_MILLISECONDS,
      maxRecords: decisions.maxRecords,
      needsExport: this.env.DECISIONS_BUCKET !== undefined,
    }
    for (let blocks = 0; blocks < DECISION_BLOCKS_PER_ALARM; blocks += 1) {
      if (!(await purgeOldest(this.ctx.storage, retention))) break
    }
    const today = Math.floor(this.now() / DAY_MILLISECONDS)
    sql.exec('DELETE FROM usage WHERE day < ?', today - DECISION_USAGE_DAYS)
  }

  /** Stores the fault with the time of its first occurrence, and logs every occurrence. */
  #noteFault(fault: DecisionLogFault | null): void {
    const at = this.now()
    const { sql } = this.ctx.storage
    sql.exec(
      `UPDATE chain SET fault = ?1,
         faulty_since = CASE WHEN ?1 IS NULL THEN NULL ELSE COALESCE(faulty_since, ?2) END`,
      fault,
      at,
    )
    const shard = readChain(sql)?.shard
    if (fault !== null && shard !== undefined) {
      log({ event: 'decision_log_failed', at: Math.floor(at / 1000), shard, fault })
    }
  }

  /** With new batches, the next checkpoint is due. Without, only retention is. */
  #pause(): number {
    const { batches } = this.ctx.storage.sql
      .exec<{ batches: number }>('SELECT COUNT(*) AS batches FROM batches')
      .one()
    return batches > 0 ? DECISION_CHECKPOINT_MILLISECONDS : DECISION_PURGE_MILLISECONDS
  }

  #settings(): Settings | undefined {
    const settings = readSettings(this.env)
    return settings.ok ? settings.value : undefined
  }
}
