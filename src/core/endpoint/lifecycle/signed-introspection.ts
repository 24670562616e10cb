/**
 * The answer of `/introspect` as a signed JWT (RFC 9701), for callers that keep it as evidence. It is
 * not encrypted.
 */

import { INTROSPECTION_CONTENT_TYPE, INTROSPECTION_TYP } from '../../../protocol/token.ts'
import { asksFor } from '../../accept.ts'
import { Unavailable } from '../../ports.ts'
import { type KeyRing, selectSigningKey } from '../../tokens/keyring.ts'
import { createJwtSigner } from '../../tokens/signed-jwt.ts'

/** Whether the `Accept` header asks for the signed answer (RFC 9701 §4), and does not prefer JSON. */
export function asksForJwt(accept: string | undefined): boolean {
  return asksFor(accept, INTROSPECTION_CONTENT_TYPE, 'application/json')
}

export type SignedIntrospection = {
  readonly gatewayIssuer: string
  /** The caller. */
  readonly audience: string
  /** Epoch seconds. */
  readonly issuedAt: number
}

/**
 * Signs an answer. It has no `sub` and no `exp` beside `token_introspection`. Otherwise an API could
 * accept it as a token (IN-14). Without a registered algorithm, RFC 9701 §6 expects RS256. Throws
 * `Unavailable` if there is no key.
 */
export function signIntrospection(
  introspection: object,
  { gatewayIssuer, audience, issuedAt }: SignedIntrospection,
  ring: KeyRing,
): Promise<string> {
  const key =
    selectSigningKey(ring, 'RS256', issuedAt) ?? selectSigningKey(ring, undefined, issuedAt)
  if (key === undefined) throw new Unavailable('signing_key')
  const header = { typ: INTROSPECTION_TYP, alg: key.algorithm, kid: key.keyId } as const
  const claims = { iss: gatewayIssuer, aud: audience, iat: issuedAt }
  return createJwtSigner(header, key.sign)({ ...claims, token_introspection: introspection })
}
