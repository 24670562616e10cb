/**
 * The known differences from the library @marcbachmann/cel-js, which parsed the conditions of
 * version 0.2.0. The CEL specification decides each but one: a relation behind == is refused, because
 * the specification would silently change the meaning of stored conditions.
 */
import { describe, expect, it } from 'vitest'
import { parseOurs, parseWithLibrary } from '../../../support/expression-library.ts'
import { show } from '../../../support/expression-tree.ts'

describe('an expression that the specification allows and the library refuses', () => {
  it.each([
    ['a raw text that ends in a backslash', 'claims.a == r"\\"'],
    ['a loop variable named prototype', 'claims.a.exists(prototype, prototype == "x")'],
    ['a loop variable named __proto__', 'claims.a.exists(__proto__, __proto__ == "x")'],
    ['32 members in a row', `claims${'.a'.repeat(32)} == "x"`],
    ['32 nested parentheses', `${'('.repeat(32)}true${')'.repeat(32)}`],
  ])('%s', (_, source) => {
    expect(parseOurs(source)).toBeTypeOf('object')
    expect(parseWithLibrary(source)).toBe('refused')
  })
})

describe('an expression that the library accepts and the specification refuses', () => {
  it('a raw text with a quote behind a backslash', () => {
    const source = 'claims.a == r"\\"x"'
    expect(parseWithLibrary(source)).toBeTypeOf('object')
    expect(parseOurs(source)).toContain('unexpected x at line 1, column 17')
  })
})

describe('an expression that the two read differently', () => {
  it('a comment ends at a carriage return, which the library reads as a part of it', () => {
    const source = 'true // x\r&& false'
    expect(show(source)).toBe('(true && false)')
    expect(parseWithLibrary(source)).toMatchObject({ op: 'literal', value: true })
  })

  it.each([
    'true == claims.a in claims.b',
    'false != claims.a < claims.b',
    'claims.x || true == claims.a in claims.b',
  ])(
    'a relation behind == is refused, because its parts could be read in two ways: %s',
    (source) => {
      expect(parseWithLibrary(source)).toBeTypeOf('object')
      expect(parseOurs(source)).toContain('without parentheses')
    },
  )
})

describe('an expression that the grammar refuses and both accept, because it has one meaning', () => {
  it.each([
    ['a choice between ? and :', 'true ? claims.a ? true : false : false'],
    ['! and - in one row', '!-[claims.a, 1][0]'],
    ['a comma behind the last operand', 'claims.a.startsWith("x",)'],
  ])('%s', (_, source) => {
    expect(parseOurs(source)).toBeTypeOf('object')
    expect(parseWithLibrary(source)).toEqual(parseOurs(source))
  })
})
