/**
 * What the trust reader of a region does: it keeps the newest pointer, keys and content of the trust
 * store in memory, so that the store answers a few readers in place of every isolate. It asks the
 * store only while it is asked itself, at most once a second, and makes one call for simultaneous
 * questions.
 */
import { MAX_ISSUERS } from '../../../contract/limits.ts'
import { SNAPSHOT_KEYS_MAX_BYTES, STORE_TIMEOUT_MILLISECONDS } from '../../../core/limits.ts'
import type { Clock } from '../../../core/ports.ts'
import { withDeadline } from '../../../web/deadline.ts'
import { applyKeys, type KnownKeys, NO_KEYS } from '../../trust-layers/apply-keys.ts'
import { hasDigest } from '../../trust-layers/content/content.ts'
import {
  TRUST_READER_CONTENTS,
  TRUST_READER_KEY_ANSWERS,
  TRUST_READER_KEY_STATES,
  TRUST_READER_MOST_SECONDS,
  TRUST_READER_POLL_SECONDS,
  TRUST_READER_WAIT_MILLISECONDS,
} from '../../trust-layers/limits.ts'
import type { TrustPointer } from '../../trust-layers/pointer.ts'
import type { KeyAnswer, KeyDelta } from '../../trust-layers/trust-messages.ts'
import { createPoll, isWithin } from './poll.ts'
import { createReaderQuestions, type ReaderQuestions } from './reader-questions.ts'
import { createShared } from './shared.ts'

/** The part of the trust store that a reader asks. */
export type ReadStore = {
  readonly pointer: () => Promise<TrustPointer>
  readonly keysAfter: (known: number, instance?: string) => Promise<KeyDelta>
  readonly content: (digest: string) => Promise<Uint8Array | null>
  readonly refreshKeys: (
    source: string,
    keyId?: string,
    rejected?: number,
  ) => Promise<KeyAnswer | null>
}

export type Reader = {
  /**
   * Returns the newest pointer, and what time it is now: an isolate whose clock was set back would
   * find an old one young. If the store does not answer, it is the last one. Throws if there is none.
   */
  readonly pointer: () => Promise<TrustPointer>
  /**
   * Returns the keys that changed after the epoch `known` of an instance of the store. `latest` is
   * the epoch of a pointer of that instance.
   */
  readonly keysAfter: (
    known: number,
    latest: number,
    instance: string,
  ) => Promise<KeyDelta | undefined>
  /** Returns the content with this digest; null if the store has none. */
  readonly content: (digest: string) => Promise<Uint8Array | null>
  readonly refreshKeys: ReaderQuestions['refreshKeys']
}

export type ReaderOptions = {
  readonly store: () => ReadStore
  /** Returns epoch seconds. */
  readonly clock: Clock
}

/** Every issuer of the trust document and of the policy. */
const MAX_KEY_SOURCES = 2 * MAX_ISSUERS

export function createReader({ store, clock }: ReaderOptions): Reader {
  let held: TrustPointer | undefined
  /** Epoch seconds of the question whose answer is `held`. */
  let askedAt = Number.NEGATIVE_INFINITY
  /** Epoch seconds at which `held` arrived. */
  let heardAt = 0
  /** The newest question for keys, and its time in epoch seconds. */
  let following: { readonly at: number; readonly end: Promise<void> } | undefined
  let known: KnownKeys = NO_KEYS
  /** What `known` was, the newest first, since an issuer was removed or the store started again. */
  let earlier: readonly KnownKeys[] = []
  const deltas = createShared<KeyDelta>(TRUST_READER_KEY_ANSWERS)
  const contents = createShared<Uint8Array>(TRUST_READER_CONTENTS)
  const questions = createReaderQuestions({
    clock,
    ask: (source, keyId, rejected) => inTime(store().refreshKeys(source, keyId, rejected)),
    /** The keys of the last pointer, while that is young. */
    findKeys: (source) =>
      isWithin(clock(), askedAt, TRUST_READER_MOST_SECONDS) && hasFollowed()
        ? known.keys.get(source)
        : undefined,
    most: MAX_KEY_SOURCES,
  })

  const poll = createPoll({
    ask: () => store().pointer(),
    keep(answer, at) {
      held = answer
      askedAt = at
      heardAt = clock()
      // Isolates that start during an outage of the store get these keys.
      if (!hasFollowed()) void follow()
    },
    now: clock,
    interval: TRUST_READER_POLL_SECONDS,
  })

  async function pointer(): Promise<TrustPointer> {
    const at = clock()
    const last = held
    if (last !== undefined && isWithin(at, askedAt, TRUST_READER_POLL_SECONDS)) return last
    const answer = askNewest()
    if (last === undefined) return answer
    // A store that is slow must not make this reader look dead.
    if (isWithin(at, askedAt, TRUST_READER_MOST_SECONDS)) return last
    return withDeadline(TRUST_READER_WAIT_MILLISECONDS, answer).catch(() => held ?? last)
  }

  /** Returns the answer to a later question if that arrives first, also if this question fails. */
  async function askNewest(): Promise<TrustPointer> {
    const answer = await poll().catch((error: unknown) => {
      if (held === undefined) throw error
      return held
    })
    return held ?? answer
  }

  function hasFollowed(): boolean {
    return held !== undefined && known.instance === held.instance && known.keyEpoch >= held.keyEpoch
  }

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
      const delta = await inTime(store().keysAfter(before.keyEpoch, before.instance))
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

  /**
   * What changed after an epoch, and perhaps more: isolates have many epochs, and each would be a
   * question. Undefined if the reader does not know it, or the store has to send several answers.
   */
  function listAfter(from: number): KeyDelta | undefined {
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

  return {
    async pointer() {
      const newest = await pointer()
      // Times are in whole seconds, and this one must not be in the future.
      const since = Math.max(clock() - heardAt - 1, 0)
      return { ...newest, now: newest.confirmedAt + since }
    },
    async keysAfter(from, latest, instance) {
      const isHere = () => known.instance === instance && known.keyEpoch >= latest
      const find = () => (isHere() ? listAfter(from) : undefined)
      // The store has at least the epoch `latest`, so an answer stays valid. It is found first, because
      // the store may not answer now.
      return (
        find() ??
        deltas.get(`${instance} ${from}-${latest}`, async () => {
          // This question may have begun before the store had the epoch `latest`.
          await soon(following?.end)
          if (!isHere()) await soon(follow())
          return find() ?? askKeys(from, instance)
        })
      )
    },
    async content(digest) {
      const content = await contents.get(digest, async () => {
        const bytes = await inTime(store().content(digest))
        // Damaged content is not kept, because an administrator can store it again.
        return bytes !== null && (await hasDigest(bytes, digest)) ? bytes : undefined
      })
      return content ?? null
    },
    refreshKeys: questions.refreshKeys,
  }

  /** Undefined if the store was started again: its epochs may have another meaning. */
  async function askKeys(from: number, instance: string): Promise<KeyDelta | undefined> {
    const delta = await inTime(store().keysAfter(from, instance))
    return delta.instance === instance ? delta : undefined
  }
}

function inTime<T>(answer: Promise<T>): Promise<T> {
  return withDeadline(STORE_TIMEOUT_MILLISECONDS, answer)
}

/** Waits until a question ends, or so long that another one may be asked. */
async function soon(end: Promise<void> | undefined): Promise<void> {
  if (end === undefined) return
  await withDeadline(TRUST_READER_POLL_SECONDS * 1000, end).catch(() => undefined)
}
