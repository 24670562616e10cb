import { beforeEach, expect, test, vi } from 'vitest'
import { RENEWAL_REST_SECONDS } from '../../../src/cli/shell/limits.ts'
import {
  createTokenKeeper,
  retryDelay,
  type TokenKeeper,
} from '../../../src/cli/workload/token-keeper.ts'
import type { HeldToken } from '../../../src/client/hold/token-holder.ts'
import { ExchangeError } from '../../../src/client/index.ts'
import { createMachine, issue, type Machine } from '../../client/support/holder.ts'

type Answer = () => ReturnType<typeof issue>

type Kept = {
  readonly keeper: TokenKeeper
  readonly machine: Machine
  /** All reports of the keeper. */
  readonly told: string[]
  readonly singleTries: boolean[]
  readonly asked: () => number
}

/** Creates a keeper whose exchanges end as listed. The last entry repeats. */
function makeKeeper(...answers: readonly Answer[]): Kept {
  const told: string[] = []
  const singleTries: boolean[] = []
  const machine = createMachine()
  const keeper = createTokenKeeper({
    readClock: machine.readClock,
    async obtain({ isSingleTry }) {
      singleTries.push(isSingleTry)
      const answer = answers[Math.min(singleTries.length, answers.length) - 1]
      if (answer === undefined) throw new Error('nothing to answer')
      return { askedAt: machine.readClock(), token: answer() }
    },
    onToken: ({ accessToken }) => void told.push(`token ${accessToken}`),
    onTrouble: (error) => void told.push(String(error)),
    onRecovery: () => void told.push('recovered'),
  })
  return { keeper, machine, told, singleTries, asked: () => singleTries.length }
}

const give =
  (name: string, seconds = 1000) =>
  () =>
    issue(name, seconds)
const refuse = (sentence: string) => () => {
  throw new Error(sentence)
}
const nameOf = (token: Pick<HeldToken, 'accessToken'> | undefined) => token?.accessToken

beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0)
})

test('returns the same token until its last seconds', async () => {
  const { keeper, machine, asked } = makeKeeper(give('a'), give('b'))
  expect(nameOf(await keeper.take())).toBe('a')
  machine.pass(695)
  expect(nameOf(await keeper.take())).toBe('a')
  expect(asked()).toBe(1)
  machine.pass(300)
  expect(nameOf(await keeper.take())).toBe('b')
})

test.each([
  ['was set back, although the token then seems to be valid for longer', -7200],
  ['was set forward', 7200],
])('gets another token when the clock %s', async (_name, seconds) => {
  const { keeper, machine, told } = makeKeeper(give('a', 9000), give('b'))
  await keeper.take()
  machine.setWall(seconds)
  keeper.start()
  await vi.waitFor(() => expect(told).toEqual(['token a', 'token b']), { timeout: 30_000 })
  await keeper.stop()
})

test('gets another token after the machine slept', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { keeper, machine, told } = makeKeeper(give('a'), give('b', 1e9))
  await keeper.take()
  keeper.start()
  machine.sleep(2000)
  // The longest timer is half a minute, although the next refresh is due much later.
  await vi.advanceTimersByTimeAsync(30_000)
  expect(told).toEqual(['token a', 'token b'])
  // A timer for decades would fire at once, so a token with such a lifetime sets a short one.
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(told).toEqual(['token a', 'token b'])
  await keeper.stop()
  vi.useRealTimers()
})

test('makes one exchange for concurrent callers', async () => {
  const { keeper, asked } = makeKeeper(give('a'))
  const taken = await Promise.all([keeper.take(), keeper.take(), keeper.take()])
  expect([new Set(taken).size, asked()]).toEqual([1, 1])
})

test('returns a recent failure to callers that follow shortly after', async () => {
  const { keeper, machine, asked } = makeKeeper(refuse('down'), give('a'))
  await expect(keeper.take()).rejects.toThrow('down')
  await expect(keeper.take()).rejects.toThrow('down')
  expect(asked()).toBe(1)
  machine.pass(1)
  expect(nameOf(await keeper.take())).toBe('a')
})

test('reports each failure once, and reports the recovery', async () => {
  const { keeper, told, machine } = makeKeeper(refuse('a'), refuse('a'), refuse('b'), give('t'))
  for (let count = 0; count < 4; count += 1) {
    await keeper.take().catch(() => {})
    machine.pass(5)
  }
  expect(told).toEqual(['Error: a', 'Error: b', 'token t', 'recovered'])
})

