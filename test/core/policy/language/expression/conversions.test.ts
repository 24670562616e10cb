/** `int`, `double`, `string` and `bool` convert the same values as CEL, and not those of JavaScript. */
import { describe, expect, it } from 'vitest'
import { faultOf, holds } from '../../support/expression.ts'

describe('int', () => {
  it.each([
    ['987', '987'],
    ['-0', '0'],
    ['+5', '5'],
    ['007', '7'],
    ['00000000000000000000000000000000000000000012', '12'],
    ['9223372036854775807', '9223372036854775807'],
    ['-9223372036854775808', '-9223372036854775808'],
  ])('reads the digits "%s"', (text, int) => {
    expect(holds(`int(claims.a) == ${int}`, { a: text })).toBe(true)
  })

  it.each([
    ...[
      '0x10',
      '0b11',
      '0o7',
      '1e3',
      '1.0',
      '1.',
      ' 1',
      '1 ',
      '1\u00a0',
      '1_000',
      '1,000',
      '+',
      '-',
    ],
    ...['--1', '\u0661', '\uff11', '1n', '1u', 'Infinity', 'NaN', 'true', 'one'],
    ...['9223372036854775808', '-9223372036854775809', '9'.repeat(1000)],
  ])('cannot read "%s"', (text) => {
    expect(holds('int(claims.a) == 0 || int(claims.a) != 0', { a: text })).toBe(undefined)
  })

  it('cannot read an empty text', () => {
    expect(holds('int("") == 0')).toBe(undefined)
  })

  it.each([
    ['1.9', '1'],
    ['-7.9', '-7'],
    ['11.5', '11'],
    ['42u', '42'],
    ['-5', '-5'],
    ['9007199254740991.0', '9007199254740991'],
  ])('of %s is %s', (value, int) => {
    expect(holds(`int(${value}) == ${int}`)).toBe(true)
  })

  it.each([
    '18446744073709551615u',
    '9223372036854775808u',
    '1e99',
    '-1e99',
    '9223372036854775808.0',
    '-9223372036854775808.0',
    '0.0 / 0.0',
    '1.0 / 0.0',
  ])('of %s is an error', (value) => {
    expect(holds(`int(${value}) == 0 || true && int(${value}) != 0`)).toBe(undefined)
  })

  it('converts a JSON number to an int', () => {
    expect(holds('int(claims.run) % 2 == 1 && int(claims.run) + 1 == 8', { run: 7 })).toBe(true)
    expect(holds('int(claims.run) == 1', { run: true })).toBe(undefined)
    expect(holds('int(claims.run) == 1', { run: ['1'] })).toBe(undefined)
  })
})

describe('double', () => {
  it.each([
    ['0', '0.0'],
    ['123.456', '123.456'],
    ['-987.654', '-987.654'],
    ['6.02214e23', '6.02214e23'],
    ['1.38e-23', '1.38e-23'],
    ['-84.32E+7', '-8.432e8'],
    ['.5', '0.5'],
    ['5.', '5.0'],
    ['+1', '1.0'],
  ])('reads "%s"', (text, double) => {
    expect(holds(`double(claims.a) == ${double}`, { a: text })).toBe(true)
  })

  it.each(['Infinity', '+inf', 'INF'])('reads "%s", like CEL', (text) => {
    expect(holds('double(claims.a) > 1e308', { a: text })).toBe(true)
    expect(holds('double(claims.a) < -1e308', { a: `-${text.replace('+', '')}` })).toBe(true)
  })

  it('reads "NaN", which is not equal to, less than or greater than any number', () => {
    for (const test of ['==', '<', '<=', '>', '>=']) {
      expect(holds(`double(claims.a) ${test} double(claims.a)`, { a: 'NaN' })).toBe(false)
    }
    expect(holds('double(claims.a) != 1.0', { a: 'NaN' })).toBe(true)
    expect(holds('double(claims.a) in [1.0, double("NaN")]', { a: 'NaN' })).toBe(false)
  })

  it.each([
    ...['0x10', '0b11', '0x1p4', '1_000', '1,5', ' 1', '1 ', '\t1', '1e', 'e1', '.', '+', '1e400'],
    ...['-1e400', '\u0661', '1n', '1u', 'infinit', '+nan', 'true', '--1', '1.2.3', '1 2'],
  ])('cannot read "%s"', (text) => {
    expect(holds('double(claims.a) == 0.0 || double(claims.a) != 0.0', { a: text })).toBe(undefined)
  })

  it('converts every number to a double', () => {
    expect(
      holds('double(7) == 7.0 && double(7u) == 7.0 && double(claims.a) == 7.5', { a: 7.5 }),
    ).toBe(true)
    expect(holds('double(claims.a) == 1.0', { a: true })).toBe(undefined)
    expect(holds('double("") == 0.0')).toBe(undefined)
  })
})

describe('string', () => {
  it.each([
    ['123', '123'],
    ['-456', '-456'],
    ['9876u', '9876'],
    ['123.456', '123.456'],
    ['-4.5e-3', '-0.0045'],
    ['7.0', '7'],
    ['-0.0', '-0'],
    ['1.0 / 0.0', '+Inf'],
    ['-1.0 / 0.0', '-Inf'],
    ['0.0 / 0.0', 'NaN'],
    ['true', 'true'],
    ['"x"', 'x'],
  ])('of %s', (value, text) => {
    expect(holds(`string(${value}) == "${text}"`)).toBe(true)
  })

  it('writes a whole JSON number without a fraction', () => {
    expect(holds('string(claims.id) in ["8123456", "9"]', { id: 8_123_456 })).toBe(true)
    expect(holds('string(claims.id) == "8123456"', { id: ['8123456'] })).toBe(undefined)
    expect(holds('string(claims.id) == "8123456"', { id: { a: 1 } })).toBe(undefined)
  })
})

describe('bool', () => {
  it.each([
    [true, ['1', 't', 'true', 'TRUE', 'True']],
    [false, ['0', 'f', 'false', 'FALSE', 'False']],
    [undefined, ['TrUe', 'FaLsE', 'yes', 'no', ' true', 'T', 'F', 'on', '2', '-1', 'null']],
  ])('is %s for %s', (outcome, texts) => {
    for (const text of texts) expect(holds('bool(claims.a)', { a: text }), text).toBe(outcome)
  })

  it('refuses a number, list or object', () => {
    expect(faultOf('bool(1)')).toContain('bool needs bool or string, not int')
    for (const a of [1, 0, ['true'], { a: 1 }])
      expect(holds('bool(claims.a)', { a })).toBe(undefined)
    expect(holds('bool(claims.a) == claims.a', { a: true })).toBe(true)
  })
})
