import { describe, expect, it } from 'vitest'
import { selectKey } from '../../../src/core/evidence/select-key.ts'
import type { PublicKey } from '../../../src/core/keys/issuer-keys.ts'

const rsa: PublicKey = { kty: 'RSA', kid: 'r', alg: 'RS256', n: 'n1', e: 'AQAB' }
const otherRsa: PublicKey = { ...rsa, kid: 'r2', n: 'n2' }
const p256: PublicKey = { kty: 'EC', kid: 'e', alg: 'ES256', crv: 'P-256', x: 'x1', y: 'y1' }
const p384: PublicKey = { kty: 'EC', kid: 'f', crv: 'P-384', x: 'x2', y: 'y2' }

const ed25519: PublicKey = { kty: 'OKP', kid: 'o', crv: 'Ed25519', x: 'x3' }

const plain = ({ alg: _alg, ...key }: PublicKey): PublicKey => key

describe('the key for a token', () => {
  it('is the one with its kid', () => {
    expect(selectKey([otherRsa, p256, rsa], { alg: 'RS256', kid: 'r' })).toBe(rsa)
    expect(selectKey([otherRsa, p256, rsa], { alg: 'ES256', kid: 'e' })).toBe(p256)
  })

  it.each(['R', 'r ', 'nobody', '__proto__', 'constructor', 'toString'])(
    'TOK-05 is not found for the kid %j',
    (kid) => expect(selectKey([rsa, p256], { alg: 'RS256', kid })).toBeUndefined(),
  )

  it('TOK-06 without a kid is the only key that fits, or none', () => {
    expect(selectKey([rsa, p256], { alg: 'RS256' })).toBe(rsa)
    expect(selectKey([rsa, p256], { alg: 'ES256' })).toBe(p256)
    expect(selectKey([rsa, otherRsa], { alg: 'RS256' })).toBeUndefined()
    expect(selectKey([p256], { alg: 'RS256' })).toBeUndefined()
    expect(selectKey([], { alg: 'RS256' })).toBeUndefined()
  })

  it('is not found by a kid if it has none', () => {
    const { kid: _kid, ...nameless } = rsa
    expect(selectKey([nameless], { alg: 'RS256', kid: 'r' })).toBeUndefined()
    expect(selectKey([nameless], { alg: 'RS256' })).toBe(nameless)
  })
})

describe('two keys of one kid', () => {
  const header = { alg: 'RS256', kid: 'r' }

  it.each([
    ['two moduli', { ...rsa, n: 'n2' }],
    ['two moduli, one without an algorithm', plain({ ...rsa, n: 'n2' })],
  ])('KEY-03 that both fit are ambiguous: %s, in either order', (_, other) => {
    expect(selectKey([rsa, other], header)).toBeUndefined()
    expect(selectKey([other, rsa], header)).toBeUndefined()
  })

  // RFC 7517 §4.5: keys of different types may share a kid.
  it.each([
    ['two families', { ...p256, kid: 'r' }, 'ES256'],
    ['two curves', { ...p384, kid: 'r' }, 'ES384'],
    ['a signature key of another algorithm', { ...rsa, n: 'n2', alg: 'PS256' }, 'PS256'],
    ['a key for encryption', { ...rsa, n: 'n2', alg: 'RSA-OAEP' }, undefined],
    ['Ed25519', { ...ed25519, kid: 'r' }, 'EdDSA'],
  ])('of which only one fits give that key: %s, in either order', (_, other, alg) => {
    for (const keys of [
      [rsa, other],
      [other, rsa],
    ]) {
      expect(selectKey(keys, header)).toBe(rsa)
      if (alg !== undefined) expect(selectKey(keys, { ...header, alg })).toBe(other)
    }
  })

  it('KEY-03 that are equal give that key', () => {
    expect(selectKey([rsa, { ...rsa }], header)).toEqual(rsa)
    expect(selectKey([rsa, plain(rsa)], header)).toEqual(rsa)
  })
})

describe('the algorithm of a key', () => {
  const rows: readonly (readonly [string, PublicKey, readonly string[]])[] = [
    ['an RSA key with alg RS256', rsa, ['RS256']],
    ['an RSA key with alg PS256', { ...rsa, alg: 'PS256' }, ['PS256']],
    ['an RSA key without alg', plain(rsa), ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']],
    ['a P-256 key', plain(p256), ['ES256']],
    ['a P-384 key', p384, ['ES384']],
    ['an Ed25519 key', ed25519, ['EdDSA', 'Ed25519']],
    ['an Ed448 key', { ...ed25519, crv: 'Ed448' }, []],
    ['a P-521 key', { ...p384, crv: 'P-521' }, ['ES512']],
    ['a P-256 key with alg ES384', { ...p256, alg: 'ES384' }, []],
    ['an EC key with alg RS256', { ...p256, alg: 'RS256' }, []],
    ['an RSA key with alg HS256', { ...rsa, alg: 'HS256' }, []],
  ]
  const asked = [
    ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'],
    ...[
      'HS256',
      'HS384',
      'HS512',
      'EdDSA',
      'Ed25519',
      'Ed448',
      'none',
      'None',
      'rs256',
      'es256',
      '',
    ],
    ...['ES256K', 'RSA-OAEP', 'constructor', '__proto__'],
  ]
  it.each(rows)('TOK-03 AV-09 AV-10 %s serves only its own algorithms', (_, key, served) => {
    const found = asked.filter((alg) => selectKey([key], { alg, kid: String(key.kid) }))
    expect(found).toEqual(served)
  })
})
