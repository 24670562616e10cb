import { describe, expect, it } from 'vitest'
import { readBody } from '../../../src/worker/http/body.ts'

const MAX = 64
const bytes = (text: string) => Uint8Array.from(new TextEncoder().encode(text))
const join = (...parts: readonly (string | readonly number[])[]) =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...bytes(part)] : part)))

/** Reads a body, with the length that its sender declares or without one. */
function read(body: Uint8Array<ArrayBuffer>, length: number | undefined = body.byteLength) {
  const headers = length === undefined ? {} : { 'content-length': String(length) }
  return readBody(new Request('https://sts.test/token', { method: 'POST', body, headers }), MAX)
}

describe('a body', () => {
  const good: readonly (readonly [string, Uint8Array<ArrayBuffer>])[] = [
    ['empty', bytes('')],
    ['in ASCII', bytes('a=b&c=%C3%A9')],
    ['in UTF-8', bytes('a=é&b=€&c=😀')],
    ['as long as allowed', bytes('x'.repeat(MAX))],
  ]
  it.each(good)('is read: %s', async (_, body) => {
    const text = new TextDecoder().decode(body)
    expect(await read(body)).toEqual({ text, isTooLarge: false })
  })

  // In the first two, each malformed byte becomes one character.
  const bad: readonly (readonly [string, Uint8Array<ArrayBuffer>])[] = [
    ['a stray byte', join('a=', [0xff], 'b')],
    ['a byte of Latin-1', join('a=', [0xe9], '&b')],
    ['a cut character', join('a=', [0xf0, 0x9f, 0x98])],
    ['a surrogate', join('a=', [0xed, 0xa0, 0x80])],
    ['an overlong form', join('a=', [0xc0, 0xaf])],
    ['a replacement character', join('a=', [0xef, 0xbf, 0xbd])],
    ['a byte order mark', join([0xef, 0xbb, 0xbf], 'a=b')],
  ]
  it.each(bad)('is malformed with %s', async (_, body) => {
    expect(await read(body)).toEqual({ text: undefined, isTooLarge: false })
  })

  it('EXC-15 is too large by its real length, whatever length it declares', async () => {
    const large = bytes('x'.repeat(MAX + 1))
    for (const length of [0, 1, MAX, MAX + 1, 1e9]) {
      expect(await read(large, length), String(length)).toEqual({
        text: undefined,
        isTooLarge: true,
      })
    }
    expect(await read(bytes('é'.repeat(MAX / 2 + 1)), MAX)).toMatchObject({ isTooLarge: true })
  })
})
