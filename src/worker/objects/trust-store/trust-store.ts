/**
 * The trust store is the only writer of the trust document's revisions and of the issuers' keys. It
 * answers an isolate in one round trip, and refreshes keys by alarm and on demand (`key-refresh.ts`).
 * The tables are in `revisions.ts`, `issuer-key-rows.ts` and `key-sources.ts`.
 */
import { DurableObject } from 'cloudflare:workers'
import type { KeptRevision } from '../../../contract/admin.ts'
import type { TrustHistory } from '../../../contract/backup/history.ts'
import type { IssuerKeys } from '../../../core/keys/issuer-keys.ts'
import { readSettings, type Settings } from '../../../core/settings.ts'
import { readStoredDocument } from '../../caches/trust/stored-document.ts'
import { log } from '../../log.ts'
import { digestOf, hasDigest } from '../../trust-layers/content/content.ts'
import {
  namePointer,
  nextPublicationAt,
  publishContent,
} from '../../trust-layers/content/publish-content.ts'
import type { TrustPointer } from '../../trust-layers/pointer.ts'
import type {
  ImportRequest,
  KeyAnswer,
  KeyDelta,
  KnownSnapshot,
  PutRequest,
  PutResult,
  SnapshotDelta,
  StoredDocument,
} from '../../trust-layers/trust-messages.ts'
import { migrate } from '../migrations.ts'
import { probeWrite } from '../probe-write.ts'
import { adoptDocument, adoptForm } from './adopt-document.ts'
import { checkDocument, keySources } from './check-document.ts'
import { documentSince, findContent, makeForm, storeForm } from './compiled-forms.ts'
import * as imports from './history.ts'
import {
  addDecisionCounts,
  type DecisionCounts,
  type IssuerFacts,
  readIssuerFacts,
} from './issuer-facts.ts'
import type { IssuerKeyRow } from './issuer-key-rows.ts'
import { nextFetchAt, toIssuerKeys } from './issuer-keys.ts'
import { listKeysAfter, listKeysSince, markEmptied, NO_EPOCH } from './key-epoch.ts'
import { createKeyRefresh, type KeyRefresh } from './key-refresh.ts'
import { setIssuers } from './key-sources.ts'
import {
  latestRevision,
  listRevisions,
  nextRevision,
  probeRevision,
  readDocument,
  readWhole,
  writeRevision,
} from './revisions.ts'
import { createReminders, type Reminders } from './rule-reminders.ts'
import { MIGRATIONS } from './tables.ts'

/** Without KV, documents are not published. */
type Variables = Readonly<Record<string, unknown>> & { readonly REVOCATIONS?: KVNamespace }

/** Bind it as `TRUST_STORE`. */
export class TrustStore extends DurableObject<Variables> {
  /** Returns epoch seconds. Tests replace it. */
  now = (): number => Math.floor(Date.now() / 1000)
  /** Names this running object. A restored store starts again, and uses epochs again. */
  instance = crypto.randomUUID()
  readonly #settings: Settings
  readonly #reminders: Reminders
  readonly #keys: KeyRefresh
  /** What this release can use of the newest revision. It is kept because compiling takes time. */
  #read: Pick<StoredDocument, 'revision' | 'problems' | 'isUsable'> | undefined

