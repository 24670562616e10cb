/** Compares the checks of `elliptic.ts` with WebCrypto on generated keys and on changes to them. */
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

  it('refuses encodings that are not a point, which is half of them', () => {
    const found = Array.from({ length: 64 }, (_, at) =>
      isEd25519Key(new Uint8Array(32).fill(at + 2, 0, 31)),
    )
    const points = found.filter((isPoint) => isPoint).length
    expect(points).toBeGreaterThan(16)
    expect(points).toBeLessThan(48)
  })
})
