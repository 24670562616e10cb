/**
 * Token revocation (RFC 7009). Whoever holds a token may revoke it: presenting it is the proof.
 * A caller that names itself with another token must be the same client or an administrator. A
 * token that is unknown, expired or not ours is answered 200 like any other (RV-03).
 */
import type { AdminScope } from '../protocol/admin.ts'
import type { IssuedTokenClaims } from '../protocol/token.ts'
import { type LifecycleInput, readCaller, readToken } from './introspect.ts'
import type { KeyRing } from './issue/keyring.ts'
import { scopesOf, verifyOwnToken } from './issue/own-token.ts'
import type { Clock, IsRevoked, RevokeToken } from './ports.ts'
import { deny, ok, type Result } from './result.ts'

export type RevokePorts = {
  readonly gatewayIssuer: string
  readonly keyRing: KeyRing
  readonly clock: Clock
  readonly isRevoked: IsRevoked
  readonly revokeToken: RevokeToken
}

const SCOPE: AdminScope = 'revocations:write'

/** The claims of what was revoked; undefined when there was nothing to do. Throws `Unavailable`. */
export async function revoke(
  input: LifecycleInput,
  ports: RevokePorts,
): Promise<Result<IssuedTokenClaims | undefined>> {
  const caller = readCaller(input.authorization)
  if (!caller.ok) return caller
  const token = readToken(input)
  if (!token.ok) return token
  const { keyRing, gatewayIssuer, clock } = ports
  const claims = await verifyOwnToken(token.value, keyRing, gatewayIssuer, clock())
  if (caller.value !== undefined) {
    const allowed = await checkCaller(caller.value, token.value, claims, ports)
    if (!allowed.ok) return allowed
  }
  if (claims === undefined) return ok(undefined)
  await ports.revokeToken({ jti: claims.jti, expiresAt: claims.exp, by: claims.sub })
  return ok(claims)
}

async function checkCaller(
  bearer: string,
  token: string,
  claims: IssuedTokenClaims | undefined,
  ports: RevokePorts,
): Promise<Result<undefined>> {
  if (bearer === token) return ok(undefined)
  const caller = await verifyOwnToken(bearer, ports.keyRing, ports.gatewayIssuer, ports.clock())
  if (caller === undefined || (await ports.isRevoked(caller.jti))) {
    return deny({ reason: 'caller_unauthenticated' })
  }
  const isAdmin = caller.aud === ports.gatewayIssuer && scopesOf(caller).includes(SCOPE)
  const isSameClient =
    claims === undefined || (caller.client_id === claims.client_id && caller.sub === claims.sub)
  return isAdmin || isSameClient ? ok(undefined) : deny({ reason: 'token_of_another_client' })
}
