/** The steps of an expression are limited, so that no token can make it expensive (RULE-20). */
import { describe, expect, it } from 'vitest'
import { MAX_EXPRESSION_STEPS, MAX_LIST_ELEMENTS } from '../../../../../src/core/limits.ts'
import { evaluateExpression } from '../../../../../src/core/policy/language/expression/evaluate.ts'
import { compile, holds } from '../../support/expression.ts'

const names = (length: number) => Array.from({ length }, (_, index) => `g${index}`)
const full = { list: names(MAX_LIST_ELEMENTS), other: names(MAX_LIST_ELEMENTS) }

describe('the work of an evaluation', () => {
  it('stops in a loop that compares whole lists: the result is unknown', () => {
    expect(holds('claims.list.all(x, claims.list == claims.other)', full)).toBe(undefined)
    expect(holds('claims.list.exists(x, x in claims.other && x == "g511")', full)).toBe(undefined)
    expect(holds('!claims.list.all(x, claims.list == claims.other) || true', full)).toBe(undefined)
    expect(holds('claims.list == claims.other', full)).toBe(true)
  })

  it.each([
    'claims.list.all(x, claims.deep == claims.deep)',
    'claims.list.all(x, size(claims.list + claims.list + claims.list) > 0)',
    'claims.list.all(x, claims.long.split("").join("").contains(claims.long))',
    'claims.list.all(x, claims.exists == claims.exists)',
    `claims.list.all(x, ${Array(60).fill('claims.deep').join(' == ')})`,
  ])('is counted in steps: %s', (source) => {
    const deep = Array.from({ length: 16 }, () => names(MAX_LIST_ELEMENTS))
    const claims = { ...full, deep, long: 'x'.repeat(1024), exists: names(200) }
    const expression = compile(source)
    if (typeof expression === 'string') throw new Error(expression)
    const work = { steps: 0 }
    expect(evaluateExpression(expression.tree, claims, {}, work)).toBe(undefined)
    // The last step may exceed the limit by the size of one list or object.
    expect(work.steps).toBeGreaterThan(MAX_EXPRESSION_STEPS)
    expect(work.steps).toBeLessThan(MAX_EXPRESSION_STEPS + 16 * MAX_LIST_ELEMENTS * 2)
  })
})
