/**
 * Asks for keys that the snapshot of an isolate does not have, within the limits of
 * `key-questions.ts`. An answer never replaces newer keys of the snapshot.
 */
import type { IssuerKeys } from '../../../core/keys/issuer-keys.ts'
import { SNAPSHOT_REVALIDATE_SECONDS, STORE_TIMEOUT_MILLISECONDS } from '../../../core/limits.ts'
import { type RefreshKeys, Unavailable } from '../../../core/ports.ts'
import { withDeadline } from '../../../web/deadline.ts'
import type { KeyAnswer, QuietAnswer } from '../../trust-layers/trust-messages.ts'
import type { KeyQuestions } from './key-questions.ts'

export type RefreshKeysOptions = {
  readonly questions: KeyQuestions
  readonly ask: (
    keySource: string,
    keyId?: string,
    rejected?: number,
  ) => Promise<KeyAnswer | QuietAnswer | null>
  /** Returns the keys of the snapshot. */
  readonly current: (keySource: string) => IssuerKeys | undefined
  /** Adds keys to the snapshot, unless it has newer ones. */
  readonly add: (keySource: string, keys: IssuerKeys) => void
}

export function createRefreshKeys(options: RefreshKeysOptions): RefreshKeys {
  const { questions, ask, current, add } = options
  return async (source, keyId, rejected) => {
    const before = current(source)?.version
    const isAnswered = () => {
      const keys = current(source)
      if (keys === undefined) return false
      if (rejected !== undefined) return keys.version !== rejected
      return keyId === undefined ? keys.version !== before : hasKey(keys, keyId)
    }
    const subject = { source, hasKeyId: keyId !== undefined || rejected !== undefined }
    if ((await questions.begin(subject, isAnswered)) !== 'asked') return current(source)
    let answer: KeyAnswer | QuietAnswer | null
    let quietSeconds = 0
    try {
      answer = await withDeadline(STORE_TIMEOUT_MILLISECONDS, ask(source, keyId, rejected))
      quietSeconds = answer?.quietSeconds ?? 0
      const isSame = answer !== null && 'keys' in answer && answer.version === before
      // The store never fetches for such a token. A new set comes with the next snapshot.
      if (!subject.hasKeyId && isSame) quietSeconds = SNAPSHOT_REVALIDATE_SECONDS
    } catch (cause) {
      throw new Unavailable('trust_store', { cause })
    } finally {
      // This runs in the same turn as the update below, so that a waiting request finds the keys.
      questions.end(subject, quietSeconds)
    }
    if (answer === null) return undefined
    if (!('keys' in answer)) {
      // The reader of the region has not asked the store.
      questions.countRefused(subject)
      return current(source)
    }
    const { keys: sent, version, fetchedAt } = answer
    const keys: IssuerKeys = { keys: sent, version, fetchedAt }
    add(source, keys)
    const present = current(source)
    // A late answer must not bring back a key that the issuer has withdrawn (NET-13).
    return present !== undefined && isNewer(present, keys) ? present : keys
  }
}

/** The version of an emptied set is negative: -3 follows version 2 and precedes version 3. */
function isNewer({ version: one }: IssuerKeys, { version: other }: IssuerKeys): boolean {
  const orderOf = (version: number) => (version < 0 ? -version - 0.5 : version)
  return orderOf(one) > orderOf(other)
}

function hasKey({ keys }: IssuerKeys, keyId: string): boolean {
  return keys.some(({ kid }) => kid === keyId)
}
