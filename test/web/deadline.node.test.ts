import { describe, expect, it } from 'vitest'
import { abortable, startDeadline, wait, withDeadline } from '../../src/web/deadline.ts'

const never = new Promise<never>(() => {})

describe('a deadline for an answer', () => {
  it('returns an answer or a failure that arrives in time', async () => {
    expect(await withDeadline(60_000, Promise.resolve(7))).toBe(7)
    await expect(withDeadline(60_000, Promise.reject(new Error('down')))).rejects.toThrow('down')
  })

  it('rejects if no answer arrives', async () => {
    await expect(withDeadline(1, never)).rejects.toThrow('deadline')
  })
})

describe('a wait', () => {
  it('resolves after its time, with or without a signal', async () => {
    await expect(wait(1)).resolves.toBeUndefined()
    await expect(wait(1, new AbortController().signal)).resolves.toBeUndefined()
  })

  it('ends with the reason of the signal, before or while it waits', async () => {
    const reason = new Error('stopped')
    await expect(wait(60_000, AbortSignal.abort(reason))).rejects.toBe(reason)
    const controller = new AbortController()
    const waiting = wait(60_000, controller.signal)
    controller.abort(reason)
    await expect(waiting).rejects.toBe(reason)
  })
})

describe('a promise with an abort signal', () => {
  it('ends with the reason of the signal', async () => {
    const reason = new Error('left')
    await expect(abortable(never, AbortSignal.abort(reason))).rejects.toBe(reason)
    expect(await abortable(Promise.resolve(1), new AbortController().signal)).toBe(1)
  })
})

describe('a deadline with the signal of a caller', () => {
  it('aborts after its time, or immediately with the caller', async () => {
    const { signal } = startDeadline(1, undefined)
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    const reason = new Error('caller')
    const early = startDeadline(60_000, AbortSignal.abort(reason))
    expect(early.signal.reason).toBe(reason)
    early.stop()
  })
})
