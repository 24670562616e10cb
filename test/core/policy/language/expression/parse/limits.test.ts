/** The limits of an expression bound the work and the stack of the parser itself (RULE-07, RULE-20). */
import { describe, expect, it, vi } from 'vitest'
import { MAX_VALUES_PER_CONDITION } from '../../../../../../src/contract/limits.ts'
import { MAX_EXPRESSION_DEPTH, MAX_EXPRESSION_NODES } from '../../../../../../src/core/limits.ts'
import { show } from '../../../support/expression-tree.ts'

const NODES = /^has more than 320 nodes at line 1, column \d+: use several rules$/
const DEPTH = /^nests more than 32 levels deep at line 1, column \d+: use several rules$/
const VALUES = /^has a list of more than 256 values at line 1, column \d+: use several rules$/

/** The parts that the specification requires of every parser, and that a limit must not refuse. */
describe('a row of 32 is accepted', () => {
  const row = (text: string) => text.repeat(32)
  it.each([
    ['nested parentheses', `${row('(')}7${row(')')}`],
    ['nested lists', `${row('[')}7${row(']')}`],
    ['nested indexes', `a${row('[a')}${row(']')}`],
    ['nested calls', `${row('f(')}7${row(')')}`],
    ['choices', `${row('true ? true : ')}false`],
    ['||', `true${row(' || true')}`],
    ['&&', `true${row(' && true')}`],
    ['relations', `1${row(' == 1')}`],
    ['+', `1${row(' + 1')}`],
    ['*', `1${row(' * 1')}`],
    ['!', `${row('!')}true`],
    ['-', `${row('-')}19`],
    ['members', `a${row('.a')}`],
    ['indexes', `a${row('[0]')}`],
    ['methods', `a${row('.f()')}`],
    ['operands', `f(1${row(', 1')})`],
    ['elements', `[1${row(', 1')}]`],
  ])('if it is one of %s', (_, source) => {
    expect(show(source)).not.toMatch(/ at line 1/)
  })
})

describe('the number of nodes', () => {
  const few = (size: number) => Math.floor((size - 1) / 2)
  it.each([
    ['!', (size: number) => `${'!'.repeat(size - 1)}true`],
    ['-', (size: number) => `${'-'.repeat(size - 1)}1`],
    ['-!', (size: number) => `${'-!'.repeat(few(size))}${size % 2 === 0 ? '-' : ''}1`],
    ['members', (size: number) => `a${'.a'.repeat(size - 1)}`],
    ['methods', (size: number) => `a${'.f()'.repeat(size - 1)}`],
    ['operands', (size: number) => `f(${'1,'.repeat(size - 1)})`],
    ['indexes', (size: number) => `${size % 2 === 0 ? '!' : ''}a${'[0]'.repeat(few(size))}`],
    ['&&', (size: number) => `${size % 2 === 0 ? '!' : ''}a${'&&a'.repeat(few(size))}`],
    ['+', (size: number) => `${size % 2 === 0 ? '-' : ''}1${'+1'.repeat(few(size))}`],
  ])('is limited in a row of %s', (_, ofSize) => {
    expect(show(ofSize(MAX_EXPRESSION_NODES))).not.toMatch(/ at line 1/)
    expect(show(ofSize(MAX_EXPRESSION_NODES + 1))).toMatch(NODES)
    expect(show(ofSize(100_000))).toMatch(NODES)
  })
})

describe('the depth', () => {
  it.each([
    ['parentheses', '(', '1', ')'],
    ['lists', '[', '1', ']'],
    ['indexes', 'a[', '1', ']'],
    ['calls', 'f(', '1', ')'],
    ['methods', 'a.f(', '1', ')'],
    ['negated parentheses', '!(', 'a', ')'],
    ['operands on the right', '1+(', '1', ')'],
    ['choices', 'a?b:', 'c', ''],
    ['choices in the middle', 'a?', 'b', ':c'],
  ])('is limited for %s', (_, open, inner, close) => {
    const nested = (depth: number) => open.repeat(depth) + inner + close.repeat(depth)
    expect(show(nested(MAX_EXPRESSION_DEPTH))).not.toMatch(/ at line 1/)
    expect(show(nested(MAX_EXPRESSION_DEPTH + 1))).toMatch(DEPTH)
    expect(show(nested(100_000))).toMatch(DEPTH)
    expect(show(open.repeat(100_000))).toMatch(DEPTH)
  })

  it('counts only what is open at one time', () => {
    expect(show(`${'(1)+'.repeat(100)}1`)).not.toMatch(/ at line 1/)
    const nested = `${'['.repeat(32)}1${']'.repeat(32)}`
    expect(show(`${nested} + ${nested} == f(1)`)).not.toMatch(/ at line 1/)
  })
})

it('the number of elements of a list is limited', () => {
  const list = (length: number) => `[${Array(length).fill('1').join(',')}]`
  expect(show(list(MAX_VALUES_PER_CONDITION))).not.toMatch(/ at line 1/)
  expect(show(`${list(MAX_VALUES_PER_CONDITION).slice(0, -1)},]`)).not.toMatch(/ at line 1/)
  expect(show(list(MAX_VALUES_PER_CONDITION + 1))).toMatch(VALUES)
  expect(show(list(100_000))).toMatch(VALUES)
})

/**
 * The work of a parse: the matches of patterns with their characters, and the single characters
 * that are read.
 */
function countSteps(source: string): number {
  const { exec } = RegExp.prototype
  const { charAt } = String.prototype
  let steps = 0
  const spies = [
    vi.spyOn(RegExp.prototype, 'exec').mockImplementation(function (this: RegExp, text: string) {
      const match = exec.call(this, text)
      steps += 1 + (match?.[0].length ?? 0)
      return match
    }),
    vi.spyOn(String.prototype, 'charAt').mockImplementation(function (this: string, index) {
      steps += 1
      return charAt.call(this, index)
    }),
  ]
  try {
    show(source)
    return steps
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}

describe('the number of steps is linear in the length', () => {
  const long = 200_000
  it.each([
    ['blanks', ' '.repeat(long)],
    ['comments', '//\n'.repeat(long / 4)],
    ['slashes', '/'.repeat(long)],
    ['a text', `"${'a'.repeat(long)}"`],
    ['a text without an end', `"${'a'.repeat(long)}`],
    ['quotes in a long text', `"""${'"a'.repeat(long / 2)}`],
    ['escapes', `"${'\\n'.repeat(long / 2)}"`],
    ['backslashes', `"${'\\'.repeat(long)}`],
    ['a raw text of backslashes', `r"${'\\'.repeat(long)}"`],
    ['a name', 'a'.repeat(long)],
    ['an integer', '9'.repeat(long / 10)],
    ['a fraction', `1.${'9'.repeat(long)}`],
    ['an exponent', `1e${'9'.repeat(long)}`],
    ['quotes', '"'.repeat(long)],
    ['closed parentheses', ')'.repeat(long)],
  ])('for %s', (_, source) => {
    const steps = countSteps(source)
    expect(steps).toBeGreaterThan(0)
    // A quadratic parser takes thousands of steps for each character.
    expect(steps).toBeLessThanOrEqual(4 * source.length + 20)
  })
})
