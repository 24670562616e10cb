/**
 * The trust snapshot of an isolate: one revision of the trust document, compiled, with the issuers'
 * keys. It decides how old a copy may be (design: one bound, 10 s, for every change) and what
 * happens when the store is down. Only settled values are kept between requests.
 */
import type { IssuerKeys } from '../../core/issuer-keys.ts'
import {
  CLOCK_LEEWAY_SECONDS,
  SNAPSHOT_FRESH_SECONDS,
  SNAPSHOT_RETRY_SECONDS,
  SNAPSHOT_REVALIDATE_SECONDS,
  STORE_TIMEOUT_MILLISECONDS,
} from '../../core/limits.ts'
import { type Clock, type RefreshKeys, Unavailable } from '../../core/ports.ts'
import { compileTrust } from '../../core/rules/compile.ts'
import type { Ceilings, CompiledTrust } from '../../core/rules/compiled.ts'
import type { TrustView } from '../../core/trust-view.ts'
import { decodeUtf8 } from '../body.ts'
import type { KnownSnapshot, SnapshotDelta } from '../durable/trust-store.ts'
import { withDeadline } from './deadline.ts'
import { createKeyQuestions } from './key-questions.ts'

export type TrustSnapshotOptions = {
  readonly store: {
    readonly snapshotSince: (known: KnownSnapshot) => Promise<SnapshotDelta>
    readonly refreshKeys: (
      keySource: string,
      keyId?: string,
      rejected?: number,
    ) => Promise<IssuerKeys | null>
  }
  readonly ceilings: Ceilings
  readonly policy: CompiledTrust | undefined
  /** How long the last snapshot serves while the store is down. */
  readonly maxStaleSeconds: number
  readonly clock: Clock
}

export type TrustReader = {
  /** Throws `Unavailable` when there is no copy young enough to decide from. */
  readonly load: (
    at: number,
    waitUntil: (task: Promise<unknown>) => void,
  ) => TrustView | Promise<TrustView>
  /** Asks the store, unless that question is not worth another one: see `key-questions.ts`. */
  readonly refreshKeys: RefreshKeys
}

const NOTHING: CompiledTrust = Object.freeze({
  issuers: new Map(),
  resources: new Map(),
  rules: [],
})

/** What this isolate decides from, when it was asked for (epoch seconds), and as which question. */
type Held = { readonly view: TrustView; readonly askedAt: number; readonly question: number }

export function createTrustSnapshot(options: TrustSnapshotOptions): TrustReader {
  const { store, clock } = options
  const policy = options.policy ?? NOTHING
  const questions = createKeyQuestions(clock)
  let held: Held | undefined
  let asked = 0
  // A time, not a flag: a request that is cancelled would never lower a flag again.
  let revalidatingSince = Number.NEGATIVE_INFINITY
  let failedAt = Number.NEGATIVE_INFINITY

  /** Age counts from asking: what changed while the answer travelled is not in it. */
  async function refresh(): Promise<TrustView> {
    const askedAt = clock()
    asked += 1
    const question = asked
    const before = held?.view
    let delta: SnapshotDelta
    try {
      delta = await withDeadline(STORE_TIMEOUT_MILLISECONDS, store.snapshotSince(known(before)))
    } catch (cause) {
      failedAt = clock()
      throw new Unavailable('trust_store', { cause })
    }
    const view = applyDelta(delta, before, policy, options.ceilings)
    failedAt = Number.NEGATIVE_INFINITY
    // Two requests may ask at once; the answer to the later question stays. Later by count: a clock
    // that was set back would make every new answer an old one.
    if (held === undefined || question > held.question) held = { view, askedAt, question }
    return held.view
  }

  async function revalidate(): Promise<void> {
    try {
      await refresh()
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error
    } finally {
      revalidatingSince = Number.NEGATIVE_INFINITY
    }
  }

  async function askFirst(at: number): Promise<TrustView> {
    const stale = held !== undefined && isYoung(at - held.askedAt, options.maxStaleSeconds)
    if (isBetween(at, failedAt, failedAt + SNAPSHOT_RETRY_SECONDS)) {
      if (stale && held !== undefined) return held.view
      throw new Unavailable('trust_store')
    }
    try {
      return await refresh()
    } catch (error) {
      if (error instanceof Unavailable && stale && held !== undefined) return held.view
      throw error
    }
  }

  return {
    load(at, waitUntil) {
      if (held === undefined) return askFirst(at)
      const age = at - held.askedAt
      if (age >= 0 && age < SNAPSHOT_FRESH_SECONDS) return held.view
      if (age < 0 || age >= SNAPSHOT_REVALIDATE_SECONDS) return askFirst(at)
      const isBusy = isBetween(at, revalidatingSince, revalidatingSince + SNAPSHOT_FRESH_SECONDS)
      if (!isBusy && !isBetween(at, failedAt, failedAt + SNAPSHOT_RETRY_SECONDS)) {
        revalidatingSince = at
        waitUntil(revalidate())
      }
      return held.view
    },
    async refreshKeys(source, keyId, rejected) {
      const current = () => held?.view.keys.get(source)
      const before = current()?.version
      const isAnswered = () => {
        const keys = current()
        if (keys === undefined) return false
        if (rejected !== undefined) return keys.version !== rejected
        return keyId === undefined ? keys.version !== before : hasKey(keys, keyId)
      }
      const subject = JSON.stringify([keyId, rejected])
      if ((await questions.begin(source, subject, isAnswered)) !== 'asked') return current()
      let keys: IssuerKeys | null
      let isUnknown = false
      try {
        const answer = store.refreshKeys(source, keyId, rejected)
        keys = await withDeadline(STORE_TIMEOUT_MILLISECONDS, answer)
        // Without any keys the issuer is down, and any second may bring them.
        const isOld = rejected !== undefined && keys?.version === rejected
        isUnknown = keys !== null && (isOld || (keyId !== undefined && !hasKey(keys, keyId)))
      } catch (cause) {
        throw new Unavailable('trust_store', { cause })
      } finally {
        // In the same turn as the keys below: who waits for the answer finds them.
        questions.end(source, subject, isUnknown)
      }
      if (keys === null) return undefined
      if (held !== undefined) held = { ...held, view: withKeys(held.view, source, keys) }
      return keys
    },
  }
}

