import { describe, expect, it } from 'vitest'
import { parseStrictObject, readStrictObject } from '../../../src/core/evidence/strict-json.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('strict JSON', () => {
  const refused: readonly (readonly [string, string])[] = [
    ['TOK-09 a duplicate member', '{"a":1,"a":2}'],
    ['TOK-09 a duplicate in a nested object', '{"a":{"b":1,"b":1}}'],
    ['TOK-09 a duplicate in a list', '{"a":[{"b":1,"b":2}]}'],
    ['TOK-09 a duplicate by escape', '{"a":1,"\\u0061":2}'],
    ['TOK-09 __proto__ twice', '{"__proto__":1,"__proto__":2}'],
    ['a list', '[1]'],
    ['a text', '"a"'],
    ['null', 'null'],
    ['nothing', ''],
    ['two objects', '{}{}'],
    ['a comment', '{"a":1}//'],
    ['a trailing comma', '{"a":1,}'],
    ['NaN', '{"a":NaN}'],
    ['TOK-14 17 levels', `{"a":${'['.repeat(16)}${']'.repeat(16)}}`],
    ['TOK-14 10,000 levels', `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
    ['TOK-14 385 members', `{${Array.from({ length: 385 }, (_, i) => `"m${i}":1`).join(',')}}`],
    ['a member name of 257 characters', `{"${'x'.repeat(257)}":1}`],
    ['TOK-15 a BOM', '\ufeff{}'],
  ]
  it.each(refused)('refuses %s', (_, text) => {
    expect(parseStrictObject(bytes(text))).toBeUndefined()
  })

  it('reads colons and braces inside strings as text', () => {
    const value = { a: '"{:[', b: '\\"', c: { d: ['}', ':'] }, 'e:f': 1 }
    expect(parseStrictObject(bytes(JSON.stringify(value)))).toEqual(value)
  })
})

describe('the encoding', () => {
  const PREFIX = [...bytes('{"a":"')]
  const SUFFIX = [...bytes('"}')]

  it.each([
    ['an overlong form', [0xc0, 0xaf]],
    ['an overlong form of three', [0xe0, 0x80, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
    ['a stray byte', [0x80]],
    ['a sequence cut short', [0x61, 0xe2, 0x82]],
  ])('TOK-15 is refused with %s', (_, noise) => {
    const text = new Uint8Array([...PREFIX, ...noise, ...SUFFIX])
    expect(readStrictObject(text)).toEqual({ ok: false, error: 'json_encoding' })
  })

  it('TOK-15 is refused with a byte order mark at the start, and later ones are characters', () => {
    expect(readStrictObject(bytes('\ufeff{}'))).toEqual({ ok: false, error: 'json_encoding' })
    expect(parseStrictObject(bytes('{"a":"\ufeff"}'))).toEqual({ a: '\ufeff' })
  })
})
