/**
 * The turns of requests that need the same answer of the store: one of them asks, and the others wait.
 * Only numbers are kept, because a request cannot wait for a promise of another request.
 */
import { SNAPSHOT_POLL_MILLISECONDS, SNAPSHOT_WAIT_MILLISECONDS } from '../../../core/limits.ts'
import { wait } from '../../../web/deadline.ts'

/** The request that is waited for, and the one that asks after it. */
const MAX_WAITS = 2
const MAX_POLLS = SNAPSHOT_WAIT_MILLISECONDS / SNAPSHOT_POLL_MILLISECONDS

export type QuestionTurns = {
  /** Returns the number of a new question. Other requests wait for its answer. */
  readonly begin: () => number
  /** The question was answered, or it failed. */
  readonly end: (question: number) => void
  readonly isRunning: () => boolean
  /**
   * Waits for a question that another request has asked, and tells whether its answer is there. A
   * cancelled request never answers, so the wait is short. Then one of the waiting requests asks,
   * under the number that is returned, and the others wait for that one.
   */
  readonly waitForOther: (
    isAnswered: (question: number) => boolean,
  ) => Promise<'answered' | 'failed' | number>
}

export function createQuestionTurns(): QuestionTurns {
  let asked = 0
  /** The number of the question that is being asked. */
  let running: number | undefined

  function begin(): number {
    asked += 1
    running = asked
    return asked
  }

  return {
    begin,
    end(question) {
      // Another request may have begun to ask because this one took too long.
      if (running === question) running = undefined
    },
    isRunning: () => running !== undefined,
    async waitForOther(isAnswered) {
      for (let round = 0; running !== undefined && round < MAX_WAITS; round += 1) {
        const other: number = running
        for (let poll = 0; running === other && poll < MAX_POLLS; poll += 1) {
          await wait(SNAPSHOT_POLL_MILLISECONDS)
        }
        if (isAnswered(other)) return 'answered'
        // It takes too long, or it failed and no request has asked since.
        if (asked === other) return begin()
      }
      return 'failed'
    },
  }
}
