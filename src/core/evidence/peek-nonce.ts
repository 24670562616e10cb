/**
 * Reads the `nonce` of an ID token without verification (OpenID Connect Core §3.1.3.7, step 11). It
 * ties the token to the sign-in that asked for it. The caller then exchanges the same text, which
 * verifies it.
 */
import { openClaims, peek } from './peek.ts'

/** Returns the claim as it is, or undefined for a text that is no JWT. */
export function peekNonce(idToken: string): unknown {
  const token = peek(idToken)
  return token.ok ? openClaims(token.value).nonce : undefined
}
