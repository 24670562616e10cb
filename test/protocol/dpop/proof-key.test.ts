import { describe, expect, it } from 'vitest'
import { readProofKey, thumbprintOf } from '../../../src/protocol/dpop/proof-key.ts'
import { createProofHolder } from '../../support/dpop.ts'
import { SMALL_ORDER_POINTS } from '../../support/small-order.ts'

const thumbprint = (jwk: object) => {
  const key = readProofKey(jwk)
  return key === undefined ? undefined : thumbprintOf(key)
}

describe('DP-14 DPOP-05 the thumbprint (RFC 7638)', () => {
  it.each([
    [
      'the P-256 key of RFC 9449',
      {
        kty: 'EC',
        crv: 'P-256',
        x: 'l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs',
        y: '9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA',
      },
      '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I',
    ],
    [
      'the Ed25519 key of RFC 8037',
      { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
      'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
    ],
    [
      'the RSA key of RFC 7638',
      {
        kty: 'RSA',
        n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
        e: 'AQAB',
        alg: 'RS256',
        kid: '2011-04-29',
      },
      'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
    ],
  ])('of %s is the published one', (_, jwk, expected) => expect(thumbprint(jwk)).toBe(expected))

  it.each(['ES256', 'ES384', 'Ed25519', 'RS256', 'PS256'])(
    'of a key for %s is that of jose',
    async (alg) => {
      const { jwk, jkt } = await createProofHolder(alg)
      expect(thumbprint(jwk)).toBe(jkt)
    },
  )
})

describe('DPOP-05 a key', () => {
  const X = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'
  const ed25519 = { kty: 'OKP', crv: 'Ed25519', x: X }

  it.each([
    ['of another curve for this type', { crv: 'P-256' }],
    ['whose curve is a list', { crv: ['Ed25519'] }],
    ['for encryption', { use: 'enc' }],
    ['for a use that no standard has', { use: 'SIG' }],
    ['whose use is a list', { use: ['sig'] }],
  ])('%s is refused', (_, change) =>
    expect(readProofKey({ ...ed25519, ...change })).toBeUndefined(),
  )

  it('for signatures is accepted', () =>
    expect(readProofKey({ ...ed25519, use: 'sig', key_ops: ['verify'] })).toEqual(ed25519))
})

describe('KEY-07 DPOP-05 an Ed25519 key with which anyone can sign', () => {
  it.each(SMALL_ORDER_POINTS)('of %s is refused', (_, hex) => {
    const x = Buffer.from(hex, 'hex').toString('base64url')
    expect(readProofKey({ kty: 'OKP', crv: 'Ed25519', x })).toBeUndefined()
  })
})
