/**
 * The issuers' keys in the reader of a region, with earlier states of them. From these it tells
 * isolates itself what changed after an epoch: isolates have many epochs, and each would be a
 * question to the store.
 */
import type { IssuerKeys } from '../../../core/keys/issuer-keys.ts'
import { SNAPSHOT_KEYS_MAX_BYTES, STORE_TIMEOUT_MILLISECONDS } from '../../../core/limits.ts'
import type { Clock } from '../../../core/ports.ts'
import { withDeadline } from '../../../web/deadline.ts'
import { applyKeys, type KnownKeys, NO_KEYS } from '../../trust-layers/apply-keys.ts'
import {
  TRUST_READER_KEY_ANSWERS,
  TRUST_READER_KEY_STATES,
  TRUST_READER_POLL_SECONDS,
} from '../../trust-layers/limits.ts'
import type { KeyDelta } from '../../trust-layers/trust-messages.ts'
import { isWithin } from './poll.ts'
import { createShared } from './shared.ts'

export type FollowedKeys = {
  /** Asks the store what changed. Simultaneous calls share one question. Never rejects. */
  readonly follow: () => Promise<void>
  /** Whether the keys are at least those of this epoch of an instance of the store. */
  readonly hasReached: (keyEpoch: number, instance: string) => boolean
  readonly find: (source: string) => IssuerKeys | undefined
  /** What changed after the epoch `from`, up to `latest` at least. The store has that epoch. */
  readonly listAfter: (
    from: number,
    latest: number,
    instance: string,
  ) => Promise<KeyDelta | undefined>
}

export type FollowedKeysOptions = {
  readonly ask: (known: number, instance?: string) => Promise<KeyDelta>
  readonly clock: Clock
}

export function createFollowedKeys({ ask, clock }: FollowedKeysOptions): FollowedKeys {
  /** The newest question for keys, and its time in epoch seconds. */
  let following: { readonly at: number; readonly end: Promise<void> } | undefined
  let known: KnownKeys = NO_KEYS
  /** What `known` was, the newest first, since an issuer was removed or the store started again. */
  let earlier: readonly KnownKeys[] = []
  const deltas = createShared<KeyDelta>(TRUST_READER_KEY_ANSWERS)

  function follow(): Promise<void> {
    const at = clock()
    // An older question may have lost its answer.
    if (following && isWithin(at, following.at, TRUST_READER_POLL_SECONDS)) return following.end
    const end = askChanges().finally(() => {
      if (following?.end === end) following = undefined
    })
    following = { at, end }
    return end
  }

  async function askChanges(): Promise<void> {
    const before = known
    try {
      const delta = await askInTime(before.keyEpoch, before.instance)
      // Another question was answered first, so this is no answer about what is known now.
      if (known !== before) return
      const { instance, removed, present } = delta
      const hasGrown = instance === known.instance && removed.length === 0 && !present
      earlier = hasGrown ? [known, ...earlier].slice(0, TRUST_READER_KEY_STATES) : []
      known = applyKeys(known, delta)
    } catch {
      // The next pointer asks again.
    }
  }

  function askInTime(from: number, instance?: string): Promise<KeyDelta> {
    return withDeadline(STORE_TIMEOUT_MILLISECONDS, ask(from, instance))
  }

  /** Undefined if the store was started again: its epochs may have another meaning. */
  async function askAfter(from: number, instance: string): Promise<KeyDelta | undefined> {
    const delta = await askInTime(from, instance)
    return delta.instance === instance ? delta : undefined
  }

  function hasReached(keyEpoch: number, instance: string): boolean {
    return known.instance === instance && known.keyEpoch >= keyEpoch
  }

  return {
    follow,
    hasReached,
    find: (source) => known.keys.get(source),
    async listAfter(from, latest, instance) {
      const find = () => (hasReached(latest, instance) ? compare(known, from, earlier) : undefined)
      // The store has at least the epoch `latest`, so an answer stays valid. It is found first, because
      // the store may not answer now.
      return (
        find() ??
        deltas.get(`${instance} ${from}-${latest}`, async () => {
          // This question may have begun before the store had the epoch `latest`.
          await soon(following?.end)
          if (!hasReached(latest, instance)) await soon(follow())
          return find() ?? askAfter(from, instance)
        })
      )
    },
  }
}

/**
 * What changed after the epoch `from`, and perhaps more. Undefined if no earlier state is that old,
 * or the store has to send several answers.
 */
function compare(
  known: KnownKeys,
  from: number,
  earlier: readonly KnownKeys[],
): KeyDelta | undefined {
  const before = from < 0 ? NO_KEYS : earlier.find(({ keyEpoch }) => keyEpoch <= from)
  if (before === undefined) return undefined
  const issuers = [...known.keys].flatMap(([url, now]) => {
    const { keys, ...times } = now
    const old = before.keys.get(url)
    if (old === now) return []
    return { url, ...times, ...(old?.keys === keys ? {} : { keys }) }
  })
  if (JSON.stringify(issuers).length > SNAPSHOT_KEYS_MAX_BYTES) return undefined
  const { keyEpoch, instance } = known
  return { keyEpoch, issuers, removed: [], ...(instance === undefined ? {} : { instance }) }
}

/** Waits until a question ends, or so long that another one may be asked. */
async function soon(end: Promise<void> | undefined): Promise<void> {
  if (end === undefined) return
  await withDeadline(TRUST_READER_POLL_SECONDS * 1000, end).catch(() => undefined)
}
