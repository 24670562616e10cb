/**
 * Applies an answer of the trust store to the snapshot of an isolate: the document, from its
 * compiled form or from its text, and the issuers' keys.
 */
import { CLOCK_LEEWAY_SECONDS } from '../../../core/limits.ts'
import type { Ceilings, CompiledTrust } from '../../../core/policy/compile/compiled.ts'
import type { StoredTrust } from '../../../core/policy/compile/stored.ts'
import type { TrustView } from '../../../core/trust-view.ts'
import { applyKeys, NO_KEYS } from '../../trust-layers/apply-keys.ts'
import type { LayeredDelta } from '../../trust-layers/layered-store.ts'
import type { KnownSnapshot, SnapshotDelta } from '../../trust-layers/trust-messages.ts'
import { readStoredDocument } from './stored-document.ts'

export type Applied = {
  readonly view: TrustView
  /** The newest revision in the store. If this release cannot use it, `view` has an earlier one. */
  readonly storedRevision: number
  /** Epoch seconds at which the document of `view` was last known to be the stored one. */
  readonly currentAt: number
  /** The key epoch of the store that the keys of `view` have; -1 if it is unknown. */
  readonly keyEpoch: number
  /** The instance of the store that `keyEpoch` is from. */
  readonly instance: string | undefined
  /** The digest of the newest document in the store. */
  readonly stored: string | undefined
}

type Reading = {
  readonly ceilings: Ceilings
  readonly policy: CompiledTrust
  readonly maxStaleSeconds: number
  /** What the form in the answer contains, if the store sent one. */
  readonly loaded: StoredTrust | undefined
}

/**
 * Applies an answer of the store to the snapshot before it. `at` is the time from which
 * its age counts.
 */
export function applyDelta(
  delta: SnapshotDelta,
  before: Applied | undefined,
  reading: Reading,
  at: number,
): Applied {
  const known = before === undefined ? NO_KEYS : { ...before, keys: before.view.keys }
  const { keys, keyEpoch, instance } = applyKeys(known, delta)
  const { currentAt, ...decided } = decideFrom(delta, before, reading, at)
  const view = Object.freeze({ ...decided, policy: reading.policy, keys })
  const { revision: storedRevision, document: stored } = delta
  return { view, storedRevision, stored, currentAt, keyEpoch, instance }
}

type Decided = Pick<TrustView, 'revision' | 'document' | 'problems'> & Pick<Applied, 'currentAt'>

/** Returns the stored document, or the last usable one if that is young enough. */
function decideFrom(
  { revision, document: digest, bytes }: SnapshotDelta,
  before: Applied | undefined,
  { ceilings, maxStaleSeconds, loaded }: Reading,
  at: number,
): Decided {
  const isSame =
    before?.storedRevision === revision && (before.stored ?? digest) === (digest ?? before.stored)
  if (isSame && before.view.revision === revision) {
    const { document, problems } = before.view
    return { revision, document, problems, currentAt: at }
  }
  const { trust: document, problems } = isSame
    ? { trust: undefined, problems: before.view.problems }
    : (loaded ?? readStoredDocument(revision, bytes ?? null, ceilings))
  if (document !== undefined) return { revision, document, problems, currentAt: at }
  if (before?.view.document !== undefined && isYoung(at - before.currentAt, maxStaleSeconds)) {
    const { view, currentAt } = before
    return { revision: view.revision, document: view.document, problems, currentAt }
  }
  return { revision, document: undefined, problems, currentAt: at }
}

/** A copy with a time in the future has unknown age: the clock was set back (NET-14). */
export function isYoung(ageSeconds: number, mostSeconds: number): boolean {
  return ageSeconds >= -CLOCK_LEEWAY_SECONDS && ageSeconds <= mostSeconds
}

/** Whether an answer of a layer is older than what an isolate has. `from` is the time of its age. */
export function isFromBefore(
  delta: LayeredDelta,
  from: number,
  held: Applied & { readonly askedAt: number },
): boolean {
  if (delta.currentAt === undefined) return false
  if (delta.revision < held.storedRevision) return true
  if ((delta.keyEpoch ?? NO_KEYS.keyEpoch) < held.keyEpoch) return true
  return delta.isStale === true && from <= held.askedAt
}

/** Names what an isolate has, so that only the difference is sent. */
export function knownOf(before: Applied | undefined): KnownSnapshot {
  // No revision and no epoch is -1, so the store sends everything.
  if (before === undefined) return { revision: -1, keyVersions: {}, keyEpoch: NO_KEYS.keyEpoch }
  const { storedRevision: revision, keyEpoch, view, instance, stored } = before
  const named = {
    revision,
    keyEpoch,
    ...(stored === undefined ? {} : { document: stored }),
    ...(instance === undefined ? {} : { instance }),
  }
  if (keyEpoch !== NO_KEYS.keyEpoch) return { ...named, keyVersions: {} }
  // The last answer came from a store of release 0.2.0, which reads the versions.
  const versions = [...view.keys].map(([url, { version }]) => [url, version] as const)
  return { ...named, keyVersions: Object.fromEntries(versions) }
}
