import { describe, expect, it } from 'vitest'
import { readCorpus } from '../../scripts/fuzz/corpus.ts'
import { TARGETS } from '../../scripts/fuzz/targets.ts'

describe('what fuzzing has found', () => {
  it.each(TARGETS)('$name keeps its promises for every seed and every kept input', (target) => {
    const kept = readCorpus(target.name)
    expect(kept.length).toBeGreaterThan(0)
    const outcomes = [...target.seeds.map((seed) => Buffer.from(seed)), ...kept].map(target.run)
    // The inputs were kept because each made something else happen.
    expect(new Set(outcomes).size).toBeGreaterThan(2)
  })
})
