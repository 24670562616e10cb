/** When a held token is replaced, and which token callers get until then. */
import { beforeEach, expect, test, vi } from 'vitest'
import { MAX_COLD_EXCHANGES } from '../../../src/client/limits.ts'
import { createMachine, issue, openHolder } from '../support/holder.ts'

beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0)
})

const tick = () => new Promise((resolve) => setImmediate(resolve))
const refuse = (isRefused: boolean) => (isRefused ? new Error('refused') : undefined)

test.each([
  [0, 420],
  [0.5, 390],
  [0.999_999, 360],
])('replaces a token before its expiry at a random time: %s', async (random, seconds) => {
  vi.mocked(Math.random).mockReturnValue(random)
  const { holder } = openHolder(createMachine(), 600)
  await holder.get()
  expect(holder.dueIn()).toBeCloseTo(seconds, 2)
})

test('concurrent callers share one exchange', async () => {
  const { holder, asked } = openHolder(createMachine(), 600)
  const all = await Promise.all([holder.get(), holder.renew(), holder.get()])
  expect([new Set(all).size, asked()]).toEqual([1, 1])
  expect(holder.isRenewing()).toBe(false)
})

test('a signal ends the wait of its caller but not the exchange', async () => {
  const { holder, asked } = openHolder(createMachine(), 600)
  const leaver = new AbortController()
  const left = holder.get(leaver.signal)
  leaver.abort(new Error('gone'))
  await expect(left).rejects.toThrow('gone')
  await holder.settle()
  expect((await holder.get()).accessToken).toBe('t1')
  expect(asked()).toBe(1)
})

test('keeps the token until it expires when a refresh fails', async () => {
  const machine = createMachine()
  const { holder, asked } = openHolder(machine, 600, { fail: (count) => refuse(count > 1) })
  await holder.get()
  for (const seconds of [430, 150, 15]) {
    machine.pass(seconds)
    await expect(holder.get()).resolves.toMatchObject({ accessToken: 't1' })
    await tick()
  }
  expect(asked()).toBe(4)
  machine.pass(6)
  await expect(holder.get()).rejects.toThrow('refused')
})

test('does not repeat a failed refresh before the pause is over', async () => {
  const machine = createMachine()
  const pauses: [string, number][] = []
  const { holder, asked } = openHolder(machine, 600, {
    fail: (count) => refuse(count === 2 || count === 3),
    pauseAfter(error, failures) {
      pauses.push([String(error), failures])
      return 15
    },
  })
  await holder.get()
  machine.pass(421)
  const ask = async () => {
    await expect(holder.get()).resolves.toMatchObject({ decisionId: expect.any(String) })
    await tick()
    return asked()
  }
  expect(await ask()).toBe(2)
  machine.pass(14)
  expect([await ask(), holder.dueIn() > 0]).toEqual([2, true])
  machine.pass(2)
  expect(await ask()).toBe(3)
  machine.pass(16)
  expect(await ask()).toBe(4)
  expect(pauses).toEqual([
    ['Error: refused', 1],
    ['Error: refused', 2],
  ])
})

test('does not return a token that onToken refuses, and remembers it for revocation', async () => {
  let isFull = true
  const { holder } = openHolder(createMachine(), 600, {
    onToken() {
      if (isFull) throw new Error('no space left')
    },
  })
  await expect(holder.get()).rejects.toThrow('no space left')
  isFull = false
  expect((await holder.get()).accessToken).toBe('t2')
  expect(holder.issued().map(({ accessToken }) => accessToken)).toEqual(['t1', 't2'])
})

test('returns a new token after a drop, and remembers both', async () => {
  const { holder } = openHolder(createMachine(), 600)
  const first = await holder.get()
  holder.drop()
  expect(holder.peek()).toBeUndefined()
  await holder.get()
  expect(holder.issued()).toHaveLength(2)
  holder.forget(first)
  expect(holder.issued().map(({ accessToken }) => accessToken)).toEqual(['t2'])
})

test('marks an early exchange, so that it may give up sooner', async () => {
  const machine = createMachine()
  const seen: boolean[] = []
  const { holder } = openHolder(machine, 600, {
    async obtain({ isAhead }) {
      seen.push(isAhead)
      return { token: issue('t', 600), askedAt: machine.readClock() }
    },
  })
  await holder.get()
  await holder.renew()
  machine.pass(595)
  await holder.get()
  expect(seen).toEqual([false, true, false])
})

test('without shared promises, a late answer does not replace a newer token', async () => {
  const machine = createMachine()
  const answers: (() => void)[] = []
  let count = 0
  const { holder } = openHolder(machine, 600, {
    mayShare: false,
    async obtain() {
      count += 1
      const token = issue(`t${count}`, 600)
      const askedAt = machine.readClock()
      await new Promise<void>((resolve) => answers.push(resolve))
      return { token, askedAt }
    },
  })
  const first = holder.get()
  machine.pass(30)
  const second = holder.get()
  expect(holder.isRenewing()).toBe(false)
  answers[1]?.()
  expect((await second).accessToken).toBe('t2')
  answers[0]?.()
  expect((await first).accessToken).toBe('t1')
  expect(holder.peek()?.accessToken).toBe('t2')
})

test('without shared promises, a caller passes its signal to its own exchange', async () => {
  const signals: (AbortSignal | undefined)[] = []
  const machine = createMachine()
  const { holder } = openHolder(machine, 600, {
    mayShare: false,
    async obtain({ signal }) {
      signals.push(signal)
      return { token: issue('t', 600), askedAt: machine.readClock() }
    },
  })
  const { signal } = new AbortController()
  await holder.get(signal)
  expect(signals).toEqual([signal])
})

test('without shared promises, the number of concurrent exchanges is limited', async () => {
  const machine = createMachine()
  const { holder, asked } = openHolder(machine, 600, { mayShare: false })
  const all = Array.from({ length: MAX_COLD_EXCHANGES + 1 }, () => holder.get())
  const outcomes = await Promise.allSettled(all)
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1)
  expect(asked()).toBe(MAX_COLD_EXCHANGES)
})
