/** The literals of the CEL specification: numbers, texts and their escapes. */
import { describe, expect, it } from 'vitest'
import { show } from '../../../support/expression-tree.ts'

describe('a number', () => {
  it.each([
    ['0', '0'],
    ['007', '7'],
    ['9223372036854775807', '9223372036854775807'],
    // The check refuses it, unless it is negated.
    ['9223372036854775808', '9223372036854775808'],
    ['-9223372036854775808', '-9223372036854775808'],
    ['0x0', '0'],
    ['0XfF', '255'],
    ['-0x8000000000000000', '-9223372036854775808'],
    ['0u', '0u'],
    ['7U', '7u'],
    ['0xFFFFFFFFFFFFFFFFu', '18446744073709551615u'],
    ['18446744073709551615u', '18446744073709551615u'],
    ['2.5', 'double 2.5'],
    ['00.50', 'double 0.5'],
    ['1e3', 'double 1000'],
    ['1E+3', 'double 1000'],
    ['15.0e-1', 'double 1.5'],
    ['1e-400', 'double 0'],
    ['1.7976931348623157e308', 'double 1.7976931348623157e+308'],
    ['1.size()', '1.size()'],
    ['1.e3', '1.e3'],
    ['0x1.f', '1.f'],
    ['1-1', '(1 - 1)'],
    ['0b1', 'is not an expression: unexpected b1 at line 1, column 2'],
    ['1a', 'is not an expression: unexpected a at line 1, column 2'],
    ['1uu', 'is not an expression: unexpected u at line 1, column 3'],
    ['1.5u', 'is not an expression: unexpected u at line 1, column 4'],
    ['1_000', 'is not an expression: unexpected _000 at line 1, column 2'],
    ['1.', 'is not an expression: expected a name, got end of the expression at line 1, column 3'],
    ['.5', 'is not an expression: unexpected . at line 1, column 1'],
    ['1.5.5', 'is not an expression: expected a name, got 5 at line 1, column 5'],
    ['0x', 'is not an expression: invalid hex integer: 0x at line 1, column 1'],
    ['0xg', 'is not an expression: invalid hex integer: 0x at line 1, column 1'],
    ['1e', 'is not an expression: invalid exponent at line 1, column 3'],
    ['1e+', 'is not an expression: invalid exponent at line 1, column 4'],
    ['1.5e-x', 'is not an expression: invalid exponent at line 1, column 6'],
    ['1e999', 'is not an expression: invalid number: 1e999 at line 1, column 1'],
    ['-1e309', 'is not an expression: invalid number: 1e309 at line 1, column 2'],
    [
      '18446744073709551616u',
      'is not an expression: invalid integer: 18446744073709551616 at line 1, column 1',
    ],
    [
      '0x10000000000000000u',
      'is not an expression: invalid integer: 0x10000000000000000 at line 1, column 1',
    ],
  ])('%s means %s', (source, shown) => expect(show(source)).toBe(shown))
})

/** Shows the characters of a text literal. */
const read = (source: string) => JSON.parse(show(source))

