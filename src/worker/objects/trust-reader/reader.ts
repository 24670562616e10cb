/**
 * What the trust reader of a region does: it keeps the newest pointer, keys and content of the trust
 * store in memory, so that the store answers a few readers in place of every isolate. It asks the
 * store only while it is asked itself, and makes one call for simultaneous questions.
 */
import { MAX_ISSUERS } from '../../../contract/limits.ts'
import { STORE_TIMEOUT_MILLISECONDS } from '../../../core/limits.ts'
import type { Clock } from '../../../core/ports.ts'
import { withDeadline } from '../../../web/deadline.ts'
import { hasDigest } from '../../trust-layers/content/content.ts'
import { TRUST_READER_CONTENTS } from '../../trust-layers/limits.ts'
import type { TrustPointer } from '../../trust-layers/pointer.ts'
import type { KeyAnswer, KeyDelta } from '../../trust-layers/trust-messages.ts'
import { createFollowedKeys } from './followed-keys.ts'
import { createNewestPointer } from './newest-pointer.ts'
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
  const contents = createShared<Uint8Array>(TRUST_READER_CONTENTS)
  const keys = createFollowedKeys({ ask: (...known) => store().keysAfter(...known), clock })
  const hasKeysOf = ({ keyEpoch, instance }: TrustPointer) => keys.hasReached(keyEpoch, instance)

  const newest = createNewestPointer({
    ask: () => store().pointer(),
    onPointer(pointer) {
      // Isolates that start during an outage of the store get these keys.
      if (!hasKeysOf(pointer)) void keys.follow()
    },
    clock,
  })

  const questions = createReaderQuestions({
    clock,
    ask: (...question) => inTime(store().refreshKeys(...question)),
    /** The keys of the last pointer, while that is young. */
    findKeys(source) {
      const pointer = newest.findYoung()
      return pointer !== undefined && hasKeysOf(pointer) ? keys.find(source) : undefined
    },
    most: MAX_KEY_SOURCES,
  })

  return {
    pointer: newest.read,
    keysAfter: keys.listAfter,
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
}

function inTime<T>(answer: Promise<T>): Promise<T> {
  return withDeadline(STORE_TIMEOUT_MILLISECONDS, answer)
}
