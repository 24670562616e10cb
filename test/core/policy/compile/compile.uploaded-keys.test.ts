import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { compileTrust } from '../../../../src/core/policy/compile/compile.ts'
import { CEILINGS } from '../../../support/core-world.ts'
import { problemsOf, withIssuer } from '../support/documents.ts'

const ec = { kty: 'EC', crv: 'P-256' }
const octets = (count: number) => Buffer.alloc(count, 0xc5).toString('base64url')
const newKey = (use: string) => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { ...publicKey.export({ format: 'jwk' }), kid: use, use }
}
/** The messages about the uploaded bundle of a trust domain in a new document. */
function bundleFaultsOf(...keys: readonly object[]): readonly string[] {
  const spire = {
    ...{ provider: 'spiffe-jwt-svid', issuer: 'https://spire.example.com' },
    ...{ trust_domain: 'acme.example', keys: { jwks: { keys } } },
  }
  return problemsOf(withIssuer(spire)).map(({ message }) => message)
}
/** The messages about the uploaded keys of a new document. */
function faultsOf(...keys: readonly object[]): readonly string[] {
  const document = withIssuer({ issuer: 'https://a.example', keys: { jwks: { keys } } })
  return problemsOf(document).map(({ code, message }) => {
    expect(code).toBe('keys_unusable')
    return message
  })
}

describe('uploaded keys', () => {
  it.each([
    [
      'alg none and a point of one octet',
      { ...ec, alg: 'none', x: 'AA', y: 'AA' },
      /"x" is not a point/,
    ],
    ['a point off the curve', { ...ec, x: octets(32), y: octets(32) }, /"x" is not a point/],
    [
      'the coordinates of another curve',
      { ...ec, x: octets(48), y: octets(48) },
      /"x" is too long/,
    ],
    ['a modulus of zeros', { kty: 'RSA', n: 'A'.repeat(342), e: 'AQAB' }, /"n" must have 2048 to/],
    ['an even modulus', { kty: 'RSA', n: `${'x'.repeat(341)}A`, e: 'AQAB' }, /"n" must be odd/],
    [
      'a duplicate in key_ops',
      { ...ec, key_ops: ['verify', 'verify'] },
      /"key_ops" must be a list of/,
    ],
    ['key_ops with a number', { ...ec, key_ops: ['verify', 1] }, /"key_ops" must be a list of/],
    ['Ed448', { kty: 'OKP', crv: 'Ed448', x: octets(57) }, /"crv" must be/],
    [
      'an Ed25519 key of small order',
      { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43) },
      /"x" is not/,
    ],
  ])('with %s: the message names the key and the reason', (_, key, reason) => {
    expect(faultsOf({ ...key, kid: 'mine' })).toEqual([expect.stringMatching(reason)])
    expect(faultsOf({ ...key, kid: 'mine' })[0]).toContain('key 0 ("mine"): ')
  })

  it('are refused with one message for each key, and too many keys with their number', () => {
    expect(faultsOf({ kty: 'RSA' }, { kty: 'oct', k: 'AA' })).toEqual([
      'key 0: "n" is missing or not base64url',
      'key 1: "k" belongs to a private or symmetric key',
    ])
    expect(faultsOf(...Array.from({ length: 65 }, () => ec))).toEqual([
      'has 65 keys: use a list of at most 64 keys',
    ])
  })

  it('are refused if a key set has a key for another use', () => {
    expect(faultsOf(newKey('sig'))).toEqual([])
    expect(faultsOf(newKey('sig'), newKey('enc'))).toEqual([
      expect.stringMatching(/^key 1 .*"use"/),
    ])
  })

  it('SP-04 may be a bundle with keys for X.509-SVIDs, and must have one for JWT-SVIDs', () => {
    expect(bundleFaultsOf(newKey('x509-svid'), newKey('jwt-svid'))).toEqual([])
    expect(bundleFaultsOf(newKey('x509-svid'))).toEqual([
      expect.stringContaining('has no key for JWT-SVIDs'),
    ])
  })

  it('are refused in a new document, and left out of a stored document', () => {
    const keys = { jwks: { keys: [{ ...ec, kid: 'dead', x: octets(32), y: octets(32) }] } }
    const document = withIssuer({ issuer: 'https://a.example', keys })
    const result = compileTrust(document, CEILINGS, { isStored: true })
    expect('trust' in result && result.trust.issuers.get('https://a.example')).toMatchObject({
      uploadedKeys: [],
      unusableKeys: [{ index: 0, kid: 'dead', member: 'x', code: 'off_curve' }],
    })
  })

  it('are checked strictly in a new document: a stored document keeps a key with odd key_ops', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const key = { ...publicKey.export({ format: 'jwk' }), key_ops: ['verify', 'verify'] }
    const document = withIssuer({
      issuer: 'https://a.example',
      keys: { jwks: { keys: [key] } },
    })
    expect(problemsOf(document)).toHaveLength(1)
    const result = compileTrust(document, CEILINGS, { isStored: true })
    expect(
      'trust' in result && result.trust.issuers.get('https://a.example')?.uploadedKeys,
    ).toHaveLength(1)
  })
})
