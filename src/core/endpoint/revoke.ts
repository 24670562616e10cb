/**
 * Token revocation (RFC 7009). Whoever holds a token may revoke it: presenting it is the proof. A
 * caller that names itself with another token must be the same client or an administrator. For a
 * token that is unknown, expired or foreign, RFC 7009 demands the same 200 (RV-03). An
 * administrator is told instead: in an incident, "done" must mean that something was revoked.
 */
import type { AdminScope } from '../../contract/admin.ts'
import { MAX_TOKEN_LIFETIME_CEILING_SECONDS } from '../../contract/limits.ts'
import type { IssuedTokenClaims } from '../../protocol/token.ts'
import { ok, type Result } from '../../web/result.ts'
import { type Denial, deny } from '../denial.ts'
import type { Clock, IsRevoked, RevokedToken, RevokeToken } from '../ports.ts'
import { isTokenId } from '../tokens/ids.ts'
import type { KeyRing } from '../tokens/keyring.ts'
import { isExpiredOwnToken, scopesOf, verifyOwnToken } from '../tokens/own-token.ts'
import { type LifecycleInput, readCaller, readToken } from './introspect.ts'

export type RevokePorts = {
  readonly gatewayIssuer: string
  readonly keyRing: KeyRing
  readonly clock: Clock
  readonly isRevoked: IsRevoked
  readonly revokeToken: RevokeToken
}

/** What was revoked; the rule where the token was there to say it. */
export type Revoked = { readonly tokenId: string; readonly rule?: string }

const SCOPE: AdminScope = 'revocations:write'

/** What was revoked; undefined when there was nothing to do. Throws `Unavailable`. */
export async function revoke(
  input: LifecycleInput,
  ports: RevokePorts,
): Promise<Result<Revoked | undefined, Denial>> {
  const caller = readCaller(input.authorization)
  if (!caller.ok) return caller
  const token = readToken(input)
  if (!token.ok) return token
  const { keyRing, gatewayIssuer, clock } = ports
  const claims = await verifyOwnToken(token.value, keyRing, gatewayIssuer, clock())
  let admin: IssuedTokenClaims | undefined
  if (caller.value !== undefined) {
    const allowed = await checkCaller(caller.value, token.value, claims, ports)
    if (!allowed.ok) return allowed
    admin = allowed.value
  }
  if (claims !== undefined) {
    await ports.revokeToken({ jti: claims.jti, expiresAt: claims.exp, by: claims.sub })
    return ok({ tokenId: claims.jti, rule: claims.client_id })
  }
  if (admin === undefined) return ok(undefined)
  const revoked = await revokeNamed(token.value, { by: admin.sub }, ports)
  if (typeof revoked === 'object') return ok(revoked)
  return deny({ reason: 'nothing_to_revoke', at: revoked ?? 'token_unknown' })
}

/**
 * What an administrator names: a live token of ours, or the `jti` of one. Undefined when it is
 * neither; `token_expired` when it was one. Throws `Unavailable`.
 */
export async function revokeNamed(
  named: string,
  request: { readonly by: string; readonly reason?: string },
  ports: Omit<RevokePorts, 'isRevoked'>,
): Promise<NamedRevocation | 'token_expired' | undefined> {
  const { keyRing, gatewayIssuer, clock, revokeToken } = ports
  const at = clock()
  const claims = await verifyOwnToken(named, keyRing, gatewayIssuer, at)
  if (claims !== undefined) {
    const { jti: tokenId, exp: expiresAt, client_id: rule } = claims
    return { tokenId, rule, ...(await revokeToken({ jti: tokenId, expiresAt, ...request })) }
  }
  if (isTokenId(named)) {
    return { tokenId: named, ...(await revokeTokenId(named, request, ports)) }
  }
  const isExpired = await isExpiredOwnToken(named, keyRing, gatewayIssuer, at)
  return isExpired ? 'token_expired' : undefined
}

export type NamedRevocation = Revoked & RevokedToken

/** Without the token its end is unknown: remembered for as long as any token can live. */
function revokeTokenId(
  jti: string,
  request: { readonly by: string; readonly reason?: string },
  { clock, revokeToken }: Pick<RevokePorts, 'clock' | 'revokeToken'>,
): ReturnType<RevokeToken> {
  const expiresAt = clock() + MAX_TOKEN_LIFETIME_CEILING_SECONDS
  return revokeToken({ jti, expiresAt, ...request })
}

/** The caller's claims when it is an administrator. */
async function checkCaller(
  bearer: string,
  token: string,
  claims: IssuedTokenClaims | undefined,
  ports: RevokePorts,
): Promise<Result<IssuedTokenClaims | undefined, Denial>> {
  if (bearer === token) return ok(undefined)
  const caller = await verifyOwnToken(bearer, ports.keyRing, ports.gatewayIssuer, ports.clock())
  if (caller === undefined || (await ports.isRevoked(caller))) {
    return deny({ reason: 'caller_unauthenticated' })
  }
  const isAdmin = caller.aud === ports.gatewayIssuer && scopesOf(caller).includes(SCOPE)
  if (isAdmin) return ok(caller)
  const isSameClient =
    claims === undefined || (caller.client_id === claims.client_id && caller.sub === claims.sub)
  return isSameClient ? ok(undefined) : deny({ reason: 'token_of_another_client' })
}
