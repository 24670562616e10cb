/** The list of decisions while newer and older ones arrive. */
import { describe, expect, test } from 'vitest'
import {
  followFrom,
  limitFollowed,
  mergeDecisions,
} from '../../../../src/console/pages/decisions/merge.ts'
import type { DecisionRecord } from '../../../../src/contract/decisions/record.ts'

const record = (at: number, id = `dec_${at}`): DecisionRecord => ({
  v: 1,
  id,
  at,
  outcome: 'granted',
})

test('adds what is not in the list, the newest first', () => {
  const known = [record(5), record(3)]
  const { decisions, added } = mergeDecisions(known, [record(4), record(5), record(6)])
  expect(decisions.map(({ at }) => at)).toEqual([6, 5, 4, 3])
  expect(added).toBe(2)
})

test('returns the same list if nothing is new, so that nothing is drawn again', () => {
  const known = [record(5)]
  expect(mergeDecisions(known, [record(5)]).decisions).toBe(known)
})

test('orders decisions of the same millisecond by id', () => {
  const ids = mergeDecisions([record(1, 'dec_b')], [record(1, 'dec_c'), record(1, 'dec_a')])
  expect(ids.decisions.map(({ id }) => id)).toEqual(['dec_c', 'dec_b', 'dec_a'])
})

test('keeps the newest 1,000 while it follows', () => {
  const many = Array.from({ length: 1001 }, (_, index) => record(2000 - index))
  const kept = limitFollowed(many)
  expect(kept).toHaveLength(1000)
  expect(kept[0]?.at).toBe(2000)
  expect(limitFollowed(kept)).toBe(kept)
})

describe('the next question', () => {
  test('begins before the newest decision, because decisions arrive late', () => {
    expect(followFrom(1_795_000_020_999, 0)).toBe(1_795_000_005)
  })

  test('begins before the start if there was no decision', () => {
    expect(followFrom(undefined, 1_795_000_020_000)).toBe(1_795_000_005)
    expect(followFrom(undefined, 0)).toBe(0)
  })
})
