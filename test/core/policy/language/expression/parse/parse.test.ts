/** The grammar of the CEL specification: which part belongs to which operator. */
import { describe, expect, it } from 'vitest'
import { show } from '../../../support/expression-tree.ts'

type Row = readonly [source: string, tree: string]
const table = (rows: readonly Row[]) =>
  it.each(rows)('%s means %s', (source, tree) => expect(show(source)).toBe(tree))

describe('precedence', () => {
  table([
    ['a || b && c', '(a || (b && c))'],
    ['a && b || c', '((a && b) || c)'],
    ['a && b == c', '(a && (b == c))'],
    ['a == b + c', '(a == (b + c))'],
    ['a + b in c', '((a + b) in c)'],
    ['a + b * c', '(a + (b * c))'],
    ['a * b + c', '((a * b) + c)'],
    ['-a * b', '(-a * b)'],
    ['!a && b', '(!a && b)'],
    ['!a.b', '!a.b'],
    ['-a[b].c()', '-a[b].c()'],
    ['!a == b', '(!a == b)'],
    ['a ? b : c || d', '(a ? b : (c || d))'],
    ['a || b ? c : d', '((a || b) ? c : d)'],
    ['a < b && c >= d || e != f', '(((a < b) && (c >= d)) || (e != f))'],
  ])
})

describe('a row of operators of one precedence is read from the left', () => {
  table([
    ['a || b || c', '((a || b) || c)'],
    ['a && b && c', '((a && b) && c)'],
    ['a == b != c', '((a == b) != c)'],
    ['a < b <= c > d >= e in f', '(((((a < b) <= c) > d) >= e) in f)'],
    ['a in b == c', '((a in b) == c)'],
    ['a < b != c', '((a < b) != c)'],
    ['a + b - c', '((a + b) - c)'],
    ['a - b - c', '((a - b) - c)'],
    ['a / b * c % d', '(((a / b) * c) % d)'],
    ['a ? b : c ? d : e', '(a ? b : (c ? d : e))'],
  ])
})

describe('==, followed by < or in, needs parentheses, because readers differ on its meaning', () => {
  it.each([
    ['a == b in c', 'in follows == without parentheses at line 1, column 8'],
    ['a != b < c', '< follows != without parentheses at line 1, column 8'],
    ['a < b == c >= d', '>= follows == without parentheses at line 1, column 12'],
    ['x && a == b + 1 in c', 'in follows == without parentheses at line 1, column 17'],
  ])('in %s: %s', (source, fault) => {
    expect(show(source)).toContain(`is not an expression: ${fault}: write (a `)
  })

  table([
    ['(a == b) in c', '((a == b) in c)'],
    ['a == (b in c)', '(a == (b in c))'],
    ['a == b && c in d', '((a == b) && (c in d))'],
    ['a == [b in c]', '(a == [(b in c)])'],
    ['f(a == b) < c', '(f((a == b)) < c)'],
  ])
})

describe('unary operators', () => {
  table([
    ['!!a', '!!a'],
    ['--1', '--1'],
    ['- - a', '--a'],
    ['!-a', '!-a'],
    ['-!a', '-!a'],
    ['a - -b', '(a - -b)'],
    ['a--b', '(a - -b)'],
    ['a!=!b', '(a != !b)'],
  ])
})

describe('members, indexes and calls', () => {
  table([
    ['a.b.c', 'a.b.c'],
    ['a["b"].c[0]', 'a["b"].c[0]'],
    ['a . b [ c ]', 'a.b[c]'],
    ['a.b(c).d(e, f)[g]', 'a.b(c).d(e, f)[g]'],
    ['f()', 'f()'],
    ['f(a, b ? c : d)', 'f(a, (b ? c : d))'],
    ['f(a,)', 'f(a)'],
    ['"x".f()', '"x".f()'],
    ['[1].f()', '[1].f()'],
    ['(a + b).c', '(a + b).c'],
    ['a[b[c]]', 'a[b[c]]'],
    ['has(a.b)', 'has(a.b)'],
    ['a.exists(x, x == b)', 'a.exists(x, (x == b))'],
    ['a.if.as.while', 'a.if.as.while'],
    ['a.null1.inn', 'a.null1.inn'],
    ['a.package()', 'a.package()'],
  ])
})

describe('lists', () => {
  table([
    ['[]', '[]'],
    ['[a]', '[a]'],
    ['[a, [b, c]]', '[a, [b, c]]'],
    ['[a, b,]', '[a, b]'],
    ['[a ? b : c]', '[(a ? b : c)]'],
  ])
})

describe('names, blanks and comments', () => {
  table([
    ['_', '_'],
    ['_a1', '_a1'],
    ['trueish', 'trueish'],
    ['ina', 'ina'],
    ['r', 'r'],
    ['b', 'b'],
    ['R2', 'R2'],
    ['__proto__', '__proto__'],
    ['a//b\n.c', 'a.c'],
    ['a // b\r\n && c', '(a && c)'],
    ['// a\nb', 'b'],
    ['a //', 'a'],
    ['\t\r\n a \t', 'a'],
    ['1in[1]', '(1 in [1])'],
    ['"//"', '"//"'],
    ['true', 'true'],
    ['null', 'null'],
  ])
})

