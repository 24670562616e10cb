/**
 * Reads the public key in the header of a proof (RFC 9449 §4.2) and calculates its thumbprint
 * (RFC 7638). A key has one accepted spelling, so it has one thumbprint (DPOP-05).
 */
import { decodeBase64Url, isBase64Url } from '../../web/base64.ts'
import { isJsonObject, type JsonObject, readMember } from '../../web/json.ts'
import { MIN_RSA_BITS } from '../../web/limits.ts'
import { sha256Base64Url } from '../../web/sha256.ts'
import type { SignatureKey } from '../../web/signature.ts'
import { countBits, hasSmallOrder, SECRET_MEMBERS } from '../jwk.ts'
import { MAX_PROOF_RSA_BITS } from './limits.ts'

/** Octets of a coordinate (RFC 7518 §6.2.1.2) or of a public key (RFC 8032 §5.1.2). */
const OCTETS: ReadonlyMap<string, number> = new Map([
  ['P-256', 32],
  ['P-384', 48],
  ['Ed25519', 32],
])

/**
 * Returns the members that make up the key, and the algorithm if the key names one. Undefined for a
 * key of another type, with a private member (DPOP-01), of small order, or not for signatures. The
 * platform checks that an elliptic key is a point of its curve.
 */
export function readProofKey(jwk: unknown): SignatureKey | undefined {
  if (!isJsonObject(jwk)) return undefined
  if (SECRET_MEMBERS.some((name) => Object.hasOwn(jwk, name))) return undefined
  if (!isForVerification(jwk)) return undefined
  const alg = readMember(jwk, 'alg')
  if (alg !== undefined && typeof alg !== 'string') return undefined
  const key = readMaterial(jwk)
  return key === undefined || alg === undefined ? key : { ...key, alg }
}

/** RFC 7517 §4.2 and §4.3. */
function isForVerification(jwk: JsonObject): boolean {
  const use = readMember(jwk, 'use')
  const operations = readMember(jwk, 'key_ops')
  if (use !== undefined && use !== 'sig') return false
  return operations === undefined || (Array.isArray(operations) && operations.includes('verify'))
}

function readMaterial(jwk: JsonObject): SignatureKey | undefined {
  const read = (name: string) => readMember(jwk, name)
  const crv = read('crv')
  const octets = typeof crv === 'string' ? OCTETS.get(crv) : undefined
  const x = readOctets(read('x'), octets)
  switch (read('kty')) {
    case 'EC': {
      const y = readOctets(read('y'), octets)
      if (typeof crv !== 'string' || x === undefined || y === undefined) return undefined
      return { kty: 'EC', crv, x, y }
    }
    case 'OKP':
      if (crv !== 'Ed25519' || x === undefined) return undefined
      // Anyone can sign with a key of small order, so it proves nothing about a sender (KEY-07).
      return hasSmallOrder(decodeBase64Url(x)) ? undefined : { kty: 'OKP', crv, x }
    case 'RSA': {
      const n = read('n')
      return isModulus(n) && read('e') === 'AQAB' ? { kty: 'RSA', n, e: 'AQAB' } : undefined
    }
    default:
      return undefined
  }
}

function readOctets(value: unknown, octets: number | undefined): string | undefined {
  if (typeof value !== 'string' || octets === undefined || !isBase64Url(value)) return undefined
  return decodeBase64Url(value).byteLength === octets ? value : undefined
}

/** RFC 7518 §6.3.1.1: without leading zero octets. */
function isModulus(value: unknown): value is string {
  if (typeof value !== 'string' || !isBase64Url(value)) return false
  const octets = decodeBase64Url(value)
  const bits = countBits(octets)
  return octets[0] !== 0 && bits >= MIN_RSA_BITS && bits <= MAX_PROOF_RSA_BITS
}

/** The SHA-256 thumbprint in base64url: of the required members, in this order (RFC 7638 §3.2). */
export function thumbprintOf({ kty, crv, n, e, x, y }: SignatureKey): string {
  const members =
    kty === 'RSA' ? { e, kty, n } : kty === 'OKP' ? { crv, kty, x } : { crv, kty, x, y }
  return sha256Base64Url(JSON.stringify(members))
}
