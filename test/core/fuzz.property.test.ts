import { describe, expect, it } from 'vitest'
import { readCorpus } from '../../scripts/fuzz/corpus.ts'
import { TARGETS } from '../../scripts/fuzz/targets.ts'

describe('the fuzz targets', () => {
  it.each(TARGETS)('$name keeps its invariants for every seed and every stored input', (target) => {
    const kept = readCorpus(target.name)
    expect(kept.length).toBeGreaterThan(0)
    const outcomes = [...target.seeds.map((seed) => Buffer.from(seed)), ...kept].map(target.run)
    // The inputs were stored because each has a different outcome.
    expect(new Set(outcomes).size).toBeGreaterThan(2)
  })
})
