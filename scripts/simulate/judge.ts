/**
 * Judges every decision: how old the knowledge behind it was, and whether that is within its bound.
 * The judge reads the models and what the isolate heard. It does not ask the caches.
 */
import {
  REVOCATION_PUBLISH_INTERVAL_MILLISECONDS,
  REVOCATION_REPEAT_MILLISECONDS,
  REVOCATION_SNAPSHOT_MAX_AGE_SECONDS,
  REVOCATION_SNAPSHOT_SECONDS,
  SNAPSHOT_WAIT_MILLISECONDS,
  STORE_TIMEOUT_MILLISECONDS,
} from '../../src/core/limits.ts'
import type { TrustView } from '../../src/core/trust-view.ts'
import type { Isolate } from './isolate.ts'
import { LATEST_WRITE_MILLISECONDS } from './model/kv.ts'
import type { TrustStoreModel } from './model/trust-store.ts'
import type { Histogram } from './statistics.ts'
import type { Trace } from './trace.ts'

export type Judge = {
  /** Throws `InvariantBroken`. */
  readonly decision: (isolate: Isolate, view: TrustView) => void
  /** A revoked token was judged. Throws `InvariantBroken`. */
  readonly revoked: (isolate: Isolate, token: RevokedToken, isRefused: boolean) => void
  /**
   * Nothing has changed for longer than every bound. Throws `InvariantBroken` if the isolate does
   * not know everything that was acknowledged.
   */
  readonly settled: (isolate: Isolate, view: TrustView) => void
}

export type RevokedToken = { readonly jti: string; readonly acknowledgedAt: number }

export type JudgeOptions = {
  readonly now: () => number
  readonly store: TrustStoreModel
  readonly sources: readonly string[]
  readonly trace: Trace
  readonly maxStaleSeconds: number
  /** As in `Topology`. */
  readonly setBackMilliseconds: number
  /** How the clocks of isolates differ at most. */
  readonly skewMilliseconds: number
  /** Whether the revocation log could publish during the time after this moment. */
  readonly couldPublish: (since: number) => boolean
  readonly ages: Ages
}

export type Ages = {
  /** Of the store's word behind a decision, while the isolate reaches the store. */
  readonly reachable: Histogram
  /** Of the oldest acknowledged change that such a decision did not know; 0 if it knew all. */
  readonly missed: Histogram
  /** Of the store's word, after a failed question to the store. */
  readonly cutOff: Histogram
  /** The same, after the clock of the isolate was set back. */
  readonly setBack: Histogram
  /** Of revocations, when a check did not know them; 0 if it did. */
  readonly revocations: Histogram
}

/**
 * The design: a change takes effect after at most this time. It is not read from the limits of the
 * caches, so that a wrong limit is noticed.
 */
const BOUND_SECONDS = 10
/** A data centre sees a new value of KV after at most this time. */
const KV_SECONDS = 60
/** The published set reaches every isolate after this time while the log and KV work. */
export const REVOCATION_BOUND_SECONDS =
  REVOCATION_PUBLISH_INTERVAL_MILLISECONDS / 1000 +
  // A write that timed out can replace a newer one before the log publishes again.
  Math.max(REVOCATION_REPEAT_MILLISECONDS, LATEST_WRITE_MILLISECONDS) / 1000 +
  3 * (STORE_TIMEOUT_MILLISECONDS / 1000) +
  KV_SECONDS +
  REVOCATION_SNAPSHOT_SECONDS

export function createJudge(options: JudgeOptions): Judge {
  const { now, store, trace } = options

  /** Returns since when a change is acknowledged that this view does not contain. */
  function unknownSince(isolate: Isolate, view: TrustView): number {
    const changes = store.changes()
    const { judged } = isolate
    // Most decisions use a view that was judged before, and nothing has changed since.
    if (judged?.view === view && judged.changes === changes) return judged.since
    const since = findUnknown(view) ?? Number.POSITIVE_INFINITY
    isolate.judged = { view, changes, since }
    return since
  }

  function findUnknown(view: TrustView): number | undefined {
    let since = store.acknowledgedAt(view.revision + 1)
    for (const source of options.sources) {
      const keys = view.keys.get(source)
      const at = keys && store.versionAt(source, keys.version + 1)
      if (at !== undefined && (since === undefined || at < since)) since = at
    }
    return since
  }

  function boundOf(isolate: Isolate, askedAt: number): number {
    // The age is compared in whole seconds, and a request waits before it falls back: for two
    // other requests, and then for the store.
    const bound = isolate.isCutOff()
      ? (options.maxStaleSeconds + 1) * 1000 +
        2 * SNAPSHOT_WAIT_MILLISECONDS +
        STORE_TIMEOUT_MILLISECONDS
      : BOUND_SECONDS * 1000
    const before = Math.min(isolate.clock.setBackSince(0), options.setBackMilliseconds)
    return bound + isolate.clock.setBackSince(askedAt) + before
  }

  return {
    decision(isolate, view) {
      const { id, highestRevision } = isolate
      const heard = isolate.heard()
      if (heard === undefined) return trace.fail(id, 'a decision before the first answer')
      const at = now()
      const bound = boundOf(isolate, heard.askedAt)
      const age = at - heard.saidAt
      const missed = Math.max(at - unknownSince(isolate, view), 0)
      if (age > bound) {
        trace.fail(id, `the word of the store is ${age} ms old; the bound is ${bound} ms`)
      }
      if (missed > bound) {
        trace.fail(id, `a change of ${missed} ms ago is unknown; the bound is ${bound} ms`)
      }
      if (view.revision < highestRevision) {
        trace.fail(id, `revision ${view.revision} decides after revision ${highestRevision}`)
      }
      isolate.highestRevision = view.revision
      const { ages } = options
      const isSetBack =
        isolate.clock.setBackSince(options.setBackMilliseconds > 0 ? 0 : heard.askedAt) > 0
      const kind = isolate.isCutOff() ? ages.cutOff : isSetBack ? ages.setBack : ages.reachable
      kind.add(age, isolate.weight)
      if (kind === ages.reachable) ages.missed.add(missed, isolate.weight)
    },
    revoked(isolate, { jti, acknowledgedAt }, isRefused) {
      const age = now() - acknowledgedAt
      const normal = REVOCATION_BOUND_SECONDS * 1000
      // Without a publication, a pointer is used until it is too old.
      const oldest = REVOCATION_SNAPSHOT_MAX_AGE_SECONDS + KV_SECONDS + REVOCATION_SNAPSHOT_SECONDS
      const isPublished = options.couldPublish(acknowledgedAt)
      const bound =
        (isPublished ? normal : Math.max(normal, oldest * 1000)) +
        2 * options.skewMilliseconds +
        isolate.clock.setBackSince(now() - oldest * 1000)
      options.ages.revocations.add(isRefused ? 0 : age, isolate.weight)
      if (isRefused || age <= bound) return
      trace.fail(
        isolate.id,
        `token ${jti}, revoked ${age} ms ago, is accepted; the bound is ${bound} ms`,
      )
    },
    settled(isolate, view) {
      if (findUnknown(view) === undefined) return
      trace.fail(isolate.id, 'an acknowledged revision or key set is lost')
    },
  }
}
