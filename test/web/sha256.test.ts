import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { sha256Hex } from '../../src/web/sha256.ts'

describe('SHA-256', () => {
  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ])('of %j is the value from FIPS 180', (text, hex) => expect(sha256Hex(text)).toBe(hex))

  it('equals that of Node at every length around a block', () => {
    const platform = (text: string) => createHash('sha256').update(text).digest('hex')
    for (let length = 0; length < 200; length += 1) {
      const text = 'ü'.repeat(length % 7) + 'x'.repeat(length)
      expect(sha256Hex(text)).toBe(platform(text))
    }
    expect(sha256Hex('a\ud800b')).toBe(platform('a\ufffdb'))
  })
})
