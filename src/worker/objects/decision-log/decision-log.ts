/**
 * One shard of the decision log. It appends what isolates send to a hash chain, answers questions
 * about it, signs its head, and keeps, exports and purges it. The shard of a decision is in its id.
 */
import { DurableObject } from 'cloudflare:workers'
import type { DecisionPosition } from '../../../contract/decisions/query.ts'
import { STORE_TIMEOUT_MILLISECONDS } from '../../../core/limits.ts'
import type { ShardCounters } from '../../../core/metrics/facts.ts'
import { loadKeys, readSettings, type Settings } from '../../../core/settings.ts'
import { withDeadline } from '../../../web/deadline.ts'
import {
  DECISION_CHECKPOINT_MILLISECONDS,
  DECISION_PURGE_MILLISECONDS,
  DECISION_UPKEEP_RETRY_MILLISECONDS,
} from '../../limits.ts'
import { describeError, log } from '../../log.ts'
import { decisionShardOf } from '../decision-shard.ts'
import { announceShard, countShards, noteShard } from '../known-shards.ts'
import { migrate } from '../migrations.ts'
import { createNextTurn } from '../next-turn.ts'
import { probeWrite } from '../probe-write.ts'
import { repeatStep } from '../repeat-step.ts'
import { createRuleAlerts } from '../rule-uses/rule-alerts.ts'
import type { RuleUse } from '../rule-uses/rule-use.ts'
import { appendBatch, isCrowded, prepareBatch, readChain } from './chain.ts'
import { deliverLatest, readLatest, signHead } from './checkpoints.ts'
import { compactOldest } from './compact.ts'
import type { ActivityCount } from './counters/activity.ts'
import {
  type ActivityQuestion,
  countActivity,
  forgetSeries,
  readCounters,
  readIssuerCounts,
} from './counters/counters.ts'
import type { IssuerCounts } from './counters/issuer-counts.ts'
import { noteFault, readStatus } from './counters/status.ts'
import { exportChain } from './export-chain.ts'
import { findCompressed, findPage, findRecord } from './find-records.ts'
import type {
  AppendRequest,
  ChainPart,
  DecisionLogFault,
  PageAnswer,
  PageRequest,
  ShardStatus,
  ShardUsage,
} from './messages.ts'
import { type ExportBucket, exportNext, purgeOldest } from './retention.ts'
import { MIGRATIONS } from './tables.ts'
import { forgetUsage, readUsage } from './usage.ts'

const DAY_MILLISECONDS = 86_400_000
/** An alarm that is due within this time is not set again. */
const ALARM_SOON_MILLISECONDS = 1000

/** The settings and signing keys of the Worker, the bucket for exports, and the other shards. */
type Bindings = Readonly<Record<string, unknown>> & {
  readonly DECISIONS_BUCKET?: ExportBucket
  readonly DECISION_LOG?: DurableObjectNamespace<DecisionLog>
}

