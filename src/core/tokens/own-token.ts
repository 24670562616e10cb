/**
 * Verifies a token that this gateway issued, for revocation, introspection and the admin API. It
 * checks signature, issuer and expiry; the caller checks revocations.
 */
import type { RevocableToken } from '../../protocol/revocations.ts'
import { ACCESS_TOKEN_TYP, findTokenTyp, type IssuedTokenClaims } from '../../protocol/token.ts'
import { decodeBase64Url } from '../../web/base64.ts'
import { readMember } from '../../web/json.ts'
import { type JwtLimits, readCompactJwt, type UnprovenJwt } from '../../web/jwt/compact-jwt.ts'
import { readStrictObject } from '../../web/jwt/strict-object.ts'
import { createSignatureVerifier, type SignatureKey } from '../../web/signature.ts'
import {
  MAX_JOSE_HEADER_BYTES,
  MAX_JSON_DEPTH,
  MAX_JSON_MEMBERS,
  MAX_SUBJECT_TOKEN_BYTES,
} from '../limits.ts'
import type { RingKey } from './keyring.ts'

/** The public keys of a key ring, which are enough to verify. */
export type PublicKeyRing = {
  readonly keys: readonly Pick<RingKey, 'keyId' | 'algorithm' | 'publicJwk'>[]
}

const LIMITS: JwtLimits = {
  size: MAX_SUBJECT_TOKEN_BYTES,
  headerSize: MAX_JOSE_HEADER_BYTES,
  json: { depth: MAX_JSON_DEPTH, members: MAX_JSON_MEMBERS },
}
/** The whole header of a token of ours. Another member could change what is signed (TOK-07). */
const HEADER_MEMBERS: readonly string[] = ['alg', 'kid', 'typ']
const REQUIRED_CLAIMS = ['sub', 'aud', 'jti', 'client_id', 'scope'] as const

const verifySignature = createSignatureVerifier()

/** Returns the claims of a valid token of this gateway, or undefined for any other text. */
export async function verifyOwnToken(
  token: string,
  ring: PublicKeyRing,
  gatewayIssuer: string,
  at: number,
): Promise<IssuedTokenClaims | undefined> {
  const read = readCompactJwt(token, LIMITS)
  return read.ok ? verifyRead(read.value, ring, gatewayIssuer, at) : undefined
}

async function verifyRead(
  { header, claims, signed, signature }: UnprovenJwt,
  ring: PublicKeyRing,
  gatewayIssuer: string,
  at: number,
): Promise<IssuedTokenClaims | undefined> {
  const key = ring.keys.find(({ keyId }) => keyId === header.kid)
  // The key decides the algorithm, never the token (TOK-02).
  if (key === undefined || header.alg !== key.algorithm) return undefined
  if (!Object.keys(header).every((name) => HEADER_MEMBERS.includes(name))) return undefined
  // A key of another type does not verify.
  const jwk = key.publicJwk as SignatureKey
  if (!(await verifySignature(jwk, key.algorithm, signed, signature))) return undefined
  if (claims.iss !== gatewayIssuer || !isInForce(claims, at)) return undefined
  if (REQUIRED_CLAIMS.some((name) => claims[name] === undefined)) return undefined
  const typ = findTokenTyp(header.typ)
  // Admin tokens always have this type. A token of another type was issued for an API (TOK-17).
  if (typ === undefined || (typ !== ACCESS_TOKEN_TYP && claims.aud === gatewayIssuer)) {
    return undefined
  }
  // This gateway signed it, so its claims have the form that `issue.ts` writes.
  return claims as unknown as IssuedTokenClaims
}

/** RFC 7519 §4.1.4 to §4.1.6, without leeway: the clock that wrote the times is ours. */
function isInForce({ exp, iat, nbf }: UnprovenJwt['claims'], at: number): boolean {
  // A revocation of all tokens that were issued before a moment compares `iat`.
  if (typeof iat !== 'number' || typeof exp !== 'number' || exp <= at) return false
  return nbf === undefined || (typeof nbf === 'number' && nbf <= at)
}

/** Returns what a revocation can name of a verified token: its claims, and the key in its header. */
export function revocableOf(claims: IssuedTokenClaims, token: string): RevocableToken {
  const header = readStrictObject(decodeBase64Url(token.slice(0, token.indexOf('.'))), LIMITS.json)
  const kid = header.ok ? readMember(header.value, 'kid') : undefined
  return { ...claims, kid: typeof kid === 'string' ? kid : undefined }
}

/** Whether this gateway issued the token and it has expired. */
export async function isExpiredOwnToken(
  token: string,
  ring: PublicKeyRing,
  gatewayIssuer: string,
  at: number,
): Promise<boolean> {
  const read = readCompactJwt(token, LIMITS)
  if (!read.ok) return false
  const { iat } = read.value.claims
  // The token is verified as of the moment in which it says that it was issued.
  if (typeof iat !== 'number' || iat > at) return false
  return (await verifyRead(read.value, ring, gatewayIssuer, iat)) !== undefined
}

/** Returns the scopes of a token of this gateway as a list. */
export function scopesOf(claims: IssuedTokenClaims): readonly string[] {
  return claims.scope.split(' ')
}