test('replaces a refused token once, and not again for some time', async () => {
  const { keeper, machine, asked } = makeKeeper(give('a'), give('b'), give('c'))
  const first = await keeper.take()
  const second = await keeper.replace(first)
  expect(nameOf(second)).toBe('b')
  // A request that still has the first token gets the second.
  expect(await keeper.replace(first)).toBe(second)
  expect(await keeper.replace(second ?? first)).toBeUndefined()
  expect(asked()).toBe(2)
  machine.pass(RENEWAL_REST_SECONDS)
  expect(nameOf(await keeper.replace(second ?? first))).toBe('c')
})

test('keeps the current token when it cannot be replaced', async () => {
  const { keeper } = makeKeeper(give('a'), refuse('down'))
  const first = await keeper.take()
  expect(await keeper.replace(first)).toBeUndefined()
  expect(await keeper.take()).toBe(first)
})

test('refreshes before the expiry when it was started', async () => {
  const { keeper, told, machine } = makeKeeper(give('a'), give('b'))
  await keeper.take()
  machine.pass(701)
  keeper.start()
  const live = await keeper.stop()
  // The first check found a refresh due, and `stop` waited for the exchange.
  expect(told).toEqual(['token a', 'token b'])
  expect(live.map(nameOf)).toEqual(['a', 'b'])
})

test('lists at the end only the tokens that have not expired', async () => {
  const { keeper, machine } = makeKeeper(give('a', 500), give('b'))
  await keeper.take()
  machine.pass(600)
  await keeper.take()
  expect((await keeper.stop()).map(nameOf)).toEqual(['b'])
})

test('waits at the end for an open exchange, so that its token can be revoked', async () => {
  const machine = createMachine()
  let bring: () => void = () => {}
  const keeper = createTokenKeeper({
    readClock: machine.readClock,
    obtain: () =>
      new Promise((resolve) => {
        bring = () => resolve({ askedAt: machine.readClock(), token: issue('late', 600) })
      }),
    onToken: () => {},
    onTrouble: () => {},
    onRecovery: () => {},
  })
  const taken = keeper.take()
  const stopped = keeper.stop()
  bring()
  expect(await stopped).toEqual([await taken])
})

test('cancels at the end an exchange that is not answered', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const machine = createMachine()
  const told: string[] = []
  const keeper = createTokenKeeper({
    readClock: machine.readClock,
    obtain: ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
      }),
    onToken: () => {},
    onTrouble: (error) => void told.push(String(error)),
    onRecovery: () => {},
  })
  const taken = keeper.take().catch(String)
  const stopped = keeper.stop()
  await vi.advanceTimersByTimeAsync(2000)
  expect([await stopped, await taken, told]).toEqual([[], 'Error: stopped', []])
  vi.useRealTimers()
})

test('exchanges again when a token cannot be written, and lists both for revocation', async () => {
  let isFull = true
  const machine = createMachine()
  const names = ['t1', 't2']
  const keeper = createTokenKeeper({
    readClock: machine.readClock,
    obtain: async () => ({ askedAt: machine.readClock(), token: issue(names.shift() ?? '', 600) }),
    onToken: () => {
      if (isFull) throw new Error('no space left')
    },
    onTrouble: () => {},
    onRecovery: () => {},
  })
  await expect(keeper.take()).rejects.toThrow('no space left')
  isFull = false
  machine.pass(2)
  expect(nameOf(await keeper.take())).toBe('t2')
  expect((await keeper.stop()).map(nameOf)).toEqual(['t1', 't2'])
})

test('makes single attempts while a token is valid or a failure is known', async () => {
  const { keeper, machine, singleTries } = makeKeeper(
    give('a', 100),
    give('b', 100),
    refuse('down'),
    give('c'),
  )
  await keeper.replace(await keeper.take())
  machine.pass(200)
  await expect(keeper.take()).rejects.toThrow('down')
  machine.pass(2)
  await keeper.take()
  expect(singleTries).toEqual([false, true, false, true])
})

test.each([
  [1, 500],
  [2, 1000],
  [4, 4000],
  [20, 5000],
])('makes attempt %i after at most %i milliseconds', (count, most) => {
  vi.mocked(Math.random).mockReturnValue(1)
  expect(retryDelay(new Error('down'), count)).toBe(most)
})

test('waits for the time in Retry-After, up to a minute', () => {
  const busy = (retryAfterSeconds: number) =>
    new ExchangeError({ code: 'temporarily_unavailable', description: 'busy', retryAfterSeconds })
  expect(retryDelay(busy(20), 1)).toBe(20_000)
  expect(retryDelay(busy(3600), 1)).toBe(60_000)
})
