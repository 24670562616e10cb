/**
 * Signs tokens with the keys of the gateway, with any claims and header, including those that
 * `issue` never writes.
 */
import { randomBytes } from 'node:crypto'
import { exportJWK } from 'jose'
import type { AssertionPorts } from '../../src/core/endpoint/lifecycle/client-assertion.ts'
import { RANDOM_ID_BYTES } from '../../src/core/limits.ts'
import { tokenIdOf } from '../../src/core/tokens/ids.ts'
import { importKeyRing, type KeyRing, type RingKey } from '../../src/core/tokens/keyring.ts'
import { createJwtSigner, type JwtHeader } from '../../src/core/tokens/signed-jwt.ts'
import type { SigningAlgorithm } from '../../src/protocol/token.ts'
import { takeKeyPair } from './key-pairs.ts'

export const AT = 1_795_000_000
export const GATEWAY = 'https://sts.example.com'
export const API = 'https://api.example.com'

export const OWN_CLAIMS = {
  iss: GATEWAY,
  sub: 'github:456789012:production',
  aud: API,
  exp: AT + 600,
  iat: AT,
  jti: 'own-1',
  client_id: 'deploy',
  scope: 'deploy:read deploy:write',
  origin: { iss: 'https://issuer.example.com', sub: 'job:1' },
  rev: 7,
} as const

type Change = Readonly<Record<string, unknown>>

export async function makeRing(...algorithms: readonly SigningAlgorithm[]): Promise<KeyRing> {
  const secrets = await Promise.all(
    algorithms.map(async (alg, index) => {
      const { privateKey } = await takeKeyPair(alg)
      const jwk = { ...(await exportJWK(privateKey)), alg }
      return { name: `SIGNING_KEY_${index}`, jwk: JSON.stringify(jwk) }
    }),
  )
  const { ring, problems } = await importKeyRing(secrets)
  if (problems.length > 0) throw new Error(JSON.stringify(problems))
  return ring
}

export function firstKey(ring: KeyRing): RingKey {
  const [key] = ring.keys
  if (key === undefined) throw new Error('the ring is empty')
  return key
}

/** Returns a token signed by the first key of the ring. Undefined members are left out. */
export function signOwn(ring: KeyRing, claims: Change = {}, header: Change = {}): Promise<string> {
  const { keyId, algorithm, sign } = firstKey(ring)
  const whole = { typ: 'at+jwt', kid: keyId, ...header, alg: algorithm } as JwtHeader
  return createJwtSigner(whole, sign)({ ...OWN_CLAIMS, ...claims })
}

export const newTokenId = () => tokenIdOf(randomBytes(RANDOM_ID_BYTES))

const notAsked = () => {
  throw new Error('no client assertion was expected')
}
/** For callers without a client assertion. */
export const NO_ASSERTIONS: AssertionPorts = {
  loadTrust: notAsked,
  loadRevocations: notAsked,
  refreshKeys: notAsked,
  verifySignature: notAsked,
  issuerKeysMaxStaleSeconds: 0,
}
