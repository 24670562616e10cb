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

/** A reader that has asked the store twice, a second apart, and has no answer yet. */
function newWorld() {
  let at = START
  const questions: PromiseWithResolvers<TrustPointer>[] = []
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
  const first = reader.pointer()
  at += 1
  const second = reader.pointer()
  return { first, second, questions }
}

describe('the first questions to the reader of a region', () => {
  it.each([
    [
      'late',
      (question?: PromiseWithResolvers<TrustPointer>) => question?.resolve(pointerAt(START)),
    ],
    [
      'a failure',
      (question?: PromiseWithResolvers<TrustPointer>) => question?.reject(new Error('down')),
    ],
  ])('get the answer to a later question if their own is %s', async (_, end) => {
    const { first, second, questions } = newWorld()
    questions[1]?.resolve(pointerAt(START + 1))
    const newest = { confirmedAt: START + 1, now: START + 1 }
    expect(await second).toMatchObject(newest)
    end(questions[0])
    expect(await first).toMatchObject(newest)
  })
})
