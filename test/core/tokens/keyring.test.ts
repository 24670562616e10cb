import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { findKeyWarnings } from '../../../src/core/tokens/key-health.ts'
import { importKeyRing, publishedKeys, selectSigningKey } from '../../../src/core/tokens/keyring.ts'
import type { SigningAlgorithm } from '../../../src/protocol/token.ts'
import { takeKeyPair } from '../../support/key-pairs.ts'

const AT = 1_800_000_000
const iso = (seconds: number) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')

let es256: JWK
let other: JWK
let ed25519: JWK
let rs256: JWK

async function newKey(algorithm: string): Promise<JWK> {
  const { privateKey } = await takeKeyPair(algorithm)
  return exportJWK(privateKey)
}

beforeAll(async () => {
  ;[es256, other, ed25519, rs256] = await Promise.all(
    ['ES256', 'ES256', 'Ed25519', 'RS256'].map(newKey) as [
      Promise<JWK>,
      Promise<JWK>,
      Promise<JWK>,
      Promise<JWK>,
    ],
  )
})

async function ringOf(...jwks: readonly object[]) {
  const secrets = jwks.map((jwk, index) => ({
    name: `SIGNING_KEY_${index}`,
    jwk: JSON.stringify(jwk),
  }))
  return importKeyRing(secrets)
}

describe('the key ring', () => {
  it('KEY-12 JK-03 JK-04 JK-10 publishes only the thumbprint, the algorithm and the public members', async () => {
    const { ring } = await ringOf(
      { ...es256, alg: 'ES256', note: 'mine' },
      { ...rs256, alg: 'RS256' },
    )
    const [first, second] = publishedKeys(ring, AT, 3600)
    const { kty, crv, x, y } = es256
    const kid = await calculateJwkThumbprint({ kty, crv, x, y } as JWK)
    expect(first).toEqual({ kty, crv, x, y, kid, alg: 'ES256', use: 'sig' })
    expect(Object.keys(second ?? {}).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])
  })

  it('JK-06 publishes an Ed25519 key as kty OKP and alg Ed25519', async () => {
    const { ring } = await ringOf({ ...ed25519, alg: 'Ed25519' })
    const { kty, crv, x } = ed25519
    const kid = await calculateJwkThumbprint({ kty, crv, x } as JWK)
    expect(publishedKeys(ring, AT, 3600)).toEqual([
      { kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'Ed25519', use: 'sig' },
    ])
  })

  it('JK-09 refuses a second algorithm for one key', async () => {
    const { ring, problems } = await ringOf({ ...rs256, alg: 'RS256' }, { ...rs256, alg: 'PS256' })
    expect(ring.keys.map(({ algorithm }) => algorithm)).toEqual(['RS256'])
    expect(problems).toHaveLength(1)
  })

  const refused: readonly (readonly [string, () => object | string, RegExp])[] = [
    ['text', () => 'secret', /not a JSON Web Key/],
    ['null', () => 'null', /not a JSON Web Key/],
    ['a list', () => [{ ...es256, alg: 'ES256' }], /not a JSON Web Key/],
    ['a key without alg', () => es256, /needs "alg"/],
    ['an unsupported algorithm', () => ({ ...es256, alg: 'HS256' }), /needs "alg"/],
    ['a public key', () => ({ ...es256, d: undefined, alg: 'ES256' }), /not a private key/],
    ['a curve that does not match', () => ({ ...es256, alg: 'ES384' }), /does not match ES384/],
    ['a type that does not match', () => ({ ...es256, alg: 'RS256' }), /does not match RS256/],
    ['an EC key as Ed25519', () => ({ ...es256, alg: 'Ed25519' }), /does not match Ed25519/],
    [
      'an X25519 key as EdDSA',
      () => ({ ...ed25519, crv: 'X25519', alg: 'EdDSA' }),
      /does not match EdDSA/,
    ],
    [
      'a curve of Edwards in an EC key',
      () => ({ ...ed25519, kty: 'EC', alg: 'EdDSA' }),
      /does not match EdDSA/,
    ],
    ...(['x', 'y'] as const).map(
      (name) =>
        [
          `an EC key without ${name}`,
          () => ({ ...es256, [name]: undefined, alg: 'ES256' }),
          /does not match ES256/,
        ] as const,
    ),
    [
      'a kid that is not the thumbprint',
      () => ({ ...es256, alg: 'ES256', kid: 'mine' }),
      /thumbprint/,
    ],
    ['an invalid date', () => ({ ...es256, alg: 'ES256', activates_at: 'soon' }), /invalid date/],
    ['an invalid end', () => ({ ...es256, alg: 'ES256', retires_at: 'soon' }), /invalid date/],
    [
      'an end that is a number',
      () => ({ ...es256, alg: 'ES256', retires_at: 1_800_000_000 }),
      /invalid date/,
    ],
    [
      'an end at its start',
      () => ({ ...es256, alg: 'ES256', activates_at: '2027-01-01', retires_at: '2027-01-01' }),
      /retires before/,
    ],
    [
      'dates in the wrong order',
      () => ({ ...es256, alg: 'ES256', activates_at: '2027-02-01', retires_at: '2027-01-01' }),
      /retires before/,
    ],
    ['halves of two keys', () => ({ ...es256, d: other.d, alg: 'ES256' }), /cannot be imported/],
  ]
  it.each(refused)(
    'KEY-13 leaves out %s, and reports it without its content',
    async (_, make, sentence) => {
      const made = make()
      const jwk = typeof made === 'string' ? made : JSON.stringify(made)
      const { ring, problems } = await importKeyRing([{ name: 'SIGNING_KEY_X', jwk }])
      expect(ring.keys).toEqual([])
      expect(problems).toEqual([
        { name: 'SIGNING_KEY_X', message: expect.stringMatching(sentence) },
      ])
      expect(JSON.stringify(problems)).not.toContain(es256.d)
    },
  )

  it('KEY-13 accepts a kid that is the thumbprint', async () => {
    const jwk = { ...es256, alg: 'ES256' }
    const { ring } = await importKeyRing([{ name: 'SIGNING_KEY_X', jwk: JSON.stringify(jwk) }])
    const kid = ring.keys[0]?.keyId
    const named = [{ name: 'SIGNING_KEY_X', jwk: JSON.stringify({ ...jwk, kid }) }]
    const again = await importKeyRing(named)
    expect(again.problems).toEqual([])
    expect(again.ring.keys.map(({ keyId }) => keyId)).toEqual([kid])
  })

  it('accepts the same key only once', async () => {
    const key = { ...es256, alg: 'ES256' }
    const { ring, problems } = await ringOf(key, key)
    expect(ring.keys).toHaveLength(1)
    expect(problems).toEqual([
      { name: 'SIGNING_KEY_1', message: expect.stringContaining('same key') },
    ])
  })
})

