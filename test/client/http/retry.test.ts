/** The policy by itself: on a clock of the test's own, with chance taken out. */
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
  new ExchangeError({ code: 'unreachable', description: 'nobody is there', ...facts })

/** How it ended, after how many tries, and when each began. */
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
  // What would go on for ever has no end to wait for.
  await Promise.race([done, Promise.resolve()])
  const description = ended instanceof ExchangeError ? ended.description : undefined
  return { ended, description, begun, tries: begun.length }
}

describe.each([0, 0.5, 0.999])('with chance at %d', (chance) => {
  beforeEach(() => {
    vi.spyOn(Math, 'random').mockReturnValue(Math.max(chance, 0.05))
  })

  test('outlives ten seconds of failures', async () => {
    const startedAt = performance.now()
    const failing = () => (performance.now() - startedAt < 10_000 ? fail() : 'good')
    expect((await run(failing)).ended).toBe('good')
  })

  test('ends within its seconds, and says how often and how long it tried', async () => {
    const { description, begun, tries } = await run(() => fail())
    expect(begun.at(-1)).toBeGreaterThanOrEqual(15)
    expect(begun.at(-1)).toBeLessThanOrEqual(20)
    expect(description).toBe(`nobody is there; ${tries} tries in ${begun.at(-1)} seconds`)
  })

  test('waits out one minute of Retry-After, and no second one', async () => {
    const limited = () => fail({ code: 'temporarily_unavailable', retryAfterSeconds: 60 })
    const granted = await run((turn) => (turn === 1 ? limited() : 'good'))
    expect(granted.ended).toBe('good')
    expect(granted.begun[1]).toBeGreaterThanOrEqual(60)
    expect(granted.begun[1]).toBeLessThanOrEqual(75)
    expect((await run(limited)).tries).toBe(2)
  })
})

test('a minute of Retry-After takes nothing from the seconds for other failures', async () => {
  const outcomes = (turn: number) =>
    turn === 1 ? fail({ retryAfterSeconds: 60 }) : turn < 4 ? fail() : 'good'
  expect((await run(outcomes)).ended).toBe('good')
})

test('waits for 90 seconds and not for 91', async () => {
  const named = (seconds: number) =>
    run((turn) => (turn === 1 ? fail({ retryAfterSeconds: seconds }) : 'good'))
  expect((await named(90)).ended).toBe('good')
  expect((await named(91)).tries).toBe(1)
})

test('tries once where there are no seconds, and says nothing of tries', async () => {
  const { description, tries } = await run(() => fail({ retryAfterSeconds: 1 }), { seconds: 0 })
  expect([description, tries]).toEqual(['nobody is there', 1])
})

test('keeps what the error says beside its sentence', async () => {
  const facts = { status: 503, decisionId: 'dec_1', retryAfterSeconds: 50 }
  const { ended } = await run(() => fail({ ...facts, code: 'server_error' }))
  expect(ended).toMatchObject({ ...facts, code: 'server_error', isTemporary: true })
})

test('throws anything that is not the error of the door at once', async () => {
  const attempt = vi.fn(async () => {
    throw new TypeError('url must be https')
  })
  await expect(retry(attempt)).rejects.toThrow(TypeError)
  expect(attempt).toHaveBeenCalledTimes(1)
})

test('a signal ends the pause with its reason', async () => {
  const caller = new AbortController()
  const ended = retry(async () => Promise.reject(fail({ retryAfterSeconds: 60 })), {
    signal: caller.signal,
  }).catch((error: unknown) => String(error))
  await vi.advanceTimersByTimeAsync(1000)
  caller.abort(new Error('the job was cancelled'))
  expect(await ended).toBe('Error: the job was cancelled')
})

test('tells of each pause before it', async () => {
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
    ['nobody is there', 9000],
    ['nobody is there', 500],
  ])
})

test('pauses grow to five seconds, anywhere between nothing and all of it', () => {
  const longest = vi.spyOn(Math, 'random').mockReturnValue(1)
  expect([1, 2, 3, 4, 5, 60].map((tries) => pauseAfter(tries))).toEqual([
    500, 1000, 2000, 4000, 5000, 5000,
  ])
  longest.mockReturnValue(0)
  expect([pauseAfter(3), pauseAfter(1, 60)]).toEqual([0, 60_000])
})
