import { afterEach, describe, expect, it } from 'vitest'
import {
  decodeBase64,
  decodeBase64Url,
  encodeBase64Url,
  isBase64Url,
} from '../../src/web/base64.ts'

type Descriptors = readonly (PropertyDescriptor | undefined)[]

/** Removes the methods that Node 20 and older browsers do not have. */
function withoutNative(): Descriptors {
  const found = [
    Object.getOwnPropertyDescriptor(Uint8Array, 'fromBase64'),
    Object.getOwnPropertyDescriptor(Uint8Array.prototype, 'toBase64'),
  ]
  Reflect.deleteProperty(Uint8Array, 'fromBase64')
  Reflect.deleteProperty(Uint8Array.prototype, 'toBase64')
  return found
}

function restore([fromBase64, toBase64]: Descriptors): void {
  if (fromBase64 !== undefined) Object.defineProperty(Uint8Array, 'fromBase64', fromBase64)
  if (toBase64 !== undefined) Object.defineProperty(Uint8Array.prototype, 'toBase64', toBase64)
}

describe.each([
  ['with the methods of the runtime', false],
  ['without methods of Uint8Array', true],
])('base64 %s', (_, isOld) => {
  let found: Descriptors = []
  afterEach(() => restore(found))

  const prepare = () => {
    found = isOld ? withoutNative() : []
  }

  it('equals the output of Node and decodes to the same bytes', () => {
    prepare()
    for (const length of [0, 1, 2, 3, 20_000]) {
      const bytes = new Uint8Array(length).map((_octet, index) => (index * 83 + length) % 256)
      const text = Buffer.from(bytes).toString('base64url')
      expect(encodeBase64Url(bytes)).toBe(text)
      expect([...decodeBase64Url(text)]).toEqual([...bytes])
    }
  })

  it('decodes to the same bytes in every usual spelling', () => {
    prepare()
    for (let length = 1; length <= 48; length += 1) {
      const octets = Array.from({ length }, (_octet, at) => (at * 83 + length * 29) % 256)
      const standard = Buffer.from(octets).toString('base64')
      const plain = Buffer.from(octets).toString('base64url')
      for (const text of [plain, standard, standard.replaceAll('=', '')]) {
        expect([...(decodeBase64(text) ?? [])]).toEqual(octets)
      }
    }
  })

  it.each([undefined, null, 7, [], '', '=', 'A', 'AAAAA', 'AA AA', 'AA\n', 'AA===', 'ÄÄ', 'A.A'])(
    'cannot be decoded from %j',
    (value) => {
      prepare()
      expect(decodeBase64(value)).toBeUndefined()
    },
  )

  it('ignores unused bits when decoding', () => {
    prepare()
    expect(decodeBase64('AB')).toEqual(new Uint8Array([0]))
    expect(decodeBase64Url('AB')).toEqual(new Uint8Array([0]))
  })
})

describe('TOK-10 the canonical spelling', () => {
  it.each(['AA', 'AQ', 'AAA', 'AAE', 'AAAA', 'a-_Z'])('is %j', (text) => {
    expect(isBase64Url(text)).toBe(true)
  })

  it.each(['', 'A', 'AB', 'AAB', 'AA=', 'AA==', 'A+AA', 'A/AA', 'AA AA', 'AAAA\n'])(
    'is not %j',
    (text) => expect(isBase64Url(text)).toBe(false),
  )
})
