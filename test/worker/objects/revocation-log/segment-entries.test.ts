import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { writeSet } from '../../../../src/core/tokens/revocation-set.ts'
import {
  countEntries,
  endsOf,
  mergeEntries,
  packEntries,
  prefixesOf,
  type SegmentEntry,
} from '../../../../src/worker/objects/revocation-log/segment-entries.ts'

const half = fc.oneof(fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 1), fc.nat(3))
const entry = fc.record({ high: half, low: half, endsAt: fc.integer({ min: 1, max: 9 }) })
const list = fc.uniqueArray(entry, { selector: ({ high, low }) => `${high} ${low}` })

/** The same by way of a Map. */
function mergeLists(a: readonly SegmentEntry[], b: readonly SegmentEntry[], at: number) {
  const merged = new Map<string, SegmentEntry>()
  for (const one of [...a, ...b].filter(({ endsAt }) => endsAt > at)) {
    const name = `${one.high} ${one.low}`
    if ((merged.get(name)?.endsAt ?? 0) < one.endsAt) merged.set(name, one)
  }
  return [...merged.values()]
}

describe('two merged segments', () => {
  it('contain what a Map of both contains, without what has ended', () => {
    fc.assert(
      fc.property(list, list, fc.nat(10), (a, b, at) => {
        const expected = mergeLists(a, b, at)
        const merged = mergeEntries(packEntries(a), packEntries(b), at)
        expect(merged).toEqual(packEntries(expected))
        expect(countEntries(merged)).toBe(expected.length)
        expect(prefixesOf(merged)).toEqual(writeSet(expected))
      }),
    )
  })
})

describe('the ends of a segment', () => {
  it('are the last one and one by which at least half has ended', () => {
    fc.assert(
      fc.property(
        list.filter(({ length }) => length > 0),
        (entries) => {
          const { endsAt, halfEndsAt } = endsOf(packEntries(entries))
          const ends = entries.map((one) => one.endsAt)
          expect(endsAt).toBe(Math.max(...ends))
          expect(2 * ends.filter((end) => end <= halfEndsAt).length).toBeGreaterThanOrEqual(
            ends.length,
          )
          expect(2 * ends.filter((end) => end < halfEndsAt).length).toBeLessThanOrEqual(ends.length)
        },
      ),
    )
  })

  it('after the year 2106 count as the last moment of four bytes', () => {
    expect(endsOf(packEntries([{ high: 0, low: 0, endsAt: 2 ** 40 }])).endsAt).toBe(2 ** 32 - 1)
  })
})
