/**
 * Answers questions of isolates about missing keys in a region. The trust store is asked once within
 * the cool-down of an issuer, whatever the number of isolates and of invented key ids (NET-08).
 */
import type { IssuerKeys } from '../../../core/keys/issuer-keys.ts'
import type { Clock } from '../../../core/ports.ts'
import {
  TRUST_READER_KEY_QUESTIONS_PER_SECOND,
  TRUST_READER_MOST_SECONDS,
} from '../../trust-layers/limits.ts'
import type { KeyAnswer, QuietAnswer } from '../../trust-layers/trust-messages.ts'

type Question = (source: string, keyId?: string, rejected?: number) => Promise<KeyAnswer | null>

export type ReaderQuestions = {
  /**
   * Returns the keys; null if the issuer has none. A `QuietAnswer` if the store need not be asked:
   * it does not fetch now.
   */
  readonly refreshKeys: (
    source: string,
    keyId?: string,
    rejected?: number,
  ) => Promise<KeyAnswer | QuietAnswer | null>
}

export type ReaderQuestionOptions = {
  readonly clock: Clock
  readonly ask: Question
  /** Returns young keys that the reader already has. */
  readonly findKeys: (source: string) => IssuerKeys | undefined
  /** The number of issuers that are remembered. */
  readonly most: number
}

/** The last answer of the store about an issuer, and when it was asked (epoch seconds). */
type Memory = { readonly answer: KeyAnswer; readonly askedAt: number }

export function createReaderQuestions(options: ReaderQuestionOptions): ReaderQuestions {
  const { clock, ask, findKeys, most } = options
  const memories = new Map<string, Memory>()
  /** Calls of one object share its context, so a call may await the promise of another. */
  const flights = new Map<string, Promise<KeyAnswer | null>>()
  let second = 0
  let count = 0

  function findAnswer(source: string, keyId: string | undefined, rejected: number | undefined) {
    const followed = findKeys(source)
    if (followed !== undefined && isAnswer(followed, keyId, rejected)) return followed
    const memory = memories.get(source)
    const age = clock() - (memory?.askedAt ?? 0)
    // A time in the future was stored before the clock was set back (NET-14).
    if (memory === undefined || age < 0) return undefined
    const { quietSeconds = 0, ...keys } = memory.answer
    const isYoung = age < TRUST_READER_MOST_SECONDS
    if (isYoung && isAnswer(keys, keyId, rejected)) return keys
    // A token without a key id never causes a fetch.
    const canFetch = keyId !== undefined || rejected !== undefined
    return canFetch && age < quietSeconds ? { quietSeconds: quietSeconds - age } : undefined
  }

  function mayAsk(): boolean {
    const at = clock()
    if (second !== at) {
      second = at
      count = 0
    }
    count += 1
    return count <= TRUST_READER_KEY_QUESTIONS_PER_SECOND
  }

  async function askAndKeep(...[source, keyId, rejected]: Parameters<Question>) {
    const askedAt = clock()
    const answer = await ask(source, keyId, rejected)
    memories.delete(source)
    if (answer !== null) memories.set(source, { answer, askedAt })
    const [oldest] = memories.keys()
    if (memories.size > most && oldest !== undefined) memories.delete(oldest)
    return answer
  }

  return {
    async refreshKeys(source, keyId, rejected) {
      const flight = flights.get(source)
      // Its answer may be enough. If it failed, this question is asked.
      if (flight !== undefined) await flight.catch(() => undefined)
      const known = findAnswer(source, keyId, rejected)
      if (known !== undefined) return known
      const other = flights.get(source)
      if (other !== undefined || !mayAsk()) return { quietSeconds: 1 }
      const asked = askAndKeep(source, keyId, rejected).finally(() => flights.delete(source))
      flights.set(source, asked)
      return asked
    },
  }
}

function isAnswer(keys: IssuerKeys, keyId: string | undefined, rejected: number | undefined) {
  if (keys.version === rejected) return false
  return keyId === undefined || keys.keys.some(({ kid }) => kid === keyId)
}
