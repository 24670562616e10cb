/**
 * Reads the `nonce` of an ID token without verification (OpenID Connect Core §3.1.3.7, step 11). It
 * ties the token to the sign-in that asked for it. The caller then exchanges the same text, which
 * verifies it.
 */
import { decodeJwt } from 'jose'

/** Returns the claim as it is, or undefined for a text that is no JWT. */
export function peekNonce(idToken: string): unknown {
  try {
    return decodeJwt(idToken).nonce
  } catch {
    return undefined
  }
}