  constructor(ctx: DurableObjectState, env: Variables) {
    super(ctx, env)
    const loaded = readSettings(env)
    if (!loaded.ok) throw new Error('the settings of this deployment are invalid')
    this.#settings = loaded.value
    migrate(ctx.storage, MIGRATIONS)
    const { policy } = loaded.value
    this.#reminders = createReminders(ctx.storage.sql, env, loaded.value, () => this.now())
    this.#keys = createKeyRefresh(ctx.storage.sql, {
      settings: loaded.value,
      clock: () => this.now(),
      schedule: () => this.#schedule(),
    })
    const adopted = ctx.storage.transactionSync(() => {
      setIssuers(ctx.storage.sql, 'policy', policy ? keySources(policy) : [], this.now())
      this.#reminders.adopt()
      return adoptDocument(ctx.storage.sql, this.#settings.ceilings, this.now())
    })
    ctx.blockConcurrencyWhile(async () => {
      if (adopted !== undefined) await adoptForm(ctx.storage, adopted, this.#settings.ceilings)
      await this.#schedule()
    })
  }

  /** Stores a document as the next revision, completely or not at all. */
  async putDocument(request: PutRequest, history?: TrustHistory): Promise<PutResult> {
    const { storage } = this.ctx
    const revision = latestRevision(storage.sql)?.revision ?? 0
    if (revision !== request.ifRevision) return { kind: 'stale', revision }
    const checked = checkDocument(request.bytes, this.#settings, this.now())
    if (checked.bytes === undefined) return { kind: 'refused', problems: checked.problems }
    const digest = await digestOf(checked.bytes)
    const stored = readDocument(storage.sql, revision)
    // A damaged document still has its old digest. It must be stored again, so compare the bytes.
    const isWhole = stored !== undefined && (await hasDigest(stored, digest))
    const form = await makeForm(checked, digest, this.#settings.ceilings)
    const result = storage.transactionSync((): PutResult => {
      const latest = latestRevision(storage.sql)
      const current = latest?.revision ?? 0
      if (current !== request.ifRevision) return { kind: 'stale', revision: current }
      if (isWhole && latest?.digest === digest) return { kind: 'unchanged', summary: latest }
      const at = this.now()
      const last = imports.writeHistory(storage.sql, history) ?? current
      const summary = nextRevision(last, digest, request, at)
      imports.clearStaged(storage.sql, summary.revision)
      writeRevision(storage.sql, summary, checked.bytes)
      if (form !== undefined) storeForm(storage.sql, summary.revision, form)
      setIssuers(storage.sql, 'document', keySources(checked.trust), at)
      imports.storeKeysOf(storage.sql, history, at)
      this.#reminders.plan(summary.revision, checked.trust)
      return { kind: 'stored', summary }
    })
    // Log here and not in the route, because the caller may have stopped waiting for the answer.
    if (result.kind === 'stored') {
      const { revision, digest, applied_at: at } = result.summary
      log({ event: 'trust_applied', at, revision, digest })
    }
    await this.#schedule()
    return result
  }

  /** Keeps a document for `importHistory`. Returns false if the store has a revision. */
  stageDocument(revision: number, bytes: Uint8Array): boolean {
    return imports.stageDocument(this.ctx.storage.sql, revision, bytes)
  }

  /** Stores a history and, as the next revision, its newest document, if the store is empty. */
  async importHistory(request: ImportRequest, history: TrustHistory): Promise<PutResult> {
    const read = await imports.readNewest(this.ctx.storage.sql, history, this.now())
    if (!read.ok) return { kind: 'refused', problems: read.error }
    return this.putDocument({ ...request, bytes: read.value, ifRevision: 0 }, history)
  }

  storedKeys(after: string): readonly imports.StoredIssuerKeys[] {
    return imports.listStoredKeys(this.ctx.storage.sql, after)
  }

  async currentDocument(): Promise<StoredDocument> {
    const summary = latestRevision(this.ctx.storage.sql) ?? null
    const revision = summary?.revision ?? 0
    const bytes = (summary && (await readWhole(this.ctx.storage.sql, summary))) ?? null
    if (this.#read?.revision !== revision) {
      const { trust, problems } = readStoredDocument(revision, bytes, this.#settings.ceilings)
      this.#read = { revision, problems, isUsable: trust !== undefined }
    }
    return { ...this.#read, bytes, summary }
  }

  /** Returns the document of an earlier revision; null if it is damaged or no longer stored. */
  async documentOf(revision: number): Promise<Uint8Array | null> {
    const [summary] = this.revisions(1, revision + 1)
    return (summary && (await readWhole(this.ctx.storage.sql, { ...summary, revision }))) ?? null
  }

  /** Returns the revisions before a number, newest first. */
  revisions(limit: number, before?: number): readonly KeptRevision[] {
    return listRevisions(this.ctx.storage.sql, limit, before)
  }

  /** Returns the facts about every issuer whose keys are fetched, and the decision counts. */
  issuerFacts(): IssuerFacts {
    return readIssuerFacts(this.ctx.storage.sql)
  }

  /** Adds decisions of a Worker of release 0.2.0, which can run beside this one. */
  countDecisions(counts: DecisionCounts): void {
    addDecisionCounts(this.ctx.storage.sql, counts, this.now())
  }

  /** Throws if no document can be written. */
  async probe(): Promise<void> {
    await probeWrite(this.ctx.storage, probeRevision)
  }

  snapshotSince(known: KnownSnapshot): SnapshotDelta {
    const { sql } = this.ctx.storage
    const document = { ...documentSince(sql, known), at: this.now() }
    if (known.keyEpoch === undefined) {
      return { ...document, issuers: listKeysSince(sql, known, (row) => this.#keysOf(row)) }
    }
    return { ...document, ...this.keysAfter(known.keyEpoch, known.instance) }
  }

  /** Returns the newest revision and key epoch, and the time at which they are the newest. */
  pointer(): TrustPointer {
    const { sql } = this.ctx.storage
    const confirmedAt = this.now()
    markEmptied(sql, confirmedAt, this.#settings.issuerKeysMaxStaleSeconds)
    return namePointer(sql, confirmedAt, this.instance)
  }

  /** Returns the keys that changed after this epoch of an instance; all for another instance. */
  keysAfter(keyEpoch: number, instance = this.instance): KeyDelta {
    const { sql } = this.ctx.storage
    markEmptied(sql, this.now(), this.#settings.issuerKeysMaxStaleSeconds)
    const known = instance === this.instance ? keyEpoch : NO_EPOCH
    return { ...listKeysAfter(sql, known, (row) => this.#keysOf(row)), instance: this.instance }
  }

  /** Returns the document or the compiled form with this digest; null if it is not stored. */
  content(digest: string): Uint8Array | null {
    return findContent(this.ctx.storage.sql, digest) ?? null
  }

  /**
   * Returns the keys of an issuer; null if there are none. If `keyId` is not among them, the keys
   * are fetched first, if a fetch is allowed now. Simultaneous calls share one fetch. `rejected` is
   * the version of a set that has this key id, but not the key that signed the token.
   */
  refreshKeys(url: string, keyId?: string, rejected?: number): Promise<KeyAnswer | null> {
    return this.#keys.ask(url, { keyId, rejected })
  }

  #keysOf(row: IssuerKeyRow): IssuerKeys | undefined {
    return toIssuerKeys(row, this.now(), this.#settings.issuerKeysMaxStaleSeconds)
  }

  /** Never throws: a failed alarm would not set the next one. */
  override async alarm(): Promise<void> {
    const { sql } = this.ctx.storage
    await Promise.all([
      publishContent(sql, this.env.REVOCATIONS, this.now()),
      this.#reminders.send(),
      this.#keys.refreshDue(),
    ])
    await this.#schedule()
  }

  async #schedule(): Promise<void> {
    const { sql } = this.ctx.storage
    const hasKv = this.env.REVOCATIONS !== undefined
    const times = [
      nextFetchAt(sql, this.now()),
      hasKv && nextPublicationAt(sql, this.now()),
      this.#reminders.nextAt(),
    ]
    const next = Math.min(...times.filter((time) => typeof time === 'number'))
    if (next === Number.POSITIVE_INFINITY) return this.ctx.storage.deleteAlarm()
    const waitSeconds = Math.max(next - this.now(), 0)
    await this.ctx.storage.setAlarm(Date.now() + waitSeconds * 1000)
  }
}
