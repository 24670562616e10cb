/**
 * Asks about the keys of one issuer: what another isolate of the data centre heard a moment ago, the
 * reader of the region, and the trust store if the reader fails.
 */
import { checkKeyAnswer } from './check-keys.ts'
import type { Attempt } from './layer/attempt.ts'
import type { RegionLayer } from './layer/layer.ts'
import type { SharedEntries } from './layer/shared-entries.ts'
import { TRUST_LAST_LAYER_TIMEOUT_MILLISECONDS } from './limits.ts'
import type { KeyAnswer, QuietAnswer } from './trust-messages.ts'

export type AskKeys<T> = (source: string, keyId?: string, rejected?: number) => Promise<T>

export type AskKeysOptions = {
  readonly entries: SharedEntries
  readonly region: Pick<RegionLayer, 'refreshKeys'>
  readonly store: AskKeys<KeyAnswer | null>
  readonly attempt: Attempt
}

export function createAskKeys(options: AskKeysOptions): AskKeys<KeyAnswer | QuietAnswer | null> {
  const { entries, region, store, attempt } = options
  return async (...question) => {
    const [source, keyId, rejected] = question
    // After a rotation, every isolate of a data centre has the same question.
    const isShared = keyId !== undefined && rejected === undefined
    const kept = isShared ? await findKept(entries, source, keyId) : undefined
    if (kept !== undefined) return kept
    const asked = await attempt(
      'region',
      // Null is an answer too: the issuer has no keys.
      async () => ({ answer: await region.refreshKeys(...question) }),
      TRUST_LAST_LAYER_TIMEOUT_MILLISECONDS,
    )
    if (asked === null) return store(...question)
    const { answer } = asked
    if (isShared && answer !== null) {
      await entries.keep((cache) => cache.keepKeyAnswer(source, answer))
    }
    return answer
  }
}

/** The keys, if they have it, or how long a further question is useless. Undefined if neither. */
async function findKept(
  entries: SharedEntries,
  source: string,
  keyId: string,
): Promise<KeyAnswer | QuietAnswer | undefined> {
  const answer = await entries.look(async (cache) => {
    const kept = await cache.keyAnswer(source)
    return kept === undefined ? undefined : checkKeyAnswer(kept)
  })
  if (!answer) return undefined
  const { quietSeconds = 0, ...keys } = answer
  if ('keys' in keys && keys.keys.some(({ kid }) => kid === keyId)) return keys
  // The entry lives a second, and the isolate looks again after another one. Both end before the
  // cool-down of the store does (NET-08).
  return quietSeconds > 1 ? { quietSeconds: 1 } : undefined
}
