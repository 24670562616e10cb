import { describe, expect, it } from 'vitest'
import {
  EC_CURVES,
  type EcCurve,
  isEd25519Key,
  isOnCurve,
} from '../../../src/core/keys/elliptic.ts'

const octets = (text: string | undefined) => new Uint8Array(Buffer.from(text ?? '', 'base64url'))

async function pointOf(crv: EcCurve) {
  const algorithm = { name: 'ECDSA', namedCurve: crv }
  const { publicKey } = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const { x, y } = await crypto.subtle.exportKey('jwk', publicKey)
  return { x: octets(x), y: octets(y) }
}

async function isImported(crv: EcCurve, x: Uint8Array, y: Uint8Array): Promise<boolean> {
  const encode = (part: Uint8Array) => Buffer.from(part).toString('base64url')
  const jwk = { kty: 'EC', crv, x: encode(x), y: encode(y) }
  const algorithm = { name: 'ECDSA', namedCurve: crv }
  return crypto.subtle.importKey('jwk', jwk, algorithm, false, ['verify']).then(
    () => true,
    () => false,
  )
}

describe.each(EC_CURVES)('KEY-06 %s', (crv) => {
  it('accepts exactly the points that WebCrypto imports', async () => {
    for (let turn = 0; turn < 8; turn += 1) {
      const { x, y } = await pointOf(crv)
      expect([isOnCurve(crv, x, y), await isImported(crv, x, y)]).toEqual([true, true])
      const at = turn % x.length
      for (const near of [x.with(at, (x[at] ?? 0) ^ 1), y, new Uint8Array(x.length)]) {
        expect([isOnCurve(crv, near, y), await isImported(crv, near, y)]).toEqual([false, false])
      }
      const swapped = [isOnCurve(crv, y, x), await isImported(crv, y, x)]
      expect(swapped).toEqual([false, false])
    }
  })

  it('refuses coordinates beyond its field', async () => {
    const { y } = await pointOf(crv)
    expect(isOnCurve(crv, new Uint8Array(y.length).fill(0xff), y)).toBe(false)
  })
})

describe('KEY-07 Ed25519', () => {
  it('accepts the keys that WebCrypto generates', async () => {
    for (let turn = 0; turn < 16; turn += 1) {
      const pair = (await crypto.subtle.generateKey('Ed25519', true, [
        'sign',
        'verify',
      ])) as CryptoKeyPair
      const { x } = await crypto.subtle.exportKey('jwk', pair.publicKey)
      expect(isEd25519Key(octets(x))).toBe(true)
    }
  })

  const TAIL = 'ff'.repeat(30)
  it.each([
    ['order 1', `01${'00'.repeat(31)}`],
    ['order 1 with the sign bit', `01${'00'.repeat(30)}80`],
    ['order 2', `ec${TAIL}7f`],
    ['order 2 with the sign bit', `ec${TAIL}ff`],
    ['order 4', '00'.repeat(32)],
    ['order 4 with the sign bit', `${'00'.repeat(31)}80`],
    ['order 8', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'],
    [
      'order 8 with the sign bit',
      'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
    ],
    [
      'another point of order 8',
      '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    ],
    [
      'another point of order 8 with the sign bit',
      '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
    ],
    ['y = p', `ed${TAIL}7f`],
    ['y = p with the sign bit', `ed${TAIL}ff`],
    ['y = p + 1', `ee${TAIL}7f`],
    ['y = p + 1 with the sign bit', `ee${TAIL}ff`],
    ['31 octets', '01'.repeat(31)],
    ['33 octets', '01'.repeat(33)],
  ])('refuses keys of small order and second encodings: %s', (_, hex) => {
    expect(isEd25519Key(new Uint8Array(Buffer.from(hex, 'hex')))).toBe(false)
  })

  it('refuses encodings that are not a point, which is half of them', () => {
    const found = Array.from({ length: 64 }, (_, at) =>
      isEd25519Key(new Uint8Array(32).fill(at + 2, 0, 31)),
    )
    const points = found.filter((isPoint) => isPoint).length
    expect(points).toBeGreaterThan(16)
    expect(points).toBeLessThan(48)
  })
})
