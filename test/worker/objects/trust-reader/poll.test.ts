/** How often a reader asks for the newest state, and which answer wins. */
import { describe, expect, it } from 'vitest'
import { createPoll } from '../../../../src/worker/objects/trust-reader/poll.ts'

function newWorld() {
  let at = 100
  const questions: PromiseWithResolvers<string>[] = []
  const kept: (readonly [string, number])[] = []
  const poll = createPoll<string>({
    ask: () => {
      const question = Promise.withResolvers<string>()
      questions.push(question)
      return question.promise
    },
    keep: (answer, askedAt) => {
      kept.push([answer, askedAt])
    },
    now: () => at,
    interval: 2,
  })
  return {
    poll,
    questions,
    kept,
    wait: (span: number) => {
      at += span
    },
    async answer(index: number, text: string) {
      questions[index]?.resolve(text)
      await questions[index]?.promise
    },
  }
}

describe('a poll', () => {
  it('asks once in an interval, answered or not', async () => {
    const { poll, questions, kept, wait, answer } = newWorld()
    const first = poll()
    wait(1)
    expect(poll()).toBe(first)
    await answer(0, 'a')
    expect(await poll()).toBe('a')
    expect([questions.length, kept]).toEqual([1, [['a', 100]]])
    wait(1)
    void poll()
    expect(questions).toHaveLength(2)
  })

  it('asks again if an answer is lost, and does not wait for it', async () => {
    const { poll, kept, wait, answer } = newWorld()
    void poll()
    wait(2)
    const second = poll()
    await answer(1, 'b')
    expect(await second).toBe('b')
    expect(kept).toEqual([['b', 102]])
  })

  it('does not keep the late answer to an earlier question', async () => {
    const { poll, kept, wait, answer } = newWorld()
    const first = poll()
    wait(2)
    const second = poll()
    await answer(1, 'b')
    await answer(0, 'a')
    expect(await Promise.all([first, second])).toEqual(['a', 'b'])
    expect(kept).toEqual([['b', 102]])
  })

  it('keeps an early answer, and then the one to a later question', async () => {
    const { poll, kept, wait, answer } = newWorld()
    void poll()
    wait(2)
    const second = poll()
    await answer(0, 'a')
    await answer(1, 'b')
    await second
    expect(kept.map(([text]) => text)).toEqual(['a', 'b'])
  })

  it('repeats a failure until the interval ends', async () => {
    const { poll, questions, kept, wait, answer } = newWorld()
    const first = poll()
    questions[0]?.reject(new Error('down'))
    await expect(first).rejects.toThrow('down')
    await expect(poll()).rejects.toThrow('down')
    expect(questions).toHaveLength(1)
    wait(2)
    const second = poll()
    await answer(1, 'b')
    expect(await second).toBe('b')
    expect(kept).toEqual([['b', 102]])
  })

  it('NET-14 asks at once after the clock was set back', async () => {
    const { poll, questions, kept, wait, answer } = newWorld()
    void poll()
    await answer(0, 'a')
    wait(-50)
    const second = poll()
    expect(questions).toHaveLength(2)
    await answer(1, 'b')
    await second
    expect(kept.at(-1)).toEqual(['b', 50])
  })
})
