/**
 * Reads the `nonce` of an ID token without verification (OpenID Connect Core §3.1.3.7, step 11). It
 * ties the token to the sign-in that asked for it. The caller then exchanges the same text, which
 * verifies it.
 */
import { ok, type Result } from '../../web/result.ts'
import type { Denial } from '../denial.ts'
import { openClaims, peek } from './peek.ts'

/** Returns the claim as it is, or the denial with which the exchange refuses a text that is no token. */
export function peekNonce(idToken: string): Result<unknown, Denial> {
  const token = peek(idToken)
  return token.ok ? ok(openClaims(token.value).nonce) : token
}