describe('a text', () => {
  it.each([
    ['""', ''],
    ["''", ''],
    ['"a\'b"', "a'b"],
    ["'a\"b'", 'a"b'],
    ['"""a"b""c"""', 'a"b""c'],
    ["'''x''x'''", "x''x"],
    ['""""""', ''],
    ["'''a\nb'''", 'a\nb'],
    ['"""a\r\nb"""', 'a\r\nb'],
    ['"//"', '//'],
    ['"é🐱"', 'é🐱'],
    ['"\\\\ \\? \\" \\\' \\`"', '\\ ? " \' `'],
    ['"\\a\\b\\f\\n\\r\\t\\v"', '\x07\b\f\n\r\t\v'],
    ['"\\x41\\X42"', 'AB'],
    ['"\\u00e9\\uFFFF"', 'é\uffff'],
    ['"\\U0001F431\\U00000041"', '🐱A'],
    ['"\\101\\303\\277\\377\\0011"', 'AÃ¿ÿ\x011'],
    ['"\\xFF"', 'ÿ'],
    ["'''\\''''", "'"],
    ['"""\\"""a"""', '"""a'],
    ['r"\\\\"', '\\\\'],
    ['r"\\n\\q"', '\\n\\q'],
    ["R'a\"b'", 'a"b'],
    ['r"""a"\\"""', 'a"\\'],
    ['r"\\"', '\\'],
  ])('%s means %j', (source, text) => {
    expect(read(source)).toBe(text)
  })

  it.each([
    ['"', 'unterminated string at line 1, column 1'],
    ['a == "b', 'unterminated string at line 1, column 6'],
    ['\'a"', 'unterminated string at line 1, column 1'],
    ['"a\\"', 'unterminated string at line 1, column 1'],
    ['r"', 'unterminated string at line 1, column 1'],
    ['"""a""', 'unterminated triple-quoted string at line 1, column 1'],
    ['""""', 'unterminated triple-quoted string at line 1, column 1'],
    ["'''\\'''", 'unterminated triple-quoted string at line 1, column 1'],
    ['"a\nb"', 'newlines not allowed in single-quoted strings at line 1, column 3'],
    ["r'a\rb'", 'newlines not allowed in single-quoted strings at line 1, column 4'],
    ['"a\\\nb"', 'invalid escape sequence: \\U+000A at line 1, column 3'],
    ['"\\q"', 'invalid escape sequence: \\q at line 1, column 2'],
    ['"\\8"', 'invalid escape sequence: \\8 at line 1, column 2'],
    ['"\\🐱"', 'invalid escape sequence: \\U+1F431 at line 1, column 2'],
    ['"\\x4"', 'invalid hex escape: \\x4 at line 1, column 2: write 2 digits'],
    ['"\\xg0"', 'invalid hex escape: \\x at line 1, column 2: write 2 digits'],
    ['"a\\u12"', 'invalid Unicode escape: \\u12 at line 1, column 3: write 4 digits'],
    ['"\\u{41}"', 'invalid Unicode escape: \\u at line 1, column 2: write 4 digits'],
    ['"\\U0001F43"', 'invalid Unicode escape: \\U0001F43 at line 1, column 2: write 8 digits'],
    ['"\\U00110000"', 'invalid Unicode escape: \\U00110000 at line 1, column 2'],
    ['"\\UFFFFFFFF"', 'invalid Unicode escape: \\UFFFFFFFF at line 1, column 2'],
    ['"\\ud800"', 'invalid Unicode surrogate: \\ud800 at line 1, column 2'],
    ['"\\uD83D\\uDC31"', 'invalid Unicode surrogate: \\uD83D at line 1, column 2'],
    ['"\\U0000DFFF"', 'invalid Unicode surrogate: \\U0000DFFF at line 1, column 2'],
    ['"\\0"', 'invalid octal escape: \\0 at line 1, column 2: write 3 digits, at most 377'],
    ['"\\18"', 'invalid octal escape: \\1 at line 1, column 2: write 3 digits, at most 377'],
    ['"\\400"', 'invalid octal escape: \\400 at line 1, column 2: write 3 digits, at most 377'],
    ['rb"a"', 'unexpected "a" at line 1, column 3'],
    ['u"a"', 'unexpected "a" at line 1, column 2'],
    ['r "a"', 'unexpected "a" at line 1, column 3'],
    ['"a" "b"', 'unexpected "b" at line 1, column 5'],
    ['“a”', 'unexpected character U+201C at line 1, column 1'],
  ])('that is refused: %s', (source, fault) => {
    const shown = show(source)
    expect(shown.startsWith(`is not an expression: ${fault}`), shown).toBe(true)
  })

  it.each(['b"a"', "B'a'", 'br"a"', "bR'''a'''", 'b"""a"""', 'b"\\q'])(
    'that has bytes is refused: %s',
    (source) => {
      expect(show(source)).toBe('has bytes at line 1, column 1: write a text without b')
    },
  )
})
