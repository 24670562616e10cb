import { describe, expect, it } from 'vitest'
import { createProofMemory, proofIdOf } from '../../../src/protocol/dpop/proof-memory.ts'

const NOW = 1_800_000_000
const proof = (jti: string, endsAt = NOW + 60, jkt = 'key') => ({ jkt, jti, endsAt })

describe('the memory of proofs', () => {
  it('DP-09 knows each proof by its key and its jti', () => {
    const claim = createProofMemory(10)
    expect(claim(proof('a'), NOW)).toBe('new')
    expect(claim(proof('a'), NOW)).toBe('known')
    expect(claim(proof('b'), NOW)).toBe('new')
    expect(claim(proof('a', NOW + 60, 'other'), NOW)).toBe('new')
  })

  it('DP-09 knows a jti that a second proof of the same key repeats', () => {
    const claim = createProofMemory(10)
    claim(proof('a'), NOW)
    expect(claim(proof('a', NOW + 61), NOW)).toBe('known')
  })

  it('knows a proof until the last second in which it is accepted', () => {
    const claim = createProofMemory(10)
    claim(proof('a'), NOW)
    expect(claim(proof('a'), NOW + 60)).toBe('known')
  })

  it('DPOP-02 refuses proofs of an age that it has forgotten when it is full', () => {
    const claim = createProofMemory(3)
    claim(proof('a', NOW + 50), NOW)
    claim(proof('b', NOW + 50), NOW)
    claim(proof('c', NOW + 55), NOW)
    expect(claim(proof('d', NOW + 60), NOW)).toBe('new')
    // These two were forgotten, so they may have been used.
    expect(claim(proof('a', NOW + 50), NOW)).toBe('forgotten')
    expect(claim(proof('never used', NOW + 50), NOW)).toBe('forgotten')
    expect(claim(proof('c', NOW + 55), NOW)).toBe('known')
    expect(claim(proof('e', NOW + 51), NOW)).toBe('new')
  })

  it('DPOP-02 refuses instead of forgetting when a caller fills it with proofs of the future', () => {
    const claim = createProofMemory(4)
    for (const jti of ['a', 'b', 'c', 'd']) claim(proof(jti, NOW + 120), NOW)
    expect(claim(proof('fresh'), NOW + 1)).toBe('forgotten')
    expect(claim(proof('later', NOW + 121), NOW + 61)).toBe('new')
  })

  it('DPOP-02 refuses every proof of an age that it forgot, after the clock was set back', () => {
    const claim = createProofMemory(10)
    for (const endsAt of [NOW + 100, NOW + 50]) claim(proof(`jti-${endsAt}`, endsAt), NOW)
    claim(proof('much later', NOW + 260), NOW + 200)
    expect(claim(proof(`jti-${NOW + 100}`, NOW + 100), NOW)).toBe('forgotten')
  })

  it('never has more than its capacity', () => {
    const claim = createProofMemory(100)
    const claims = Array.from({ length: 1000 }, (_, index) =>
      claim(proof(`jti-${index}`, NOW + 60 + Math.floor(index / 50)), NOW),
    )
    expect(claims.filter((one) => one === 'new').length).toBe(1000)
    expect(claim(proof('jti-999', NOW + 79), NOW)).toBe('known')
    expect(claim(proof('jti-0'), NOW)).toBe('forgotten')
  })

  it('has ids of one length, whatever the jti', () => {
    expect(proofIdOf(proof('x'.repeat(128)))).toMatch(/^[\w-]{43}$/)
    expect(proofIdOf(proof('a'))).not.toBe(proofIdOf(proof('b')))
  })
})
