import { expect, test, vi } from 'vitest'
import { MAX_KEPT_TOKENS, RENEWAL_REST_MILLISECONDS } from '../../../src/cli/shell/limits.ts'
import {
  createTokenKeeper,
  type KeptToken,
  retryDelay,
} from '../../../src/cli/workload/token-keeper.ts'
import { ExchangeError } from '../../../src/client/index.ts'

type Ask = () => Promise<KeptToken>

/** A keeper with a clock of its own, and everything that it told. */
function makeKeeper(...answers: readonly Ask[]) {
  const told: string[] = []
  const clock = { milliseconds: 1_000_000 }
  let asked = 0
  const keeper = createTokenKeeper({
    getToken: async () => {
      const answer = answers[Math.min(asked, answers.length - 1)]
      asked += 1
      if (answer === undefined) throw new Error('nothing to answer')
      return answer()
    },
    onToken: ({ accessToken }) => void told.push(`token ${accessToken}`),
    onTrouble: (error) => void told.push(String(error)),
    onRecovery: () => void told.push('recovered'),
    now: () => clock.milliseconds,
  })
  return { keeper, told, clock, asked: () => asked }
}

const token = (accessToken: string, expiresAt = 2000): KeptToken => ({ accessToken, expiresAt })
const give = (accessToken: string, expiresAt?: number) => async () => token(accessToken, expiresAt)
const refuse = (sentence: string) => async () => {
  throw new Error(sentence)
}

test('holds a token for as long as it lives', async () => {
  const { keeper, clock, asked } = makeKeeper(give('a'), give('b', 3000))
  expect(await keeper.take()).toEqual(token('a'))
  clock.milliseconds = 1_999_999
  expect(await keeper.take()).toEqual(token('a'))
  expect(asked()).toBe(1)
  clock.milliseconds = 2_000_000
  expect(await keeper.take()).toEqual(token('b', 3000))
})

test('gets another token when the clock was set back, however long the one at hand seems to live', async () => {
  const { keeper, clock, told } = makeKeeper(give('a', 1000 + 7200), give('b', 1000 - 7200 + 600))
  clock.milliseconds = 1000 * 1000
  await keeper.take()
  clock.milliseconds -= 7200 * 1000
  keeper.start()
  await vi.waitFor(() => expect(told).toEqual(['token a', 'token b']))
  await keeper.stop()
})

test('asks once for all who come at the same time', async () => {
  const { keeper, asked } = makeKeeper(give('a'))
  const taken = await Promise.all([keeper.take(), keeper.take(), keeper.take()])
  expect([new Set(taken).size, asked()]).toEqual([1, 1])
})

test('gives the failure of a moment ago to those who come right after it', async () => {
  const { keeper, clock, asked } = makeKeeper(refuse('down'), give('a'))
  await expect(keeper.take()).rejects.toThrow('down')
  await expect(keeper.take()).rejects.toThrow('down')
  expect(asked()).toBe(1)
  clock.milliseconds += 1000
  expect(await keeper.take()).toEqual(token('a'))
})

test('tells each trouble once, and when it is over', async () => {
  const { keeper, told, clock } = makeKeeper(refuse('a'), refuse('a'), refuse('b'), give('t'))
  for (let count = 0; count < 4; count += 1) {
    await keeper.take().catch(() => {})
    clock.milliseconds += 5000
  }
  expect(told).toEqual(['Error: a', 'Error: b', 'token t', 'recovered'])
})

test('replaces a refused token once, and then not again for a while', async () => {
  const { keeper, clock, asked } = makeKeeper(give('a'), give('b'), give('c'))
  const first = await keeper.take()
  const second = await keeper.replace(first)
  expect(second).toEqual(token('b'))
  // Whoever still has the first gets the second.
  expect(await keeper.replace(first)).toEqual(token('b'))
  expect(await keeper.replace(second ?? first)).toBeUndefined()
  expect(asked()).toBe(2)
  clock.milliseconds += 30_000
  expect(await keeper.replace(second ?? first)).toEqual(token('c'))
})

test('keeps the token at hand when it cannot be replaced', async () => {
  const { keeper } = makeKeeper(give('a'), refuse('down'))
  const first = await keeper.take()
  expect(await keeper.replace(first)).toBeUndefined()
  expect(await keeper.take()).toEqual(first)
})

