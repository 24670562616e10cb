/** The bundle of the gateway's trust domain. `trust-bundle.rotation.test.ts` rotates keys. */
import { exportJWK, type JWK } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { readKeySet } from '../../../src/core/keys/issuer-keys.ts'
import { JWKS_MAX_AGE_SECONDS } from '../../../src/core/limits.ts'
import { importKeyRing, type KeyRing } from '../../../src/core/tokens/keyring.ts'
import { describeTrustBundle } from '../../../src/core/tokens/trust-bundle.ts'
import { takeKeyPair } from '../../support/key-pairs.ts'

const AT = 1_800_000_000
const ALGORITHMS = ['ES256', 'RS256', 'PS256', 'ES384', 'Ed25519']

let ring: KeyRing

beforeAll(async () => {
  const secrets = await Promise.all(
    ALGORITHMS.map(async (alg) => {
      const { privateKey } = await takeKeyPair(alg)
      return { name: alg, jwk: JSON.stringify({ ...(await exportJWK(privateKey)), alg }) }
    }),
  )
  const imported = await importKeyRing(secrets)
  expect(imported.problems).toEqual([])
  ring = imported.ring
})

describe('the bundle of the trust domain', () => {
  it('SP-04 JK-02 has the public members of each key, a kid and use: jwt-svid, and no more', () => {
    const { keys } = describeTrustBundle(ring, AT, 3600)
    const members = (key: JWK) => Object.keys(key).toSorted().join()
    expect(new Set(keys.map(members))).toEqual(new Set(['crv,kid,kty,use,x,y', 'e,kid,kty,n,use']))
    expect(new Set(keys.map(({ use }) => use))).toEqual(new Set(['jwt-svid']))
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length)
  })

  it('SP-02 has no key of an algorithm that JWT-SVIDs cannot have', () => {
    const { keys } = describeTrustBundle(ring, AT, 3600)
    expect(keys.map(({ kty }) => kty)).toEqual(['EC', 'RSA', 'RSA', 'EC'])
  })

  it('SP-04 is one that this gateway would accept from another trust domain', () => {
    const bundle = JSON.stringify(describeTrustBundle(ring, AT, 3600))
    const reading = readKeySet(JSON.parse(bundle), { kind: 'spiffe_bundle' })
    expect(reading.ok && reading.value.keys).toHaveLength(4)
    expect(reading.ok && reading.value.unusable).toEqual([])
  })

  it('SP-09 the sequence number is the same for one moment and grows with time', () => {
    const { spiffe_sequence: now } = describeTrustBundle(ring, AT, 3600)
    expect(describeTrustBundle({ keys: [...ring.keys] }, AT, 3600).spiffe_sequence).toBe(now)
    expect(describeTrustBundle({ keys: [] }, AT + 1, 3600).spiffe_sequence).toBeGreaterThan(now)
    expect(Number.isSafeInteger(now)).toBe(true)
  })

  it('SP-09 asks to be fetched as often as the key set', () => {
    const { spiffe_refresh_hint: hint } = describeTrustBundle(ring, AT, 3600)
    expect(hint).toBe(JWKS_MAX_AGE_SECONDS)
  })
})
