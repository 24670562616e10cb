/** The memory of a verifier has an upper limit, for any number of tokens and outages. */
import { describe, expect, test, vi } from 'vitest'
import { createRevocationCheck } from '../../src/verify/introspection.ts'
import { createLoadGate } from '../../src/verify/keys/load-gate.ts'
import { LOAD_ABANDONED_SECONDS, MAX_REMEMBERED_ANSWERS } from '../../src/verify/limits.ts'

const NOW = 1_800_000_000

/** Counts the requests that reach the gateway. */
function newCheck(isActive: boolean | Promise<boolean> = true) {
  const questions: string[] = []
  const check = createRevocationCheck(60, async () => 'https://sts.example.com/introspect', {
    now: () => NOW,
    fetch: async (_, init) => {
      questions.push(String(init?.body))
      return Response.json({ active: await isActive })
    },
  })
  return {
    questions,
    asked: () => questions.length,
    verify: (name: number) => {
      const verified = { subject: 'job', scopes: [], clientId: 'rule', actors: [], claims: {} }
      const expiresAt = NOW + 600
      return check(`h.${name}.s`, { ...verified, expiresAt }, {}).catch(() => undefined)
    },
  }
}

describe('REV-02 answers about revocation', () => {
  for (const isActive of [true, false]) {
    test(`${isActive ? 'active' : 'revoked'}: each answer above the limit removes the oldest one`, async () => {
      const { verify, asked } = newCheck(isActive)
      const extra = 10
      for (let name = 0; name < MAX_REMEMBERED_ANSWERS + extra; name += 1) await verify(name)
      const before = asked()
      // The newest answers are all cached, and reading them changes nothing.
      for (let name = extra; name < MAX_REMEMBERED_ANSWERS + extra; name += 1) await verify(name)
      expect(asked()).toBe(before)
      // The oldest are not cached, so each causes a new request.
      for (let name = 0; name < extra; name += 1) await verify(name)
      expect(asked()).toBe(before + extra)
    })
  }
})

describe('questions about revocation in progress', () => {
  test('each one above the limit removes the oldest mark', async () => {
    const { verify, questions } = newCheck(new Promise<boolean>(() => {}))
    for (let name = 0; name <= MAX_REMEMBERED_ANSWERS; name += 1) {
      verify(name)
      // One after the other: digests that are made together end in any order.
      while (questions.length === name) await new Promise((resolve) => setImmediate(resolve))
    }
    // The first one waits for the question in progress. The other one is not known to be asked about.
    verify(MAX_REMEMBERED_ANSWERS)
    verify(0)
    await vi.waitUntil(() => questions.length === MAX_REMEMBERED_ANSWERS + 3, { timeout: 30_000 })
    expect(questions.slice(-2)).toEqual(['token=h.0.s', `token=h.${MAX_REMEMBERED_ANSWERS}.s`])
  })
})

describe('key loads in progress', () => {
  test('are limited, and those that never end are forgotten', () => {
    let now = NOW
    const gate = createLoadGate(() => now)
    const enter = () => Array.from({ length: 1000 }, () => gate.enter()).filter(Boolean).length
    expect(enter()).toBe(1)
    now += LOAD_ABANDONED_SECONDS
    expect(enter()).toBe(1)
    now += LOAD_ABANDONED_SECONDS
    expect(gate.isBusy()).toBe(false)
  })
})
