import { describe, expect, it } from 'vitest'
import { type FormBody, parseForm, single } from '../../../src/core/endpoint/form.ts'

const FORM = 'application/x-www-form-urlencoded'

function parse(text: string | undefined, change: Partial<FormBody> = {}) {
  const result = parseForm({ contentType: FORM, text, isTooLarge: false, ...change })
  return result.ok ? Object.fromEntries(result.value) : result.error.reason
}

describe('a form', () => {
  const rows: readonly (readonly [string, string, Record<string, readonly string[]>])[] = [
    ['nothing', '', {}],
    ['TE-02 plus signs and escapes', 'a=x+y%20z%2B', { a: ['x y z+'] }],
    ['TE-02 text beyond ASCII', 'a=%C3%BC', { a: ['ü'] }],
    ['TE-02 the example of RFC 6749', 'v=+%25%26%2B%C2%A3%E2%82%AC', { v: [' %&+£€'] }],
    ['an encoded name', '%61=1', { a: ['1'] }],
    ['EXC-01 a name that is repeated under another spelling', 'a=1&%61=2', { a: ['1', '2'] }],
    ['an equals sign in a value', 'a=b=c', { a: ['b=c'] }],
    ['a name without a value', 'a', { a: [''] }],
    ['empty pairs', '&&a=1&', { a: ['1'] }],
    ['a semicolon, which is not a separator', 'a=1;b=2', { a: ['1;b=2'] }],
    ['a byte order mark, which is part of the text', '\ufeffa=1', { '\ufeffa': ['1'] }],
  ]
  it.each(rows)('is read: %s', (_, text, expected) => expect(parse(text)).toEqual(expected))

  it('CLM-12 may contain names that objects inherit', () => {
    const text = '__proto__=1&constructor=2'
    const result = parseForm({ contentType: FORM, text, isTooLarge: false })
    expect(result.ok && [...result.value.keys()]).toEqual(['__proto__', 'constructor'])
    expect(result.ok && single(result.value, 'toString')).toEqual({ ok: true, value: undefined })
  })

  it.each(['a=%', 'a=%4', 'a=%zz', '%=1', 'a=%ff', 'a=%c3', 'a=%ed%a0%80', 'a=1&b=%'])(
    'TE-03 is malformed with a broken escape: %s',
    (text) => expect(parse(text)).toBe('body_malformed'),
  )

  it('TE-03 is malformed if it is not UTF-8', () => {
    expect(parse(undefined)).toBe('body_malformed')
  })

  it('EXC-15 reports the size before every other fault except the content type', () => {
    expect(parse(undefined, { isTooLarge: true })).toBe('body_too_large')
    expect(parse(undefined, { isTooLarge: true, contentType: 'text/plain' })).toBe(
      'content_type_unsupported',
    )
  })
})

describe('the content type', () => {
  it.each([FORM, `${FORM};charset=UTF-8`, `${FORM} ; charset=utf-8`, FORM.toUpperCase()])(
    'TE-02 is a form: %s',
    (contentType) => expect(parse('a=1', { contentType })).toEqual({ a: ['1'] }),
  )

  it.each([
    undefined,
    '',
    'application/json',
    'text/plain',
    'multipart/form-data; boundary=x',
    `${FORM}-not`,
    `text/plain;${FORM}`,
    `application/json, ${FORM}`,
  ])('TE-03 EXC-02 is not: %s', (contentType) => {
    expect(parse('a=1', { contentType })).toBe('content_type_unsupported')
  })
})

describe('the value of a parameter', () => {
  function read(text: string) {
    const form = parseForm({ contentType: FORM, text, isTooLarge: false })
    if (!form.ok) throw new Error(form.error.reason)
    const value = single(form.value, 'a')
    return value.ok ? value.value : value.error
  }

  it('is its text', () => expect(read('a=1&b=2')).toBe('1'))

  it('TE-05 is absent if it is empty', () => {
    expect(read('a=')).toBeUndefined()
    expect(read('a')).toBeUndefined()
    expect(read('b=1')).toBeUndefined()
  })

  it.each(['a=1&a=2', 'a=1&a=1', 'a=1&a=', 'a=&a=', 'a&a'])(
    'TE-07 EXC-01 is refused if it is repeated, whatever the values: %s',
    (text) => expect(read(text)).toEqual({ reason: 'parameter_repeated', at: 'a' }),
  )
})
