import { describe, expect, it } from 'vitest'
import { decodeUtf8, joinBytes, skipByteOrderMark, toHex } from '../../src/web/bytes.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('strict UTF-8', () => {
  it('reads a long text', () => {
    const long = 'aü€😀'.repeat(10_000)
    expect(decodeUtf8(bytes(long))).toBe(long)
  })

  it('keeps a byte order mark, which a reader of JSON may skip', () => {
    expect(decodeUtf8(bytes('\ufeffa'))).toBe('\ufeffa')
    expect(skipByteOrderMark('\ufeffa\ufeff')).toBe('a\ufeff')
    expect(skipByteOrderMark('a')).toBe('a')
  })

  it.each([
    ['an overlong form', [0xc0, 0xaf]],
    ['an overlong form of three', [0xe0, 0x80, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a code point beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
    ['a stray byte', [0x80]],
    ['an incomplete sequence', [0x61, 0xe2, 0x82]],
  ])('TOK-15 refuses %s', (_, noise) => {
    expect(decodeUtf8(new Uint8Array(noise))).toBeUndefined()
  })
})

describe('bytes', () => {
  it('are joined in order', () => {
    expect(joinBytes([bytes('ab'), bytes(''), bytes('c')])).toEqual(bytes('abc'))
    expect(joinBytes([])).toEqual(new Uint8Array())
  })

  it('have two lower-case hex digits each', () => {
    expect(toHex(new Uint8Array([0, 10, 171, 255]))).toBe('000aabff')
    const native = Object.assign(new Uint8Array([171]), { toHex: () => 'of the platform' })
    expect(toHex(native)).toBe('of the platform')
  })
})
