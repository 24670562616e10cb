import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatDecisionId } from '../../../src/contract/decisions/id.ts'
import type { DecisionPosition } from '../../../src/contract/decisions/query.ts'
import { comparePositions } from '../../../src/core/decisions/match.ts'
import { mergePages, type ShardPage } from '../../../src/core/decisions/merge-pages.ts'

/**
 * Answers like a shard: the newest records after a position. It reads at most `reads` records of each
 * call, and says up to which time it has searched.
 */
function pageOf(
  records: readonly DecisionPosition[],
  before: DecisionPosition | undefined,
  limit: number,
  reads: number,
): ShardPage<DecisionPosition> {
  const rest = records
    .filter((record) => before === undefined || comparePositions(before, record) < 0)
    .toSorted(comparePositions)
  const next = rest[reads]
  if (next === undefined) return { records: rest.slice(0, limit) }
  const found = rest.slice(0, reads).filter(({ at }) => at > next.at)
  return { records: found.slice(0, limit), searchedTo: next.at }
}

/** A time has at most this many records in one shard. */
const SAME_TIME = 4

const shards = fc.array(
  fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: SAME_TIME - 1 })), {
    maxLength: 60,
    size: 'max',
  }),
  { minLength: 1, maxLength: 5 },
)

function recordsOf(numbers: readonly (readonly [number, number])[], shard: number) {
  const ids = numbers.map(([at, random]) => {
    const bytes = new Uint8Array(9)
    new DataView(bytes.buffer).setUint16(0, random)
    return [formatDecisionId({ shard, at }, bytes), at] as const
  })
  return [...new Map(ids)].map(([id, at]) => ({ at, id }))
}

it('LOG-09 returns the same records with pages of any size as with one large page', () => {
  let stops = 0
  fc.assert(
    fc.property(
      shards,
      fc.integer({ min: 1, max: 20 }),
      // More than the records of one time, so that each call makes progress.
      fc.integer({ min: SAME_TIME + 1, max: 25 }),
      (drawn, limit, reads) => {
        const stored = drawn.map(recordsOf)
        const all = stored.flat().toSorted(comparePositions)
        const paged: DecisionPosition[] = []
        let before: DecisionPosition | undefined
        let pages = 0
        do {
          const answers = stored.map((records) => pageOf(records, before, limit, reads))
          stops += answers.filter(({ searchedTo }) => searchedTo !== undefined).length
          const { records, next } = mergePages(answers, limit)
          expect(records.length).toBeLessThanOrEqual(limit)
          paged.push(...records)
          before = next
          pages += 1
        } while (before !== undefined && pages < 2000)
        expect(paged).toEqual(all)
      },
    ),
    { numRuns: 300 },
  )
  // Otherwise, the property would only be about shards that search everything.
  expect(stops).toBeGreaterThan(300)
})

it('ends a page where a shard stopped, and goes on there', () => {
  const id = (shard: number) => formatDecisionId({ shard, at: 5 }, new Uint8Array(9))
  const whole = { records: [9, 8, 5, 4].map((at) => ({ at, id: id(0) })) }
  const stopped = { records: [{ at: 7, id: id(1) }], searchedTo: 5 }
  const { records, next } = mergePages([whole, stopped], 10)
  expect(records.map(({ at }) => at)).toEqual([9, 8, 7])
  expect(next).toEqual({ at: 5, id: '~' })
})

it('has no next page only if every shard has ended', () => {
  const one = { at: 1, id: 'a' }
  expect(mergePages([{ records: [one] }, { records: [] }], 1).next).toEqual(one)
  expect(mergePages([{ records: [one] }], 2).next).toBeUndefined()
  expect(mergePages([{ records: [] }], 1).next).toBeUndefined()
  expect(mergePages([{ records: [], searchedTo: 0 }], 1).next).toEqual({ at: 0, id: '~' })
})