/** The Durable Object of a shard of the decision log. Bind it as `DECISION_LOG`. */
export class DecisionLog extends DurableObject<Bindings> {
  /** Returns epoch milliseconds. Tests replace it. */
  now = (): number => Date.now()
  /** When a checkpoint or an export failed last, in epoch milliseconds. */
  #failedAt = Number.NEGATIVE_INFINITY
  /** Undefined if an append waits for no other. */
  #nextTurn = this.env.LOCAL_GATEWAY === 'true' ? createNextTurn() : undefined
  #alerts = createRuleAlerts({
    state: this.ctx,
    variables: this.env,
    now: () => this.now(),
    tell: (shard, uses) => this.#tell(shard, uses),
  })

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env)
    migrate(ctx.storage, MIGRATIONS)
  }

  /**
   * Appends records and returns after they are durable: the platform holds the answer until then.
   * The same batch is appended once.
   */
  async append(request: AppendRequest): Promise<{ readonly sequence: number }> {
    // A batch that was appended before may have uses that were not reported.
    if (request.uses !== undefined) this.#alerts.report(request.uses)
    const { storage } = this.ctx
    // Only a batch that arrives late can be in a block already.
    const known = await findCompressed(storage.sql, request.firstId)
    if (known !== undefined) return { sequence: known }
    const alarm = await storage.getAlarm()
    const batch = await prepareBatch(storage.sql, request, this.now())
    await this.#nextTurn?.()
    const sequence = appendBatch(storage, batch)
    // Without an await between them, the batch and its alarm become durable together.
    const delay = this.#alarmDelay(alarm)
    if (delay !== undefined) await storage.setAlarm(Date.now() + delay)
    return { sequence }
  }

  /** Another shard tells this one of uses of its rules. */
  noteUses(uses: readonly RuleUse[]): void {
    this.#alerts.note(uses)
  }

  /** Another shard tells the first one that it has records. */
  noteShard(shard: number): void {
    noteShard(this.ctx.storage.sql, shard)
  }

  /** Only the first shard knows of the others. */
  countShards(): number {
    return countShards(this.ctx.storage.sql)
  }

  /** Returns the JSON text of a record; null if this shard does not have it. */
  find(position: DecisionPosition): Promise<string | null> {
    return findRecord(this.ctx.storage.sql, position)
  }

  async page(request: PageRequest): Promise<PageAnswer> {
    const { sql } = this.ctx.storage
    return { ...(await findPage(sql, request)), purgedTo: readChain(sql)?.purged_to ?? null }
  }

  /** Returns the use of each right since a day, in days since 1970-01-01. */
  usage(sinceDay: number): ShardUsage {
    return readUsage(this.ctx.storage.sql, sinceDay)
  }

  /** Returns null if the shard has no records. */
  counters(): ShardCounters | null {
    return readCounters(this.ctx.storage, this.now()) ?? null
  }

  issuerCounts(): IssuerCounts {
    return readIssuerCounts(this.ctx.storage, this.now())
  }

  activity(question: ActivityQuestion): readonly ActivityCount[] {
    return countActivity(this.ctx.storage, question, this.now())
  }

  /** Returns the chain after a sequence; null if the shard has no records. */
  exportAfter(sequence: number): Promise<ChainPart | null> {
    return exportChain(this.ctx.storage.sql, sequence)
  }

  /** Signs the head now, so that an export ends with a checkpoint. Returns false without a key. */
  checkpoint(): Promise<boolean> {
    return this.#sign(this.#settings())
  }

  /** Returns null if the shard has no records. */
  status(): ShardStatus | null {
    return readStatus(this.ctx.storage.sql, this.now())
  }

  /** Throws if no batch can be written. */
  async probe(): Promise<void> {
    await probeWrite(this.ctx.storage, (sql, filling) => {
      sql.exec(`INSERT INTO batches VALUES (0, 'probe', 0, 0, 0, 0, '', ?)`, filling)
      sql.exec('DELETE FROM batches WHERE sequence = 0')
    })
  }

  /** Compresses, signs, exports and purges, and schedules the next run. */
  override async alarm(): Promise<void> {
    const { storage } = this.ctx
    const { DECISION_LOG: shards } = this.env
    // The platform gives up an alarm that ends early several times. This one stays.
    await storage.setAlarm(Date.now() + DECISION_UPKEEP_RETRY_MILLISECONDS)
    let fault: DecisionLogFault | null = 'upkeep_failed'
    let hasMore = false
    try {
      const settings = this.#settings()
      const isBehind = await repeatStep(() => compactOldest(storage, this.now()))
      await announceShard(storage.sql, shards && decisionShardOf(shards, 0))
      fault = await this.#publish(settings, isBehind)
      hasMore = (await this.#purge(settings)) || isBehind
    } catch (error) {
      fault = 'upkeep_failed'
      log({ event: 'failure', requestId: 'decision_log_alarm', ...describeError(error) })
    }
    noteFault(storage.sql, fault, this.now())
    const wait = fault === null ? this.#pause() : DECISION_UPKEEP_RETRY_MILLISECONDS
    await storage.setAlarm(Date.now() + (hasMore ? 0 : wait))
  }

  async #tell(shard: number, uses: readonly RuleUse[]): Promise<void> {
    const { DECISION_LOG: shards } = this.env
    if (shards === undefined) return
    const home = decisionShardOf(shards, shard)
    if (this.ctx.id.equals(home.id)) this.#alerts.note(uses)
    else await withDeadline(STORE_TIMEOUT_MILLISECONDS, (async () => await home.noteUses(uses))())
  }

  /** Returns when the next alarm is due after an append; undefined if it is set already. */
  #alarmDelay(alarm: number | null): number | undefined {
    const chain = readChain(this.ctx.storage.sql)
    const isSoon = alarm !== null && alarm <= Date.now() + ALARM_SOON_MILLISECONDS
    if (chain !== undefined && isCrowded(chain) && !isSoon) return 0
    return alarm === null ? DECISION_CHECKPOINT_MILLISECONDS : undefined
  }

  /**
   * Signs and delivers a checkpoint, and exports. A failure of one does not keep back the other, and
   * is tried again after a pause, however often the alarm runs.
   */
  async #publish(
    settings: Settings | undefined,
    isBehind: boolean,
  ): Promise<DecisionLogFault | null> {
    const now = this.now()
    const isPaused = Math.abs(now - this.#failedAt) < DECISION_UPKEEP_RETRY_MILLISECONDS / 2
    if (isPaused) return readChain(this.ctx.storage.sql)?.fault ?? null
    const checkpoint = await this.#checkpoint(settings, isBehind)
    const exported = await this.#export()
    const fault = checkpoint ?? exported
    this.#failedAt = fault === null ? Number.NEGATIVE_INFINITY : now
    return fault
  }

  async #checkpoint(
    settings: Settings | undefined,
    isBehind: boolean,
  ): Promise<DecisionLogFault | null> {
    const { sql } = this.ctx.storage
    const latest = readLatest(sql)
    // The alarm of a busy shard runs more often than a checkpoint is due.
    const isRecent =
      latest !== undefined &&
      Math.abs(this.now() - latest.at) < DECISION_CHECKPOINT_MILLISECONDS / 2
    if (!(isBehind && isRecent) && !(await this.#sign(settings))) return 'checkpoint_unsigned'
    const url = settings?.decisions.checkpointUrl
    if (url === undefined) return null
    try {
      await deliverLatest(sql, url, this.now())
      return null
    } catch {
      return 'checkpoint_undelivered'
    }
  }

  /** Returns false if the head cannot be signed, and true if there is nothing new to sign. */
  async #sign(settings: Settings | undefined): Promise<boolean> {
    const { sql } = this.ctx.storage
    const chain = readChain(sql)
    if (chain === undefined || readLatest(sql)?.sequence === chain.sequence) return true
    if (settings === undefined) return false
    const { ring } = await loadKeys(this.env)
    return signHead(sql, chain, ring, this.now())
  }

  async #export(): Promise<DecisionLogFault | null> {
    const bucket = this.env.DECISIONS_BUCKET
    if (bucket === undefined) return null
    try {
      await repeatStep(() => exportNext(this.ctx.storage.sql, bucket))
      return null
    } catch {
      return 'export_failed'
    }
  }

  /** Returns whether there may be more to purge. Without valid settings, nothing is. */
  async #purge(settings: Settings | undefined): Promise<boolean> {
    if (settings === undefined) return false
    const { decisions } = settings
    const { sql } = this.ctx.storage
    forgetUsage(sql, this.now())
    this.#alerts.forget()
    forgetSeries(sql, this.now())
    const retention = {
      before: this.now() - decisions.retentionDays * DAY_MILLISECONDS,
      maxRecords: decisions.maxRecords,
      needsExport: this.env.DECISIONS_BUCKET !== undefined,
    }
    return repeatStep(() => purgeOldest(this.ctx.storage, retention))
  }

  /** With new batches, the next checkpoint is due. Without, only retention is. */
  #pause(): number {
    const { recent = 0 } = readChain(this.ctx.storage.sql) ?? {}
    return recent > 0 ? DECISION_CHECKPOINT_MILLISECONDS : DECISION_PURGE_MILLISECONDS
  }

  #settings(): Settings | undefined {
    const settings = readSettings(this.env)
    return settings.ok ? settings.value : undefined
  }
}
