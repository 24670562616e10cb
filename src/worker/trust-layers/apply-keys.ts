/**
 * Applies the trust store's answer about issuers' keys to what an isolate has, and adds the keys
 * that a single question returned. `trust-snapshot.ts` keeps the result.
 */
import type { IssuerKeys } from '../../core/keys/issuer-keys.ts'
import type { AnyKeyDelta, KeyDelta, SentKeys } from './trust-messages.ts'

export type KnownKeys = {
  readonly keys: ReadonlyMap<string, IssuerKeys>
  /** The key epoch of the store that `keys` has; -1 if it is unknown. */
  readonly keyEpoch: number
  /** The instance of the store that `keyEpoch` is from. Undefined for a store of release 0.2.0. */
  readonly instance?: string | undefined
}

export const NO_KEYS: KnownKeys = { keys: new Map(), keyEpoch: -1 }

/** Returns the keys after the answer. `known` is what the isolate had when it asked. */
export function applyKeys(known: KnownKeys, delta: AnyKeyDelta): KnownKeys {
  // A store of release 0.2.0 lists every issuer that has keys.
  if (delta.keyEpoch === undefined) {
    return { keys: merge(known, new Map(), delta.issuers), keyEpoch: NO_KEYS.keyEpoch }
  }
  const { keyEpoch, instance } = delta
  // The store has sent everything. Earlier keys may be of an issuer that was deleted meanwhile, or
  // of a time after the backup that the store was restored from.
  if (known.instance !== instance) {
    return { keys: merge(NO_KEYS, new Map(), delta.issuers), keyEpoch, instance }
  }
  if (isEmpty(delta)) return { keys: known.keys, keyEpoch, instance }
  const kept = new Map(known.keys)
  if (delta.present !== undefined) {
    const present = new Set(delta.present)
    for (const url of known.keys.keys()) if (!present.has(url)) kept.delete(url)
  }
  // A key that a refresh no longer shows is gone at once (NET-13).
  for (const url of delta.removed) kept.delete(url)
  // A single question may have brought newer keys than a reader or a data centre has (NET-13). An
  // empty set has a low version.
  const issuers = delta.issuers.filter(
    ({ url, version, keys }) =>
      keys?.length === 0 || version >= (known.keys.get(url)?.version ?? version),
  )
  return { keys: merge(known, kept, issuers), keyEpoch, instance }
}

function isEmpty({ issuers, removed, present }: KeyDelta): boolean {
  return issuers.length === 0 && removed.length === 0 && present === undefined
}

function merge(
  known: KnownKeys,
  kept: Map<string, IssuerKeys>,
  issuers: readonly SentKeys[],
): ReadonlyMap<string, IssuerKeys> {
  for (const { url, version, fetchedAt, keys: sent } of issuers) {
    const keys = sent ?? known.keys.get(url)?.keys
    if (keys !== undefined) kept.set(url, { keys, version, fetchedAt })
  }
  return kept
}

/**
 * Adds the keys of an issuer. A late answer must not replace newer keys with older ones (NET-13).
 */
export function withKeys(
  keys: ReadonlyMap<string, IssuerKeys>,
  source: string,
  answer: IssuerKeys,
): ReadonlyMap<string, IssuerKeys> {
  const present = keys.get(source)
  if (present !== undefined && !supersedes(answer, present)) return keys
  return new Map(keys).set(source, answer)
}

function supersedes(keys: IssuerKeys, present: IssuerKeys): boolean {
  if (keys.version !== present.version) return keys.version > present.version
  return (keys.fetchedAt ?? 0) > (present.fetchedAt ?? 0)
}
