/** Makes private signing keys in the format of the gateway. */
import { createHash, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto'
import { usageFailure } from '../shell/failure.ts'

const RSA_BITS = 2048

const GENERATORS: ReadonlyMap<string, () => KeyObject> = new Map([
  ['ES256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
  ['ES384', () => generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey],
  ['RS256', generateRsa],
  ['PS256', generateRsa],
  ['Ed25519', () => generateKeyPairSync('ed25519').privateKey],
  ['EdDSA', () => generateKeyPairSync('ed25519').privateKey],
])

function generateRsa(): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength: RSA_BITS }).privateKey
}

export const ALGORITHMS: readonly string[] = [...GENERATORS.keys()]

/** UTC times. */
export type KeyDates = { readonly activates_at?: string; readonly retires_at?: string }

export type MadeKey = {
  readonly kid: string
  /** The private JWK as JSON. It is a secret. */
  readonly jwk: string
}

/** Throws a usage failure for an algorithm that the gateway does not sign with. */
export function checkAlgorithm(algorithm: string): void {
  if (GENERATORS.has(algorithm)) return
  throw usageFailure(`--algorithm must be one of ${ALGORITHMS.join(', ')}`)
}

export function makeKey(algorithm: string, dates: KeyDates): MadeKey {
  const generate = GENERATORS.get(algorithm)
  if (generate === undefined) throw new TypeError(`${algorithm} is not supported`)
  const jwk = generate().export({ format: 'jwk' })
  const kid = thumbprint(jwk)
  return { kid, jwk: JSON.stringify({ ...jwk, kid, alg: algorithm, use: 'sig', ...dates }) }
}

/** Hashes only the required members, in alphabetical order (RFC 7638 §3.2). */
function thumbprint({ kty, crv, x, y, n, e }: JsonWebKey): string {
  const members =
    kty === 'RSA' ? { e, kty, n } : kty === 'EC' ? { crv, kty, x, y } : { crv, kty, x }
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url')
}
