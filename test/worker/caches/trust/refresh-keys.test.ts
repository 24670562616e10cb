/** Which keys a request gets that asks for keys, or waits while another one asks. */
import { describe, expect, it, vi } from 'vitest'
import type { IssuerKeys } from '../../../../src/core/keys/issuer-keys.ts'
import { KEY_QUESTION_POLL_MILLISECONDS } from '../../../../src/core/limits.ts'
import { Unavailable } from '../../../../src/core/ports.ts'
import { createKeyQuestions } from '../../../../src/worker/caches/trust/key-questions.ts'
import { createRefreshKeys } from '../../../../src/worker/caches/trust/refresh-keys.ts'
import type { QuietAnswer } from '../../../../src/worker/trust-layers/trust-messages.ts'
import { shortenDeadlines } from '../../support/deadlines.ts'

const AT = 1_800_000_000
const SOURCE = 'https://issuer.example'

const setOf = (version: number, kid = 'k'): IssuerKeys => ({
  keys: version < 0 ? [] : [{ kty: 'EC', crv: 'P-256', kid, x: 'x', y: 'y' }],
  version,
  fetchedAt: AT,
})

/** An isolate with a set of keys. Its questions stay open until the test answers them. */
function newWorld(held: IssuerKeys) {
  let current = held
  const open: ((answer: IssuerKeys | QuietAnswer | null) => void)[] = []
  const refresh = createRefreshKeys({
    questions: createKeyQuestions(() => AT),
    ask: () => new Promise((resolve) => open.push(resolve)),
    current: () => current,
    add: (_, keys) => {
      if (current.version > 0 && keys.version > current.version) current = keys
    },
  })
  return {
    open,
    refresh: (...question: [keyId?: string, rejected?: number]) => refresh(SOURCE, ...question),
    replace: (keys: IssuerKeys) => {
      current = keys
    },
  }
}

describe('a request that waits for the question of another one', () => {
  it.each([
    ['about a set that did not verify', ['k', 1]],
    ['about a token without a key id', []],
  ] as [string, [keyId?: string, rejected?: number]][])(
    '%s gets the new set, not the one that it had',
    async (_, question) => {
      const { open, refresh } = newWorld(setOf(1))
      const { asked } = shortenDeadlines()
      const first = refresh(...question)
      const ends: unknown[] = []
      const second = refresh(...question).finally(() => ends.push('second'))
      const looks = () => asked.filter((one) => one === KEY_QUESTION_POLL_MILLISECONDS).length
      // It has looked at least once for an answer.
      await vi.waitFor(() => expect(looks() + ends.length).toBeGreaterThan(1), { timeout: 30_000 })
      open[0]?.(setOf(2))
      expect(await Promise.all([first, second])).toMatchObject([{ version: 2 }, { version: 2 }])
      expect(open).toHaveLength(1)
    },
  )
})

describe('a question about a set that did not verify', () => {
  it('is asked although one without a key id has just been answered', async () => {
    const { open, refresh } = newWorld(setOf(1))
    const first = refresh()
    await vi.waitFor(() => expect(open).toHaveLength(1), { timeout: 30_000 })
    open[0]?.(setOf(1))
    await first
    expect(await refresh()).toMatchObject({ version: 1 })
    const second = refresh(undefined, 1)
    await vi.waitFor(() => expect(open).toHaveLength(2), { timeout: 30_000 })
    open[1]?.(setOf(2))
    expect(await second).toMatchObject({ version: 2 })
  })
})

describe('NET-13 a late answer', () => {
  // The version -3 is the emptied set after version 2.
  it.each([
    [1, 2, 2],
    [2, 1, 2],
    [-3, 2, -3],
    [-3, 3, 3],
    [3, -3, 3],
    [2, -3, -3],
  ])(
    'to a request that has version %i by then, of version %i, gives version %i',
    async (present, answered, expected) => {
      const { open, refresh, replace } = newWorld(setOf(1))
      const asked = refresh('other')
      await vi.waitFor(() => expect(open).toHaveLength(1), { timeout: 30_000 })
      replace(setOf(present))
      open[0]?.(setOf(answered))
      expect((await asked)?.version).toBe(expected)
    },
  )
})

describe('a request with a key id that the isolate does not know', () => {
  async function ask() {
    const world = newWorld(setOf(1))
    const asked = world.refresh('other')
    await vi.waitFor(() => expect(world.open).toHaveLength(1), { timeout: 30_000 })
    return { ...world, asked }
  }

  it('gets the keys of the isolate if the reader of the region has not asked the store', async () => {
    const { open, asked } = await ask()
    open[0]?.({ quietSeconds: 10 })
    expect(await asked).toMatchObject({ version: 1 })
  })

  it('gets no keys if the store has none, whatever the isolate has', async () => {
    const { open, asked } = await ask()
    open[0]?.(null)
    expect(await asked).toBeUndefined()
  })

  it('NET-09 does not wait longer than its deadline for the store', async () => {
    shortenDeadlines()
    const { asked } = await ask()
    let failure: unknown
    asked.catch((error: unknown) => {
      failure = error
    })
    await vi.waitFor(() => expect(failure).toBeInstanceOf(Unavailable), { timeout: 30_000 })
  })
})