describe('rotation', () => {
  const old = () => ({ ...es256, alg: 'ES256', retires_at: iso(AT) })
  const next = () => ({ ...other, alg: 'ES256', activates_at: iso(AT - 100) })

  it('JK-07 KEY-11 publishes a key from its deployment until its last token has expired', async () => {
    const { ring } = await ringOf(old(), next())
    expect(publishedKeys(ring, AT - 1000, 3600)).toHaveLength(2)
    expect(publishedKeys(ring, AT + 3600, 3600)).toHaveLength(2)
    expect(publishedKeys(ring, AT + 3631, 3600)).toHaveLength(1)
  })

  it('KEY-11 signs with the key that was activated last, and never outside its dates', async () => {
    const { ring } = await ringOf(old(), next())
    const keyAt = (at: number) => selectSigningKey(ring, 'ES256', at)?.publicJwk.x
    expect(keyAt(AT - 101)).toBe(es256.x)
    expect(keyAt(AT - 100)).toBe(other.x)
    expect(keyAt(AT + 1)).toBe(other.x)
    const { ring: alone } = await ringOf(old())
    expect(selectSigningKey(alone, 'ES256', AT)).toBeUndefined()
  })

  it('warns if no successor is scheduled, and if no key is active', async () => {
    const { ring } = await ringOf(old())
    expect(findKeyWarnings(ring, AT - 10)).toEqual([expect.stringContaining('no successor')])
    expect(findKeyWarnings(ring, AT + 10)).toEqual(['no signing key is active now'])
    expect(findKeyWarnings((await ringOf(old(), next())).ring, AT - 10)).toEqual([])
  })
})

describe('the algorithm', () => {
  it('is the one that the resource names, or none', async () => {
    const { ring } = await ringOf({ ...es256, alg: 'ES256' }, { ...rs256, alg: 'RS256' })
    expect(selectSigningKey(ring, 'RS256', AT)?.algorithm).toBe('RS256')
    expect(selectSigningKey(ring, 'PS256', AT)).toBeUndefined()
  })

  it('is ES256 before Ed25519 before RS256 if the resource names none', async () => {
    const keys = [
      { ...rs256, alg: 'RS256' },
      { ...ed25519, alg: 'Ed25519' },
      { ...es256, alg: 'ES256' },
    ]
    for (const [count, expected] of [
      [1, 'RS256'],
      [2, 'Ed25519'],
      [3, 'ES256'],
    ] as const) {
      const { ring } = await ringOf(...keys.slice(0, count))
      expect(selectSigningKey(ring, undefined, AT)?.algorithm).toBe(expected)
    }
  })

  it('is the preferred one of those that the consumer accepts', async () => {
    const { ring } = await ringOf(
      { ...es256, alg: 'ES256' },
      { ...rs256, alg: 'RS256' },
      { ...ed25519, alg: 'Ed25519' },
    )
    const chosen = (...accepted: SigningAlgorithm[]) =>
      selectSigningKey(ring, undefined, AT, accepted)?.algorithm
    expect(chosen('RS256', 'ES256')).toBe('ES256')
    expect(chosen('RS256')).toBe('RS256')
    expect(chosen('PS256')).toBeUndefined()
  })

  it('is the same for EdDSA and Ed25519', async () => {
    const { ring } = await ringOf({ ...ed25519, alg: 'EdDSA' })
    expect(selectSigningKey(ring, 'Ed25519', AT)?.algorithm).toBe('EdDSA')
  })
})
