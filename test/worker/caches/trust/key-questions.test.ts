import { describe, expect, it } from 'vitest'
import { MAX_ISSUERS } from '../../../../src/contract/limits.ts'
import { KEY_COOLDOWN_SECONDS, KEY_QUESTIONS_PER_SECOND } from '../../../../src/core/limits.ts'
import { createKeyQuestions } from '../../../../src/worker/caches/trust/key-questions.ts'
import { shortenDeadlines } from '../../support/deadlines.ts'

const SOURCE = 'https://issuer.example'
const never = () => false
const about = (source: string, hasKeyId = true) => ({ source, hasKeyId })

function newWorld() {
  let at = 1_800_000_000
  const questions = createKeyQuestions(() => at)
  return {
    questions,
    wait: (seconds: number) => {
      at += seconds
    },
    /** Asks, and receives the answer that the key is missing. */
    ask: async (quietSeconds: number, subject = about(SOURCE)) => {
      const verdict = await questions.begin(subject, never)
      if (verdict === 'asked') questions.end(subject, quietSeconds)
      return verdict
    },
  }
}

describe('questions about the keys of one issuer', () => {
  it('NET-08 are a few in a second if the store names no cool-down', async () => {
    const { ask, wait } = newWorld()
    const verdicts = await Promise.all(Array.from({ length: 500 }, () => ask(0)))
    const asked = verdicts.filter((verdict) => verdict === 'asked')
    expect(asked).toHaveLength(KEY_QUESTIONS_PER_SECOND)
    expect(new Set(verdicts)).toEqual(new Set(['asked', 'refused']))
    // Another issuer and the next second have their own budgets.
    expect(await ask(0, about('https://other.example'))).toBe('asked')
    expect(await ask(0)).toBe('refused')
    wait(1)
    expect(await ask(0)).toBe('asked')
  })

  it('NET-08 are refused while the store would answer the same, and not a second longer', async () => {
    const { ask, wait } = newWorld()
    expect(await ask(40)).toBe('asked')
    wait(39)
    expect(await ask(40)).toBe('refused')
    expect(await ask(40, about('https://other.example'))).toBe('asked')
    wait(1)
    expect(await ask(40)).toBe('asked')
  })

  it('NET-08 are refused if the question that they waited for has begun a cool-down', async () => {
    shortenDeadlines()
    const { questions } = newWorld()
    expect(await questions.begin(about(SOURCE), never)).toBe('asked')
    const waiting = questions.begin(about(SOURCE), never)
    questions.end(about(SOURCE), 10)
    expect(await waiting).toBe('refused')
  })

  it('are refused from the time of the question, not of the answer', async () => {
    const { questions, wait } = newWorld()
    expect(await questions.begin(about(SOURCE), never)).toBe('asked')
    wait(4)
    questions.end(about(SOURCE), 10)
    wait(6)
    expect(await questions.begin(about(SOURCE), never)).toBe('asked')
  })

  it('are never refused for longer than one cool-down', async () => {
    const { ask, wait } = newWorld()
    await ask(1_000_000)
    wait(KEY_COOLDOWN_SECONDS)
    expect(await ask(0)).toBe('asked')
  })

  it('without a key id do not refuse those with one', async () => {
    const { ask } = newWorld()
    expect(await ask(10, about(SOURCE, false))).toBe('asked')
    expect(await ask(10, about(SOURCE, false))).toBe('refused')
    expect(await ask(10)).toBe('asked')
  })

  it('NET-14 are allowed again after a clock was set back', async () => {
    const { ask, wait } = newWorld()
    await ask(60)
    wait(-3600)
    expect(await ask(60)).toBe('asked')
  })

  it('NET-14 are allowed again after a clock was set back during a question', async () => {
    const { questions, wait } = newWorld()
    expect(await questions.begin(about(SOURCE), never)).toBe('asked')
    wait(-3600)
    expect(await questions.begin(about(SOURCE), never)).toBe('asked')
  })

  it('NET-14 have the budget of another second after a clock was set back', async () => {
    const { ask, wait } = newWorld()
    for (let count = 0; count < KEY_QUESTIONS_PER_SECOND; count += 1) await ask(0)
    expect(await ask(0)).toBe('refused')
    wait(-60)
    expect(await ask(0)).toBe('asked')
  })

  it('are refused while another question of the issuer has no answer', async () => {
    const { questions } = newWorld()
    shortenDeadlines()
    expect(await questions.begin(about(SOURCE), never)).toBe('asked')
    expect(await questions.begin(about(SOURCE), never)).toBe('refused')
  })

  it('wait for a running question and use its answer', async () => {
    const { questions } = newWorld()
    let hasKey = false
    expect(await questions.begin(about(SOURCE), never)).toBe('asked')
    const waiting = Array.from({ length: 50 }, () => questions.begin(about(SOURCE), () => hasKey))
    hasKey = true
    questions.end(about(SOURCE), 0)
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['answered']))
  })

  it('continue after the platform cancels a request', async () => {
    const { questions, wait } = newWorld()
    await questions.begin(about(SOURCE), never)
    const waiting = questions.begin(about(SOURCE), never)
    wait(6)
    expect(await waiting).toBe('asked')
  })

  it('are counted by issuer if they are refused', async () => {
    const { ask, questions } = newWorld()
    await ask(60)
    await ask(60)
    await ask(60)
    await ask(60, about(SOURCE, false))
    await ask(60, about(SOURCE, false))
    await ask(60, about('https://other.example'))
    expect(questions.takeRefused()).toEqual({ [SOURCE]: 3 })
    expect(questions.takeRefused()).toEqual({})
  })

  it('are kept for a bounded number of issuers', async () => {
    const { ask, questions } = newWorld()
    for (let issuer = 0; issuer < 5 * MAX_ISSUERS; issuer += 1) {
      await ask(60, about(`https://${issuer}.example`))
    }
    expect(questions.size()).toBe(4 * MAX_ISSUERS)
  })
})
