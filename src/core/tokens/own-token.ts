/**
 * Verifies a token that this gateway issued, for revocation, introspection and the admin API. It
 * checks signature, issuer and expiry; the caller checks revocations.
 */
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import type { RevocableToken } from '../../protocol/revocations.ts'
import { ACCESS_TOKEN_TYP, findTokenTyp, type IssuedTokenClaims } from '../../protocol/token.ts'
import { MAX_SUBJECT_TOKEN_BYTES } from '../limits.ts'
import type { RingKey } from './keyring.ts'

/** The public keys of a key ring, which are enough to verify. */
export type PublicKeyRing = {
  readonly keys: readonly Pick<RingKey, 'keyId' | 'algorithm' | 'publicJwk'>[]
}

/** Returns the claims of a valid token of this gateway, or undefined for any other text. */
export async function verifyOwnToken(
  token: string,
  ring: PublicKeyRing,
  gatewayIssuer: string,
  at: number,
): Promise<IssuedTokenClaims | undefined> {
  if (token.length > MAX_SUBJECT_TOKEN_BYTES) return undefined
  try {
    const { kid } = decodeProtectedHeader(token)
    const key = ring.keys.find((candidate) => candidate.keyId === kid)
    if (key === undefined) return undefined
    const { payload, protectedHeader } = await jwtVerify(token, key.publicJwk, {
      algorithms: [key.algorithm],
      issuer: gatewayIssuer,
      // biome-ignore lint/style/noRestrictedGlobals: jose takes a Date, and this one is `at`
      currentDate: new Date(at * 1000),
      requiredClaims: ['sub', 'aud', 'exp', 'iat', 'jti', 'client_id', 'scope'],
    })
    const typ = findTokenTyp(protectedHeader.typ)
    // Admin tokens always have this type. A token of another type was issued for an API (TOK-17).
    if (typ === undefined || (typ !== ACCESS_TOKEN_TYP && payload.aud === gatewayIssuer)) {
      return undefined
    }
    // This gateway signed it, so its claims have the form that `issue.ts` writes.
    return payload as unknown as IssuedTokenClaims
  } catch {
    return undefined
  }
}

/** Returns what a revocation can name of a verified token: its claims, and the key in its header. */
export function revocableOf(claims: IssuedTokenClaims, token: string): RevocableToken {
  return { ...claims, kid: decodeProtectedHeader(token).kid }
}

/** Whether this gateway issued the token and it has expired. */
export async function isExpiredOwnToken(
  token: string,
  ring: PublicKeyRing,
  gatewayIssuer: string,
  at: number,
): Promise<boolean> {
  const iat = readIssuedAt(token)
  if (iat === undefined || iat > at) return false
  return (await verifyOwnToken(token, ring, gatewayIssuer, iat)) !== undefined
}

/** Reads `iat` without verification. `verifyOwnToken` then verifies the token as of that moment. */
function readIssuedAt(token: string): number | undefined {
  if (token.length > MAX_SUBJECT_TOKEN_BYTES) return undefined
  try {
    return decodeJwt(token).iat
  } catch {
    return undefined
  }
}

/** Returns the scopes of a token of this gateway as a list. */
export function scopesOf(claims: IssuedTokenClaims): readonly string[] {
  return claims.scope.split(' ')
}
