/** The size, the depth, the lists and the texts of an expression have bounds (RULE-20). */
import { describe, expect, it } from 'vitest'
import { MAX_VALUES_PER_CONDITION } from '../../../../../src/contract/limits.ts'
import {
  MAX_CLAIM_CHARACTERS,
  MAX_EXPRESSION_DEPTH,
  MAX_EXPRESSION_NODES,
  MAX_EXPRESSION_TEXT_CHARACTERS,
  MAX_LIST_ELEMENTS,
} from '../../../../../src/core/limits.ts'
import { faultOf, holds } from '../../support/expression.ts'

const names = (length: number) => Array.from({ length }, (_, index) => `g${index}`)

describe('the size of an expression', () => {
  const conjunction = (nodes: number) =>
    Array(Math.floor(nodes / 2))
      .fill('true')
      .join(' && ')

  it('is limited by its number of nodes', () => {
    expect(holds(conjunction(MAX_EXPRESSION_NODES))).toBe(true)
    expect(faultOf(conjunction(MAX_EXPRESSION_NODES + 4))).toMatch(
      /^has more than 320 nodes at line 1, column \d+: use several rules$/,
    )
  })

  it('is limited by its depth, to the minimum that CEL requires', () => {
    const nested = (depth: number) => `${'('.repeat(depth)}true${')'.repeat(depth)}`
    expect(holds(nested(MAX_EXPRESSION_DEPTH))).toBe(true)
    expect(faultOf(nested(MAX_EXPRESSION_DEPTH + 1))).toMatch(/^nests more than 32 levels deep at /)
  })

  it('allows a list with as many values as a condition', () => {
    const list = (length: number) => `claims.a in [${Array(length).fill('"xxxxxxx"').join(', ')}]`
    expect(holds(list(MAX_VALUES_PER_CONDITION), { a: 'xxxxxxx' })).toBe(true)
    expect(faultOf(list(MAX_VALUES_PER_CONDITION + 1))).toMatch(/^has a list of more than 256 /)
  })

  it.each(['!', '-'])('is limited for a row of %s', (operator) => {
    expect(faultOf(`${operator.repeat(4000)}1 == 1`)).toMatch(/^has more than 320|^nests more/)
  })
})

describe('the work of an evaluation', () => {
  it('allows one loop over the longest list in a long expression', () => {
    const tests = Array.from({ length: 35 }, (_, index) => `x == "y${index}"`).join(' || ')
    expect(
      holds(`claims.list.exists(x, ${tests} || x == "g511")`, { list: names(MAX_LIST_ELEMENTS) }),
    ).toBe(true)
  })

  it('counts the length of the texts and lists that a loop builds', () => {
    const list = names(MAX_LIST_ELEMENTS)
    const [text, parts] = ['x'.repeat(1024), Array(512).fill('x').join(',')]
    const longest = Array(12).fill('claims.a').join(' + ')
    const isLong = `size(${longest}) > 0`
    const isMany = 'size(claims.a.split(",")) > 0'
    expect([holds(isLong, { a: text }), holds(isMany, { a: parts })]).toEqual([true, true])
    expect(holds(`claims.list.all(x, ${isLong})`, { list, a: text })).toBe(undefined)
    expect(holds(`claims.list.all(x, ${isMany})`, { list, a: parts })).toBe(undefined)
  })

  it.each([
    ['reads', 'claims.list.all(x, size(claims.list) > 0)'],
    ['compares', `claims.lists.all(x, ${Array(40).fill('x == x').join(' && ')})`],
    ['joins', `claims.lists.all(x, size(${Array(40).fill('x').join(' + ')}) > 0)`],
  ])('counts the elements that a loop %s', (_, source) => {
    const claimsOf = (list: readonly string[]) => ({ list, lists: Array(16).fill(list) })
    expect(holds(source, claimsOf(names(8)))).toBe(true)
    expect(holds(source, claimsOf(names(MAX_LIST_ELEMENTS)))).toBe(undefined)
  })

  it('never builds a text longer than a token', () => {
    const a = 'x'.repeat(1024)
    const repeated = (times: number) => Array(times).fill('claims.a').join(' + ')
    const most = MAX_EXPRESSION_TEXT_CHARACTERS / 1024
    expect(holds(`size(${repeated(most)}) == ${MAX_EXPRESSION_TEXT_CHARACTERS}`, { a })).toBe(true)
    expect(holds(`size(${repeated(most + 1)}) > 0`, { a })).toBe(undefined)
    expect(holds('size(claims.b.join(claims.a)) > 0', { a, b: names(40) })).toBe(undefined)
  })

  it.each(['int', 'double'])('reads the longest claim of zeros, in %s', (convert) => {
    const zeros = '0'.repeat(MAX_CLAIM_CHARACTERS - 1)
    const list = Array.from({ length: MAX_LIST_ELEMENTS }, () => `${zeros}x`)
    // With a pattern of quadratic time, this takes a minute.
    const tests = Array(40).fill(`${convert}(x) == ${convert}(7)`).join(' || ')
    expect(holds(`claims.list.exists(x, ${tests})`, { list })).toBe(undefined)
    expect(holds(`${convert}(claims.a) == ${convert}(7)`, { a: `${zeros}7` })).toBe(true)
  })
})
