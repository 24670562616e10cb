/** The error message of an invalid expression: the problem, its line and column, and the fix. */
import { describe, expect, it } from 'vitest'
import { compileTrust } from '../../../../../src/core/policy/compile/compile.ts'
import { CEILINGS } from '../../../../support/core-world.ts'
import { allow, documentOf } from '../../support/decide.ts'
import { faultOf, holds } from '../../support/expression.ts'

describe('a syntax fault', () => {
  it.each([
    ['claims.a ==', 'unexpected end of the expression at line 1, column 12'],
    ['claims.a = "x"', 'unexpected = at line 1, column 10: CEL writes =='],
    ['claims.a and claims.b', 'unexpected and at line 1, column 10: CEL writes &&'],
    ['claims.a == "x" & claims.b', 'unexpected & at line 1, column 17: CEL writes &&'],
    ['(claims.a == "x"', 'expected ), got end of the expression at line 1, column 17'],
    ['claims.a && && claims.b', 'unexpected && at line 1, column 13'],
    ['claims.a == ) "x"', 'unexpected ) at line 1, column 13'],
    ['claims.list[0 == "x"', 'expected ], got end of the expression at line 1, column 21'],
    ['claims."a" == "x"', 'expected a name, got "a" at line 1, column 8'],
    ['claims.in == "x"', 'expected a name, got in at line 1, column 8'],
    ['claims.a ? "x" "y"', 'expected :, got "y" at line 1, column 16'],
    ['claims.a in ("x", "y")', 'expected ), got , at line 1, column 17'],
    ['1 + "é" "x‮"', 'is not an expression: unexpected'],
    ['claims.a == "x', 'unterminated string at line 1, column 13'],
    ['claims.a == "x\\q"', 'invalid escape sequence: \\q at line 1, column 15'],
    ['claims.a ==\n  "x" &&\n  claims.b = 1', 'unexpected = at line 3, column 12'],
    ['claims.a ==\r\n"x" =', 'unexpected = at line 2, column 5'],
    ['"🐱🐱" = claims.a', 'unexpected = at line 1, column 6'],
    ['claims.a == “x”', 'unexpected character U+201C at line 1, column 13'],
    ['claims.a\u200b == "x"', 'unexpected character U+200B at line 1, column 9'],
    ['\ufeffclaims.a == "x"', 'unexpected character U+FEFF at line 1, column 1'],
    ['claims.\u202ea == "x"', 'unexpected character U+202E at line 1, column 8'],
    ['clаims.a == "x"', 'unexpected character U+0430 at line 1, column 3'],
    ['claims.a\u00a0== "x"', 'unexpected character U+00A0 at line 1, column 9'],
    ['if == 1', 'reserved identifier: if at line 1, column 1'],
    ['', 'unexpected end of the expression at line 1, column 1'],
  ])('%j', (source, fault) => {
    expect(faultOf(source)).toMatch(/^is not an expression: .* at line \d+, column \d+/)
    expect(faultOf(source)).toContain(fault)
  })
})