function hasKey({ keys }: IssuerKeys, keyId: string): boolean {
  return keys.some(({ kid }) => kid === keyId)
}

function known(view: TrustView | undefined): KnownSnapshot {
  // -1, so that the store also sends a document of revision 0, which is none.
  if (view === undefined) return { revision: -1, keyVersions: {} }
  const versions = [...view.keys].map(([url, { version }]) => [url, version] as const)
  return { revision: view.revision, keyVersions: Object.fromEntries(versions) }
}

/** A copy from beyond the clock may have any age: the clock was set back since (NET-14). */
function isYoung(ageSeconds: number, mostSeconds: number): boolean {
  return ageSeconds >= -CLOCK_LEEWAY_SECONDS && ageSeconds <= mostSeconds
}

/** Never of a moment that is yet to come: what waits for it would wait until the clock is there. */
function isBetween(at: number, from: number, until: number): boolean {
  return at >= from && at < until
}

function applyDelta(
  delta: SnapshotDelta,
  before: TrustView | undefined,
  policy: CompiledTrust,
  ceilings: Ceilings,
): TrustView {
  const document =
    delta.revision === before?.revision ? before.document : compileStored(delta, ceilings)
  const keys = new Map<string, IssuerKeys>()
  for (const { url, version, fetchedAt, keys: sent } of delta.issuers) {
    const kept = sent ?? before?.keys.get(url)?.keys
    if (kept !== undefined) keys.set(url, { keys: kept, version, fetchedAt })
  }
  return Object.freeze({ revision: delta.revision, document, policy, keys })
}

/** A stored document that this version of the code cannot read is no document: refuse (503). */
function compileStored(delta: SnapshotDelta, ceilings: Ceilings): CompiledTrust {
  if (delta.bytes === undefined) {
    if (delta.revision === 0) return NOTHING
    throw new Unavailable('trust_document')
  }
  const text = decodeUtf8(delta.bytes)
  if (text === undefined) throw new Unavailable('trust_document')
  const compiled = compileTrust(JSON.parse(text), ceilings, { isStored: true })
  if ('problems' in compiled) throw new Unavailable('trust_document')
  return compiled.trust
}

/** Never an older set over a newer one (NET-13). */
function withKeys(view: TrustView, issuer: string, keys: IssuerKeys): TrustView {
  const present = view.keys.get(issuer)
  if (present !== undefined && !supersedes(keys, present)) return view
  return Object.freeze({ ...view, keys: new Map(view.keys).set(issuer, keys) })
}

function supersedes(keys: IssuerKeys, present: IssuerKeys): boolean {
  if (keys.version !== present.version) return keys.version > present.version
  return (keys.fetchedAt ?? 0) > (present.fetchedAt ?? 0)
}
