/** The list of decisions while newer and older ones arrive. */
import { describe, expect, test } from 'vitest'
import {
  addFollowed,
  followFrom,
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

describe('while it follows', () => {
  const all = (...decisions: DecisionRecord[]) => ({ decisions, complete: true })
  const some = (...decisions: DecisionRecord[]) => ({ decisions, complete: false })

  test('adds what is new', () => {
    const followed = addFollowed([record(5), record(3)], all(record(6), record(5)))
    expect(followed.decisions.map(({ at }) => at)).toEqual([6, 5, 3])
    expect(followed).toMatchObject({ added: 1, isCut: false })
  })

  test('returns the same list if nothing is new', () => {
    const known = [record(5)]
    expect(addFollowed(known, all(record(5))).decisions).toBe(known)
  })

  test('keeps the newest 1,000', () => {
    const many = Array.from({ length: 1000 }, (_, index) => record(2000 - index))
    const { decisions, isCut } = addFollowed(many, all(record(2001)))
    expect(decisions).toHaveLength(1000)
    expect(decisions[0]?.at).toBe(2001)
    expect(isCut).toBe(true)
  })

  test('drops what is before decisions that did not fit into the page', () => {
    const { decisions, isCut } = addFollowed([record(5)], some(record(9), record(8)))
    expect(decisions.map(({ at }) => at)).toEqual([9, 8])
    expect(isCut).toBe(true)
  })

  test('keeps what is before a page that reaches it, and says that late ones may be missing', () => {
    const followed = addFollowed([record(5), record(3)], some(record(6), record(5)))
    expect(followed.decisions.map(({ at }) => at)).toEqual([6, 5, 3])
    expect(followed.isCut).toBe(true)
  })

  test('keeps the list if a page without decisions is not the last one', () => {
    const known = [record(5)]
    expect(addFollowed(known, some())).toEqual({ decisions: known, added: 0, isCut: true })
  })
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
