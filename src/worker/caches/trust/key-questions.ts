/**
 * Limits how often an isolate asks the trust store about issuers' keys. Anyone can forge a token
 * with an unknown key id or a wrong signature. Such a token must not cause a question each time.
 * The store tells how long no question about a missing key of an issuer can cause a fetch. Until
 * then, the isolate answers by itself, whatever the key id is. This file keeps only times and
 * counts. `trust-snapshot.ts` keeps the keys.
 *
 * The memory never outlasts the cool-down of the store. So a key that the issuer has just begun to
 * use is found as soon as the store may fetch it, also after a flood of invented key ids (NET-08).
 */

import { MAX_ISSUERS } from '../../../contract/limits.ts'
import {
  KEY_COOLDOWN_SECONDS,
  KEY_QUESTION_POLL_MILLISECONDS,
  KEY_QUESTIONS_PER_SECOND,
  STORE_TIMEOUT_MILLISECONDS,
} from '../../../core/limits.ts'
import type { Clock } from '../../../core/ports.ts'
import { wait } from '../../../web/deadline.ts'

export type KeyQuestions = {
  /**
   * Tells whether a question may be asked now. It waits while another request asks about the same
   * issuer. `isAnswered` tells whether the answer to that request is enough. Call `end` after the
   * result `asked`.
   */
  readonly begin: (
    subject: QuestionSubject,
    isAnswered: () => boolean,
  ) => Promise<'asked' | 'refused' | 'answered'>
  /** `quietSeconds`: how long the answer to the next question would be the same. */
  readonly end: (subject: QuestionSubject, quietSeconds: number) => void
  /** Counts a question that was asked, but that the reader of the region answered by itself. */
  readonly countRefused: (subject: QuestionSubject) => void
  /** Returns the number of refused questions by key source, and starts the count again. */
  readonly takeRefused: () => Readonly<Record<string, number>>
  /** Returns the number of entries in memory. */
  readonly size: () => number
}

type QuestionSubject = {
  /** The key source: for most issuers their URL. */
  readonly source: string
  /** A token without a key id never causes a fetch, so its answers say nothing about others. */
  readonly hasKeyId: boolean
}

type Memory = {
  /**
   * Epoch seconds. A flag would stay set if the platform cancels the request before it calls `end`.
   */
  askingSince: number | undefined
  /** The second in which `count` questions began. */
  second: number
  count: number
  /** From `quietFrom` (epoch seconds), no question is asked for `quietSeconds`. */
  quietFrom: number
  quietSeconds: number
  refused: number
  readonly source: string
}

const MAX_POLLS = STORE_TIMEOUT_MILLISECONDS / KEY_QUESTION_POLL_MILLISECONDS
/** The trust document and the policy may each have this many, with two kinds of questions. */
const MAX_MEMORIES = 4 * MAX_ISSUERS

export function createKeyQuestions(clock: Clock): KeyQuestions {
  const memories = new Map<string, Memory>()

  function memoryOf({ source, hasKeyId }: QuestionSubject): Memory {
    const name = `${hasKeyId ? 'kid' : 'no kid'} ${source}`
    const known = memories.get(name)
    if (known !== undefined) return known
    const made: Memory = {
      askingSince: undefined,
      second: 0,
      count: 0,
      quietFrom: 0,
      quietSeconds: 0,
      refused: 0,
      source,
    }
    memories.set(name, made)
    const [oldest] = memories.keys()
    if (memories.size > MAX_MEMORIES && oldest !== undefined) memories.delete(oldest)
    return made
  }

  function isAsking({ askingSince }: Memory): boolean {
    if (askingSince === undefined) return false
    return Math.abs(clock() - askingSince) * 1000 <= STORE_TIMEOUT_MILLISECONDS
  }

  function isQuiet({ quietFrom, quietSeconds }: Memory): boolean {
    const age = clock() - quietFrom
    // A time in the future was stored before the clock was set back.
    return age >= 0 && age < quietSeconds
  }

  function refuse(memory: Memory): 'refused' {
    memory.refused += 1
    return 'refused'
  }

  return {
    async begin(subject, isAnswered) {
      const memory = memoryOf(subject)
      if (isQuiet(memory)) return refuse(memory)
      for (let poll = 0; isAsking(memory) && poll < MAX_POLLS; poll += 1) {
        await wait(KEY_QUESTION_POLL_MILLISECONDS)
        if (isAnswered()) return 'answered'
        if (isQuiet(memory)) return refuse(memory)
      }
      const second = clock()
      if (memory.second !== second) Object.assign(memory, { second, count: 0 })
      if (isAsking(memory) || memory.count >= KEY_QUESTIONS_PER_SECOND) return refuse(memory)
      memory.count += 1
      memory.askingSince = second
      return 'asked'
    },
    end(subject, quietSeconds) {
      const memory = memoryOf(subject)
      // The time of the question, so that the memory ends before the cool-down of the store does.
      memory.quietFrom = memory.askingSince ?? clock()
      memory.quietSeconds = Math.min(quietSeconds, KEY_COOLDOWN_SECONDS)
      memory.askingSince = undefined
    },
    countRefused(subject) {
      refuse(memoryOf(subject))
    },
    takeRefused() {
      const refused = new Map<string, number>()
      for (const memory of memories.values()) {
        if (memory.refused === 0) continue
        refused.set(memory.source, (refused.get(memory.source) ?? 0) + memory.refused)
        memory.refused = 0
      }
      return Object.fromEntries(refused)
    },
    size: () => memories.size,
  }
}
