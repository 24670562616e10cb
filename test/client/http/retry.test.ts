/** The retry policy, with a clock that the test controls and without randomness. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  ExchangeError,
  type ExchangeErrorFacts,
} from '../../../src/client/exchange/exchange-error.ts'
import { pauseAfter, type RetryOptions, retry } from '../../../src/client/http/retry.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const fail = (facts: Partial<ExchangeErrorFacts> = {}) =>
  new ExchangeError({ code: 'unreachable', description: 'no answer', ...facts })

/** Returns the result, the number of tries, and when each began. */
async function run(outcomes: (turn: number) => ExchangeError | string, options?: RetryOptions) {
  const begun: number[] = []
  const startedAt = performance.now()
  const attempt = async () => {
    begun.push(Math.ceil((performance.now() - startedAt) / 1000))
    const outcome = outcomes(begun.length)
    if (outcome instanceof ExchangeError) throw outcome
    return outcome
  }
  let ended: unknown
  const done = retry(attempt, options).then(
    (value) => {
      ended = value
    },
    (error: unknown) => {
      ended = error
    },
  )
  await vi.advanceTimersByTimeAsync(1_000_000)
  // Does not wait for a call that would retry forever.
  await Promise.race([done, Promise.resolve()])
  const description = ended instanceof ExchangeError ? ended.description : undefined
  return { ended, description, begun, tries: begun.length }
}

describe.each([0, 0.5, 0.999])('with the random value %d', (chance) => {
  beforeEach(() => {
    vi.spyOn(Math, 'random').mockReturnValue(Math.max(chance, 0.05))
  })

  test('succeeds after ten seconds of failures', async () => {
    const startedAt = performance.now()
    const failing = () => (performance.now() - startedAt < 10_000 ? fail() : 'good')
    expect((await run(failing)).ended).toBe('good')
  })

  test('ends within its time, and reports the number of tries and the duration', async () => {
    const { description, begun, tries } = await run(() => fail())
    expect(begun.at(-1)).toBeGreaterThanOrEqual(15)
    expect(begun.at(-1)).toBeLessThanOrEqual(20)
    expect(description).toBe(`no answer; ${tries} tries in ${begun.at(-1)} seconds`)
  })

  test('waits for one Retry-After of a minute, and not for a second one', async () => {
    const limited = () => fail({ code: 'temporarily_unavailable', retryAfterSeconds: 60 })
    const granted = await run((turn) => (turn === 1 ? limited() : 'good'))
    expect(granted.ended).toBe('good')
    expect(granted.begun[1]).toBeGreaterThanOrEqual(60)
    expect(granted.begun[1]).toBeLessThanOrEqual(75)
    expect((await run(limited)).tries).toBe(2)
  })
})

test('does not count the wait of Retry-After towards the time for other failures', async () => {
  const outcomes = (turn: number) =>
    turn === 1 ? fail({ retryAfterSeconds: 60 }) : turn < 4 ? fail() : 'good'
  expect((await run(outcomes)).ended).toBe('good')
})

test('waits for a Retry-After of 90 seconds and not of 91', async () => {
  const named = (seconds: number) =>
    run((turn) => (turn === 1 ? fail({ retryAfterSeconds: seconds }) : 'good'))
  expect((await named(90)).ended).toBe('good')
  expect((await named(91)).tries).toBe(1)
})

test.each([1, 2, 5, 30])(
  'ends within two minutes if every answer asks for %d seconds',
  async (seconds) => {
    vi.spyOn(Math, 'random').mockReturnValue(0.999)
    const { begun } = await run(() => fail({ retryAfterSeconds: seconds }))
    expect(begun.at(-1)).toBeGreaterThan(60)
    expect(begun.at(-1)).toBeLessThan(120)
  },
)

test('tries once with 0 seconds, and does not report tries', async () => {
  const { description, tries } = await run(() => fail({ retryAfterSeconds: 1 }), { seconds: 0 })
  expect([description, tries]).toEqual(['no answer', 1])
})

test('keeps the other members of the error', async () => {
  const facts = { status: 503, decisionId: 'dec_1', retryAfterSeconds: 50 }
  const { ended } = await run(() => fail({ ...facts, code: 'server_error' }))
  expect(ended).toMatchObject({ ...facts, code: 'server_error', isTemporary: true })
})

test('throws any error other than ExchangeError at once', async () => {
  const attempt = vi.fn(async () => {
    throw new TypeError('url must be https')
  })
  await expect(retry(attempt)).rejects.toThrow(TypeError)
  expect(attempt).toHaveBeenCalledTimes(1)
})

test('ends a pause with the reason of the signal', async () => {
  const caller = new AbortController()
  const ended = retry(async () => Promise.reject(fail({ retryAfterSeconds: 60 })), {
    signal: caller.signal,
  }).catch((error: unknown) => String(error))
  await vi.advanceTimersByTimeAsync(1000)
  caller.abort(new Error('the job was cancelled'))
  expect(await ended).toBe('Error: the job was cancelled')
})

test('reports each pause before it begins', async () => {
  const told: [string, number][] = []
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  const onPause = (error: ExchangeError, milliseconds: number) =>
    told.push([error.description, milliseconds])
  await run(
    (turn) => (turn === 1 ? fail({ retryAfterSeconds: 8 }) : turn === 2 ? fail() : 'good'),
    {
      onPause,
    },
  )
  expect(told).toEqual([
    ['no answer', 9000],
    ['no answer', 500],
  ])
})

test('the pause limit grows to five seconds, and a pause is a random part of it', () => {
  const longest = vi.spyOn(Math, 'random').mockReturnValue(1)
  expect([1, 2, 3, 4, 5, 60].map((tries) => pauseAfter(tries))).toEqual([
    500, 1000, 2000, 4000, 5000, 5000,
  ])
  longest.mockReturnValue(0)
  expect([pauseAfter(3), pauseAfter(1, 60)]).toEqual([0, 60_000])
})