test('refreshes by itself ahead of the end, once it is started', async () => {
  const { keeper, told, clock } = makeKeeper(give('a'), give('b', 3000))
  await keeper.take()
  clock.milliseconds += 700_000
  const refreshed = keeper.start()
  expect(refreshed).toBeUndefined()
  const live = await keeper.stop()
  // The first look found it due; what was under way was waited for.
  expect(told).toEqual(['token a', 'token b'])
  expect(live.map(({ accessToken }) => accessToken)).toEqual(['a', 'b'])
})

test('names at the end the tokens that have not ended, and no others', async () => {
  const { keeper, clock } = makeKeeper(give('a', 1500), give('b'))
  await keeper.take()
  clock.milliseconds = 1_600_000
  await keeper.take()
  expect(await keeper.stop()).toEqual([token('b')])
})

test('waits at the end for a token that is under way, so that it can be revoked', async () => {
  let bring: (kept: KeptToken) => void = () => {}
  const { keeper } = makeKeeper(() => new Promise((resolve) => (bring = resolve)))
  const taken = keeper.take()
  const stopped = keeper.stop()
  bring(token('late'))
  expect(await stopped).toEqual([await taken])
})

test('a token that cannot be put in its place is asked for again, and revoked in the end', async () => {
  let isFull = true
  let at = 1_000_000
  const names = ['t1', 't2']
  const keeper = createTokenKeeper({
    getToken: async () => token(names.shift() ?? ''),
    onToken: () => {
      if (isFull) throw new Error('no space left')
    },
    onTrouble: () => {},
    onRecovery: () => {},
    now: () => at,
  })
  await expect(keeper.take()).rejects.toThrow('no space left')
  isFull = false
  at += 2000
  expect(await keeper.take()).toEqual(token('t2'))
  expect(await keeper.stop()).toEqual([token('t1'), token('t2')])
})

test.each([
  [1, 500],
  [2, 1000],
  [4, 4000],
  [20, 5000],
])('try %i comes after %i milliseconds at most', (count, most) => {
  const random = vi.spyOn(Math, 'random').mockReturnValue(1)
  expect(retryDelay(new Error('down'), count)).toBe(most)
  random.mockRestore()
})

test('asks for a single try while a token serves or a failure is known', async () => {
  const seen: boolean[] = []
  const clock = { milliseconds: 1_000_000 }
  const keeper = createTokenKeeper({
    getToken: async ({ isSingleTry }) => {
      seen.push(isSingleTry)
      if (seen.length === 3) throw new Error('down')
      return token('a', clock.milliseconds / 1000 + 100)
    },
    onToken: () => {},
    onTrouble: () => {},
    onRecovery: () => {},
    now: () => clock.milliseconds,
  })
  const first = await keeper.take()
  await keeper.replace(first)
  clock.milliseconds += 200_000
  await expect(keeper.take()).rejects.toThrow('down')
  clock.milliseconds += 2000
  await keeper.take()
  expect(seen).toEqual([false, true, false, true])
})

test('waits as long as the gateway asks, within a minute', () => {
  const busy = (retryAfterSeconds: number) =>
    new ExchangeError({ code: 'temporarily_unavailable', description: 'busy', retryAfterSeconds })
  const random = vi.spyOn(Math, 'random').mockReturnValue(0)
  expect(retryDelay(busy(20), 1)).toBe(20_000)
  expect(retryDelay(busy(3600), 1)).toBe(60_000)
  random.mockRestore()
})

test('remembers no more tokens than its bound, the youngest of them', async () => {
  const names = Array.from({ length: MAX_KEPT_TOKENS + 10 }, (_, index) => `t${index}`)
  const { keeper, clock } = makeKeeper(...names.map((name) => give(name, 1e9)))
  let held = await keeper.take()
  for (let count = 1; count < names.length; count += 1) {
    clock.milliseconds += RENEWAL_REST_MILLISECONDS
    held = (await keeper.replace(held)) ?? held
  }
  const issued = await keeper.stop()
  expect(issued).toHaveLength(MAX_KEPT_TOKENS)
  expect(issued.at(-1)?.accessToken).toBe(names.at(-1))
})
