/** The conditions of a rule as sentences. */
import { describe, expect, test } from 'vitest'
import { listConditions } from '../../../../src/console/pages/rule/describe-condition.ts'

describe('a condition', () => {
  test.each([
    ['a text', 'main', 'main'],
    ['a text that looks like a number', '42', '"42"'],
    ['a number', 42, '42'],
    ['a text that looks like a boolean', 'true', '"true"'],
    ['a text with spaces around it', ' main', '" main"'],
    ['a list', ['push', 'schedule'], 'one of push, schedule'],
    ['a list with one value', ['push'], 'push'],
    ['not', { not: ['a', 'b'] }, 'present, and not one of a, b'],
    ['a pattern', { glob: 'refs/tags/v*' }, 'matching refs/tags/v*'],
    ['a list claim', { contains: ['a', 'b'] }, 'a list with a and b'],
    ['presence', { exists: true }, 'present'],
    ['absence', { exists: false }, 'absent'],
    ['a range', { min: 1, max: 3 }, 'a number of at least 1 and at most 3'],
    ['a maximum', { max: 3 }, 'a number of at most 3'],
    ['an operator of a later release', { soundsLike: 'x' }, '{"soundsLike":"x"}'],
    ['nothing', null, 'null'],
  ])('of %s', (_, condition, text) => {
    expect(listConditions({ claim: condition })).toEqual([['claim', text]])
  })
})

test.each([undefined, null, 'text', 7])('%s instead of conditions has none', (when) => {
  expect(listConditions(when)).toEqual([])
})
