/** The reader of a region: how often it asks the revocation log, and what a push changes. */
import { describe, expect, it } from 'vitest'
import type { RevocationPointer } from '../../../../src/protocol/revocations.ts'
import { REVOCATION_READER_POLL_MILLISECONDS } from '../../../../src/worker/limits.ts'
import { createRevocationReader } from '../../../../src/worker/objects/trust-reader/revocation-reader.ts'
import { TRUST_READER_MOST_SECONDS } from '../../../../src/worker/trust-layers/limits.ts'

const pointerOf = (sequence: number): RevocationPointer => ({
  v: 2,
  sequence,
  published_at: 0,
  segments: [],
  recent: '',
  before: [],
})

function newReader() {
  let at = 1_800_000_000_000
  const state = { questions: 0, answer: async () => pointerOf(1) as RevocationPointer | null }
  const reader = createRevocationReader({
    ask: () => {
      state.questions += 1
      return state.answer()
    },
    now: () => at,
  })
  return {
    reader,
    state,
    wait: (milliseconds: number) => {
      at += milliseconds
    },
  }
}

const DOWN = () => Promise.reject(new Error('down'))

describe('the reader of a region', () => {
  it('asks the log once for many questions, and once a second', async () => {
    const { reader, state, wait } = newReader()
    await Promise.all([reader.pointer(), reader.pointer()])
    wait(REVOCATION_READER_POLL_MILLISECONDS - 1)
    await reader.pointer()
    expect(state.questions).toBe(1)
    wait(10_000)
    await reader.pointer()
    expect(state.questions).toBe(2)
  })

  it('answers with what the log has pushed, without asking', async () => {
    const { reader, state, wait } = newReader()
    await reader.pointer()
    reader.take(pointerOf(2))
    wait(REVOCATION_READER_POLL_MILLISECONDS - 1)
    expect((await reader.pointer())?.sequence).toBe(2)
    expect(state.questions).toBe(1)
  })

  it('does not take an older push', async () => {
    const { reader } = newReader()
    reader.take(pointerOf(3))
    reader.take(pointerOf(2))
    expect((await reader.pointer())?.sequence).toBe(3)
  })

  it('keeps a push that arrived while it asked', async () => {
    const { reader, state, wait } = newReader()
    await reader.pointer()
    wait(10_000)
    state.answer = async () => {
      wait(5)
      reader.take(pointerOf(5))
      return pointerOf(4)
    }
    expect((await reader.pointer())?.sequence).toBe(5)
  })

  it.each([
    ['in the same millisecond', pointerOf(4)],
    ['before an answer without a pointer', null],
  ])('keeps a push that arrived while it asked, %s', async (_, answer) => {
    const { reader, state } = newReader()
    state.answer = async () => {
      reader.take(pointerOf(5))
      return answer
    }
    expect((await reader.pointer())?.sequence).toBe(5)
  })

  it('NET-14 has the last pointer for two seconds while the log is down, and then none', async () => {
    const { reader, state, wait } = newReader()
    state.answer = DOWN
    await expect(reader.pointer()).rejects.toThrow('down')
    wait(REVOCATION_READER_POLL_MILLISECONDS)
    state.answer = async () => pointerOf(1)
    await reader.pointer()
    state.answer = DOWN
    wait(TRUST_READER_MOST_SECONDS * 1000 - 1)
    expect((await reader.pointer())?.sequence).toBe(1)
    wait(1)
    expect(await reader.pointer()).toBeNull()
    wait(REVOCATION_READER_POLL_MILLISECONDS)
    state.answer = async () => pointerOf(2)
    expect((await reader.pointer())?.sequence).toBe(2)
  })

  it('does not wait for an answer that was lost', async () => {
    const { reader, state, wait } = newReader()
    await reader.pointer()
    wait(10_000)
    state.answer = () => new Promise(() => undefined)
    void reader.pointer()
    wait(REVOCATION_READER_POLL_MILLISECONDS)
    state.answer = async () => pointerOf(2)
    expect((await reader.pointer())?.sequence).toBe(2)
  })

  it('takes an older answer of the log, which may have been restored', async () => {
    const { reader, state, wait } = newReader()
    reader.take(pointerOf(9))
    wait(10_000)
    state.answer = async () => pointerOf(2)
    expect((await reader.pointer())?.sequence).toBe(2)
  })

  it('tells that the log publishes nothing', async () => {
    const { reader, state } = newReader()
    state.answer = async () => null
    expect(await reader.pointer()).toBeNull()
  })
})