describe('a control character', () => {
  it.each([
    ['\u0000', 'U+0000'],
    ['\u0007', 'U+0007'],
    ['\u000b', 'U+000B'],
    ['\u000c', 'U+000C'],
    ['\u001b', 'U+001B'],
    ['\u007f', 'U+007F'],
    ['\u0085', 'U+0085'],
    ['\u2028', 'U+2028'],
    ['\u2029', 'U+2029'],
    ['\ud800', 'U+D800'],
  ])('%j is refused in a text, between texts and in a comment', (character, name) => {
    const fault = `has the control character ${name} at line 2, column`
    expect(faultOf(`true &&\nclaims.a == "x${character}"`)).toBe(`${fault} 15: remove it`)
    expect(faultOf(`true &&\n${character}claims.a == "x"`)).toBe(`${fault} 1: remove it`)
    expect(faultOf(`true ||\nfalse // ${character}`)).toBe(`${fault} 10: remove it`)
  })

  it.each(['\\u0000', '\\x00', '\\000', '\\n', '\\t', '\\u2028', '\\U00000085'])(
    'is refused where a text has it as %s',
    (escaped) => {
      expect(faultOf(`claims.a == "x${escaped}"`)).toBe(
        'has a text with a control character at line 1, column 13: no readable claim contains a control character',
      )
    },
  )

  it('is allowed between the parts of an expression if it is a tab, line feed or carriage return', () => {
    expect(holds('claims.a\t==\r\n"x" // why\n', { a: 'x' })).toBe(true)
    expect(faultOf('claims.a == """x\ny"""')).toContain('a text with a control character')
  })

  it('does not include invisible characters in a text, which lint reports', () => {
    expect(holds('claims.a == "x\u200b"', { a: 'x\u200b' })).toBe(true)
    expect(holds('claims.a == "x\u200b"', { a: 'x' })).toBe(false)
  })
})

describe('an error message quotes only a part of the expression', () => {
  const long = 'a'.repeat(3000)
  it.each([
    `${long} == 1`,
    `claims.a.${long}() == 1`,
    `request.${long} == 1`,
    `"x".${long} == 1`,
    `${'9'.repeat(3000)}u == 1`,
    `claims.a == ${long}(1)`,
    `claims.a.all(x, true) ${long}`,
  ])('with a long name: %#', (source) => {
    expect(faultOf(source).length).toBeLessThan(500)
    expect(faultOf(source)).toMatch(/… at line 1, column \d+/)
  })

  it('with the names of invisible characters', () => {
    expect(faultOf('claims.a == "x\\\u202e"')).toContain('invalid escape sequence: \\U+202E at')
    expect(faultOf('claims.a == "x\\\u200b"')).toMatch(/^[\x20-\x7e]+$/)
  })
})

describe('a call with wrong operands', () => {
  it.each([
    ['claims.a.startsWith(1)', 'startsWith needs string, not int, at line 1, column 21'],
    ['claims.a.startsWith()', 'startsWith has too few or too many operands at line 1, column 10'],
    ['claims.a.startsWith("a", "b")', 'startsWith has too few or too many operands'],
    ['claims.a.split(",", "2") == []', 'split needs int, not string, at line 1, column 21'],
    ['claims.a.split(",", 1, 2) == []', 'split has too few or too many operands'],
    ['"x".join() == "x"', 'join needs list, not string, at line 1, column 1'],
    ['size(1) == 1', 'size needs string or list or map, not int'],
    ['size() == 1', 'size has too few or too many operands'],
    ['int(true) == 1', 'int needs int or uint or double or string, not bool'],
    ['claims.a.lowerAscii("x") == "x"', 'lowerAscii has too few or too many operands'],
    ['request.asn.startsWith("3")', 'startsWith needs string, not int'],
  ])('is refused in %s: %s', (source, fault) => {
    expect(faultOf(source)).toContain(`does not type-check: ${fault}`)
  })
})

describe('in a trust document', () => {
  const problemsOf = (condition: string) => {
    const result = compileTrust(documentOf([allow('r', {}, {}, { condition })]), CEILINGS)
    return 'problems' in result ? result.problems : []
  }

  it('an invalid expression is reported with the path of the condition', () => {
    expect(problemsOf('assertion.sub == "x"')).toEqual([
      {
        code: 'expression_invalid',
        path: ['rules', 0, 'condition'],
        message: faultOf('assertion.sub == "x"'),
      },
    ])
  })

  it('an expression of 4,096 characters compiles, and a longer one is refused by the limit', () => {
    const ofLength = (length: number) => `claims.a == "x" ${' '.repeat(length - 16)}`
    expect(problemsOf(ofLength(4096))).toEqual([])
    expect(problemsOf(ofLength(4097))).toMatchObject([
      { path: ['rules', 0, 'condition'], message: expect.stringMatching(/4,?096/) },
    ])
  })
})
