/** What a verifier remembers between requests is bounded, however many tokens and outages it meets. */
import { describe, expect, test } from 'vitest'
import { createRevocationCheck } from '../../src/verify/introspection.ts'
import { createLoadGate } from '../../src/verify/keys/load-gate.ts'
import {
  LOAD_ABANDONED_SECONDS,
  MAX_COLD_LOADS,
  MAX_REMEMBERED_ANSWERS,
} from '../../src/verify/limits.ts'

const NOW = 1_800_000_000

/** Counts the questions that reach the gateway. */
function newCheck(isActive = true) {
  let asked = 0
  const check = createRevocationCheck(60, async () => 'https://sts.example.com/introspect', {
    now: () => NOW,
    fetch: async () => {
      asked += 1
      return Response.json({ active: isActive })
    },
  })
  return {
    asked: () => asked,
    verify: (name: number) => check(`h.${name}.s`, NOW + 600, {}).catch(() => undefined),
  }
}

describe('REV-02 answers about revocation', () => {
  for (const isActive of [true, false]) {
    test(`${isActive ? 'active' : 'revoked'}: the oldest is forgotten for each beyond the bound`, async () => {
      const { verify, asked } = newCheck(isActive)
      const extra = 10
      for (let name = 0; name < MAX_REMEMBERED_ANSWERS + extra; name += 1) await verify(name)
      const before = asked()
      // The youngest are all remembered, and asking for them changes nothing.
      for (let name = extra; name < MAX_REMEMBERED_ANSWERS + extra; name += 1) await verify(name)
      expect(asked()).toBe(before)
      // The oldest are not: each is asked for again.
      for (let name = 0; name < extra; name += 1) await verify(name)
      expect(asked()).toBe(before + extra)
    })
  }
})

describe('loads of keys that are under way', () => {
  test('are at most so many, and those that never end are forgotten', () => {
    let now = NOW
    const gate = createLoadGate(() => now)
    const enter = () => Array.from({ length: 1000 }, () => gate.enter(false)).filter(Boolean).length
    expect(enter()).toBe(MAX_COLD_LOADS)
    now += LOAD_ABANDONED_SECONDS
    expect(enter()).toBe(MAX_COLD_LOADS)
    now += LOAD_ABANDONED_SECONDS
    expect(gate.isBusy()).toBe(false)
  })
})
