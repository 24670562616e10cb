/** Which pointer the reader of a region returns if an answer of the store is late. */
import { describe, expect, it } from 'vitest'
import { createReader } from '../../../../src/worker/objects/trust-reader/reader.ts'
import type { TrustPointer } from '../../../../src/worker/trust-layers/pointer.ts'

const START = 1_800_000_000

const pointerAt = (confirmedAt: number): TrustPointer => ({
  v: 1,
  instance: 'first',
  revision: 0,
  document: null,
  keyEpoch: 0,
  confirmedAt,
})

type Question = PromiseWithResolvers<TrustPointer>

function newWorld() {
  let at = START
  const questions: Question[] = []
  const reader = createReader({
    clock: () => at,
    store: () => ({
      pointer: () => {
        const question = Promise.withResolvers<TrustPointer>()
        questions.push(question)
        return question.promise
      },
      keysAfter: async () => Promise.reject(new Error('nobody asks')),
      content: async () => null,
      refreshKeys: async () => null,
    }),
  })
  return {
    reader,
    questions,
    wait: (seconds: number) => {
      at += seconds
    },
  }
}

describe('the reader of a region', () => {
  it.each([
    ['late', (question?: Question) => question?.resolve(pointerAt(START))],
    ['a failure', (question?: Question) => question?.reject(new Error('down'))],
  ])('returns the answer to a later question if its first is %s', async (_, end) => {
    const { reader, questions, wait } = newWorld()
    const first = reader.pointer()
    wait(1)
    const second = reader.pointer()
    questions[1]?.resolve(pointerAt(START + 1))
    const newest = { confirmedAt: START + 1, now: START + 1 }
    expect(await second).toMatchObject(newest)
    end(questions[0])
    expect(await first).toMatchObject(newest)
  })

  it('returns the late answer to an earlier question if the store is slow', async () => {
    const { reader, questions, wait } = newWorld()
    const first = reader.pointer()
    questions[0]?.resolve(pointerAt(START))
    await first
    wait(10)
    const second = reader.pointer()
    wait(1)
    const third = reader.pointer()
    questions[1]?.resolve(pointerAt(START + 10))
    await second
    expect(await third).toMatchObject({ confirmedAt: START + 10, now: START + 10 })
  })

  it('NET-14 counts from the arrival of an answer, not from its question', async () => {
    const { reader, questions, wait } = newWorld()
    const first = reader.pointer()
    wait(4)
    // The store reads its clock just before it answers. A later time would be one in the future.
    questions[0]?.resolve(pointerAt(START + 4))
    expect(await first).toMatchObject({ confirmedAt: START + 4, now: START + 4 })
  })
})
