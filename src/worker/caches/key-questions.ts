/**
 * Limits how often an isolate asks the trust store about issuers' keys. Anyone can forge a token
 * with an unknown key id or a wrong signature. Such a token must not cause a question each time.
 * For one issuer, one question runs at a time, and a few in a second. No key id is asked about
 * twice within the cool-down. This file keeps only times and key ids. `trust-snapshot.ts` keeps the
 * keys.
 */

import { MAX_ISSUERS } from '../../contract/limits.ts'
import {
  KEY_COOLDOWN_SECONDS,
  KEY_QUESTION_POLL_MILLISECONDS,
  KEY_QUESTIONS_PER_SECOND,
  MAX_UNKNOWN_KEY_IDS,
  STORE_TIMEOUT_MILLISECONDS,
} from '../../core/limits.ts'
import type { Clock } from '../../core/ports.ts'
import { wait } from '../../web/deadline.ts'

export type KeyQuestions = {
  /**
   * Tells whether a question may be asked now. It waits while another request asks about the same
   * issuer. `isAnswered` tells whether the answer to that request is enough. Call `end` after the
   * result `asked`.
   */
  readonly begin: (
    source: string,
    subject: string,
    isAnswered: () => boolean,
  ) => Promise<'asked' | 'refused' | 'answered'>
  /** `isUnknown`: the store answered that it does not have the key. */
  readonly end: (source: string, subject: string, isUnknown: boolean) => void
  /** Returns the number of entries in memory. */
  readonly size: () => { readonly sources: number; readonly subjects: number }
}

type Source = {
  /**
   * Epoch seconds. A flag would stay set if the platform cancels the request before it calls `end`.
   */
  askingSince: number | undefined
  /** The second in which `count` questions began. */
  second: number
  count: number
  /** Unknown subjects, with the epoch seconds of the answer, oldest first. */
  readonly unknown: Map<string, number>
}

const MAX_POLLS = STORE_TIMEOUT_MILLISECONDS / KEY_QUESTION_POLL_MILLISECONDS
/** The trust document and the policy may each have this many. */
const MAX_SOURCES = 2 * MAX_ISSUERS

export function createKeyQuestions(clock: Clock): KeyQuestions {
  const sources = new Map<string, Source>()

  function sourceOf(name: string): Source {
    const known = sources.get(name)
    if (known !== undefined) return known
    const made: Source = { askingSince: undefined, second: 0, count: 0, unknown: new Map() }
    keepNewest(sources, name, made, MAX_SOURCES)
    return made
  }

  function isAsking({ askingSince }: Source): boolean {
    if (askingSince === undefined) return false
    return Math.abs(clock() - askingSince) * 1000 <= STORE_TIMEOUT_MILLISECONDS
  }

  function isKnownUnknown({ unknown }: Source, subject: string): boolean {
    const at = unknown.get(subject)
    if (at === undefined) return false
    const age = clock() - at
    // A time in the future was stored before the clock was set back.
    return age >= 0 && age < KEY_COOLDOWN_SECONDS
  }

  return {
    async begin(name, subject, isAnswered) {
      const source = sourceOf(name)
      if (isKnownUnknown(source, subject)) return 'refused'
      for (let poll = 0; isAsking(source) && poll < MAX_POLLS; poll += 1) {
        await wait(KEY_QUESTION_POLL_MILLISECONDS)
        if (isAnswered()) return 'answered'
        if (isKnownUnknown(source, subject)) return 'refused'
      }
      const second = clock()
      if (source.second !== second) Object.assign(source, { second, count: 0 })
      if (isAsking(source) || source.count >= KEY_QUESTIONS_PER_SECOND) return 'refused'
      source.count += 1
      source.askingSince = second
      return 'asked'
    },
    end(name, subject, isUnknown) {
      const source = sourceOf(name)
      source.askingSince = undefined
      if (isUnknown) keepNewest(source.unknown, subject, clock(), MAX_UNKNOWN_KEY_IDS)
      else source.unknown.delete(subject)
    },
    size: () => ({
      sources: sources.size,
      subjects: [...sources.values()].reduce((sum, { unknown }) => sum + unknown.size, 0),
    }),
  }
}

function keepNewest<Value>(
  map: Map<string, Value>,
  name: string,
  value: Value,
  most: number,
): void {
  map.delete(name)
  map.set(name, value)
  const [oldest] = map.keys()
  if (map.size > most && oldest !== undefined) map.delete(oldest)
}