describe('a syntax that is refused', () => {
  it.each([
    ['', 'unexpected end of the expression at line 1, column 1'],
    ['// a', 'unexpected end of the expression at line 1, column 5'],
    ['a b', 'unexpected b at line 1, column 3'],
    ['a "b"', 'unexpected "b" at line 1, column 3'],
    ['a)', 'unexpected ) at line 1, column 2'],
    ['()', 'unexpected ) at line 1, column 2'],
    ['(a', 'expected ), got end of the expression at line 1, column 3'],
    ['(a, b)', 'expected ), got , at line 1, column 3'],
    ['(a or b)', 'expected ), got or at line 1, column 4: CEL writes ||'],
    ['a and b', 'unexpected and at line 1, column 3: CEL writes &&'],
    ['a | b', 'unexpected | at line 1, column 3: CEL writes ||'],
    ['a = b', 'unexpected = at line 1, column 3: CEL writes =='],
    ['a === b', 'unexpected = at line 1, column 5: CEL writes =='],
    ['a <> b', 'unexpected > at line 1, column 4'],
    ['a =! b', 'unexpected = at line 1, column 3'],
    ['a & b', 'unexpected & at line 1, column 3: CEL writes &&'],
    ['a +', 'unexpected end of the expression at line 1, column 4'],
    ['a + * b', 'unexpected * at line 1, column 5'],
    ['+a', 'unexpected + at line 1, column 1'],
    ['a!', 'unexpected ! at line 1, column 2'],
    ['in a', 'unexpected in at line 1, column 1'],
    ['a ? b', 'expected :, got end of the expression at line 1, column 6'],
    ['a ? : b', 'unexpected : at line 1, column 5'],
    ['a : b', 'unexpected : at line 1, column 3'],
    ['a ?? b', 'unexpected ? at line 1, column 4'],
    ['[a', 'expected ], got end of the expression at line 1, column 3'],
    ['[a b]', 'expected ], got b at line 1, column 4'],
    ['[,]', 'unexpected , at line 1, column 2'],
    ['[a,,]', 'unexpected , at line 1, column 4'],
    ['[?a]', 'unexpected ? at line 1, column 2'],
    ['f(', 'unexpected end of the expression at line 1, column 3'],
    ['f(,)', 'unexpected , at line 1, column 3'],
    ['f(a', 'expected ), got end of the expression at line 1, column 4'],
    ['f()()', 'unexpected ( at line 1, column 4'],
    ['a.f()()', 'unexpected ( at line 1, column 6'],
    ['(f)()', 'unexpected ( at line 1, column 4'],
    ['1()', 'unexpected ( at line 1, column 2'],
    ['a[]', 'unexpected ] at line 1, column 3'],
    ['a[b', 'expected ], got end of the expression at line 1, column 4'],
    ['a[b, c]', 'expected ], got , at line 1, column 4'],
    ['a.', 'expected a name, got end of the expression at line 1, column 3'],
    ['a..b', 'expected a name, got . at line 1, column 3'],
    ['a.1', 'expected a name, got 1 at line 1, column 3'],
    ['a.true', 'expected a name, got true at line 1, column 3'],
    ['a.in', 'expected a name, got in at line 1, column 3'],
    ['a.?b', 'expected a name, got ? at line 1, column 3'],
    ['a.`b-c`', 'unexpected ` at line 1, column 3'],
    ['.a', 'unexpected . at line 1, column 1'],
    ['T{a: 1}', 'unexpected { at line 1, column 2'],
    ['a.T{}', 'unexpected { at line 1, column 4'],
    ['a;', 'unexpected ; at line 1, column 2'],
    ['a\\b', 'unexpected \\ at line 1, column 2'],
    ['a /* b */', 'unexpected * at line 1, column 4'],
    ['# a', 'unexpected # at line 1, column 1'],
    ['$a', 'unexpected $ at line 1, column 1'],
    ['ä', 'unexpected character U+00E4 at line 1, column 1'],
    ['a\u00a0', 'unexpected character U+00A0 at line 1, column 2'],
    ['"🐱" 🐱', 'unexpected character U+1F431 at line 1, column 5'],
  ])('in %j: %s', (source, fault) => {
    const shown = show(source)
    expect(shown.startsWith(`is not an expression: ${fault}`), shown).toBe(true)
  })

  it.each([
    ...['as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let'],
    ...['loop', 'package', 'namespace', 'return', 'var', 'void', 'while'],
  ])('the reserved name %s', (name) => {
    const fault = `is not an expression: reserved identifier: ${name} at line 1, column`
    expect(show(name)).toBe(`${fault} 1`)
    expect(show(`a.all(${name}, true)`)).toBe(`${fault} 7`)
    expect(show(`!${name}(a)`)).toBe(`${fault} 2`)
    expect(show(`a.${name}`)).toBe(`a.${name}`)
  })

  it.each([
    ['{}', 1],
    ['{a: 1}', 1],
    ['f({"a": {}})', 3],
    ['{a', 1],
  ])('an object: %s', (source, column) => {
    expect(show(source)).toBe(
      `has an object in braces at line 1, column ${column}: test each member, such as claims.a.b == "x"`,
    )
  })
})
