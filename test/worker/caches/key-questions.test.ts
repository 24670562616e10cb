import { describe, expect, it } from 'vitest'
import { MAX_ISSUERS } from '../../../src/contract/limits.ts'
import {
  KEY_COOLDOWN_SECONDS,
  KEY_QUESTIONS_PER_SECOND,
  MAX_UNKNOWN_KEY_IDS,
} from '../../../src/core/limits.ts'
import { createKeyQuestions } from '../../../src/worker/caches/key-questions.ts'

const SOURCE = 'https://issuer.example'
const never = () => false

function newWorld() {
  let at = 1_800_000_000
  const questions = createKeyQuestions(() => at)
  return {
    questions,
    wait: (seconds: number) => {
      at += seconds
    },
    /** Asks, and receives the answer that the key is unknown. */
    ask: async (subject: string, source = SOURCE) => {
      const verdict = await questions.begin(source, subject, never)
      if (verdict === 'asked') questions.end(source, subject, true)
      return verdict
    },
  }
}

describe('questions about the keys of one issuer', () => {
  it('NET-08 are a few in a second, for any number of key ids', async () => {
    const { ask, wait } = newWorld()
    const verdicts = await Promise.all(Array.from({ length: 500 }, (_, at) => ask(`kid-${at}`)))
    const asked = verdicts.filter((verdict) => verdict === 'asked')
    expect(asked).toHaveLength(KEY_QUESTIONS_PER_SECOND)
    expect(new Set(verdicts)).toEqual(new Set(['asked', 'refused']))
    // Another issuer and the next second have their own budgets.
    expect(await ask('kid', 'https://other.example')).toBe('asked')
    expect(await ask('late')).toBe('refused')
    wait(1)
    expect(await ask('late')).toBe('asked')
  })

  it('are not repeated for one key id within the cool-down, and are allowed after it', async () => {
    const { ask, wait } = newWorld()
    expect(await ask('kid')).toBe('asked')
    wait(KEY_COOLDOWN_SECONDS - 1)
    expect(await ask('kid')).toBe('refused')
    wait(1)
    expect(await ask('kid')).toBe('asked')
  })

  it('NET-14 are allowed again after a clock was set back', async () => {
    const { ask, wait } = newWorld()
    await ask('kid')
    wait(-3600)
    expect(await ask('kid')).toBe('asked')
  })

  it('wait for a running question and use its answer', async () => {
    const { questions } = newWorld()
    let hasKey = false
    expect(await questions.begin(SOURCE, 'kid', never)).toBe('asked')
    const waiting = Array.from({ length: 50 }, () => questions.begin(SOURCE, 'kid', () => hasKey))
    hasKey = true
    questions.end(SOURCE, 'kid', false)
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['answered']))
  })

  it('continue after the platform cancels a request', async () => {
    const { questions, wait } = newWorld()
    await questions.begin(SOURCE, 'kid', never)
    const waiting = questions.begin(SOURCE, 'kid', never)
    wait(6)
    expect(await waiting).toBe('asked')
  })

  it('are kept for a bounded number of key ids and issuers', async () => {
    const { ask, questions, wait } = newWorld()
    const most = MAX_UNKNOWN_KEY_IDS
    for (let kid = 0; kid < 3 * most; kid += 1) {
      await ask(`kid-${kid}`)
      wait(1)
      expect(questions.size().subjects).toBeLessThanOrEqual(most)
    }
    expect(questions.size()).toEqual({ sources: 1, subjects: most })
    for (let issuer = 0; issuer < 3 * MAX_ISSUERS; issuer += 1) {
      await ask('kid', `https://${issuer}.example`)
      expect(questions.size().sources).toBeLessThanOrEqual(2 * MAX_ISSUERS)
    }
  })
})
