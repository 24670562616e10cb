/**
 * Token revocation (RFC 7009). The holder of a token may revoke it, because presenting it is the
 * proof. A caller that authenticates with another token or with a client assertion must be the same
 * client, or an administrator. For a token that is unknown, expired or foreign, RFC 7009 requires
 * the same 200 (RV-03). An administrator gets an error instead, because during an incident a
 * success must mean that a token was revoked.
 */
import type { AdminScope } from '../../contract/admin.ts'
import { MAX_TOKEN_LIFETIME_CEILING_SECONDS } from '../../contract/limits.ts'
import type { IssuedTokenClaims } from '../../protocol/token.ts'
import { ok, type Result } from '../../web/result.ts'
import { type Denial, deny } from '../denial.ts'
import type { CallerToken } from '../evidence/proof/check-caller.ts'
import type { Clock } from '../ports.ts'
import type { IsRevoked, RevokedToken, RevokeToken } from '../revocation-ports.ts'
import { isTokenId } from '../tokens/ids.ts'
import type { KeyRing } from '../tokens/keyring.ts'
import { isExpiredOwnToken, revocableOf, scopesOf, verifyOwnToken } from '../tokens/own-token.ts'
import {
  authenticateClient,
  type LifecycleInput,
  type ProveCaller,
  readCaller,
  readQuestion,
} from './introspect.ts'
import { type AssertionPorts, hasAssertion, isHolder } from './lifecycle/client-assertion.ts'

export type RevokePorts = {
  readonly gatewayIssuer: string
  readonly keyRing: KeyRing
  readonly clock: Clock
  readonly isRevoked: IsRevoked
  readonly revokeToken: RevokeToken
  readonly proveCaller: ProveCaller
  readonly assertions: AssertionPorts
}

/** The revoked token. Its rule is known only if the token itself was sent. */
export type Revoked = { readonly tokenId: string; readonly rule?: string }

const SCOPE: AdminScope = 'revocations:write'

/** Revokes a token. Returns undefined if no token was revoked. Throws `Unavailable`. */
export async function revoke(
  input: LifecycleInput,
  ports: RevokePorts,
): Promise<Result<Revoked | undefined, Denial>> {
  const caller = readCaller(input.authorization)
  if (!caller.ok) return caller
  const question = readQuestion(input)
  if (!question.ok) return question
  const { token, form } = question.value
  const { keyRing, gatewayIssuer, clock } = ports
  let admin: IssuedTokenClaims | undefined
  const client = hasAssertion(form)
    ? await authenticateClient(question.value, caller.value !== undefined, ports)
    : undefined
  if (client?.ok === false) return client
  const claims = await verifyOwnToken(token, keyRing, gatewayIssuer, clock())
  if (client !== undefined && claims !== undefined && !isHolder(client.value, claims)) {
    return deny({ reason: 'token_of_another_client' })
  }
  if (caller.value !== undefined) {
    const allowed = await checkCaller(caller.value, token, claims, ports)
    if (!allowed.ok) return allowed
    admin = allowed.value
  }
  if (claims !== undefined) {
    const by = (admin ?? claims).sub
    await ports.revokeToken({ jti: claims.jti, expiresAt: claims.exp, by })
    return ok({ tokenId: claims.jti, rule: claims.client_id })
  }
  if (admin === undefined) return ok(undefined)
  const revoked = await revokeNamed(token, { by: admin.sub }, ports)
  if (typeof revoked === 'object') return ok(revoked)
  return deny({ reason: 'nothing_to_revoke', at: revoked ?? 'token_unknown' })
}

/**
 * Revokes what an administrator names: a valid token of this gateway, or the `jti` of one. Returns
 * `token_expired` for an expired token, and undefined for any other text. Throws `Unavailable`.
 */
export async function revokeNamed(
  named: string,
  request: { readonly by: string; readonly reason?: string },
  ports: Omit<RevokePorts, 'isRevoked' | 'proveCaller' | 'assertions'>,
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

/**
 * Revokes by `jti`. The token's expiry is unknown, so the revocation is kept for the longest
 * possible token lifetime.
 */
function revokeTokenId(
  jti: string,
  request: { readonly by: string; readonly reason?: string },
  { clock, revokeToken }: Pick<RevokePorts, 'clock' | 'revokeToken'>,
): ReturnType<RevokeToken> {
  const expiresAt = clock() + MAX_TOKEN_LIFETIME_CEILING_SECONDS
  return revokeToken({ jti, expiresAt, ...request })
}

/**
 * Checks whether the caller may revoke the token. Returns the caller's claims if it is an
 * administrator.
 */
async function checkCaller(
  used: CallerToken,
  token: string,
  claims: IssuedTokenClaims | undefined,
  ports: RevokePorts,
): Promise<Result<IssuedTokenClaims | undefined, Denial>> {
  const { keyRing, gatewayIssuer, clock } = ports
  const isHolder = used.token === token
  if (isHolder && claims === undefined) return ok(undefined)
  const caller = isHolder
    ? claims
    : await verifyOwnToken(used.token, keyRing, gatewayIssuer, clock())
  const isLive =
    caller !== undefined && (isHolder || !(await ports.isRevoked(revocableOf(caller, used.token))))
  if (!isLive || !(await ports.proveCaller(caller, used))) {
    return deny({ reason: 'caller_unauthenticated' })
  }
  if (isHolder) return ok(undefined)
  const isAdmin = caller.aud === ports.gatewayIssuer && scopesOf(caller).includes(SCOPE)
  if (isAdmin) return ok(caller)
  const isSameClient =
    claims === undefined || (caller.client_id === claims.client_id && caller.sub === claims.sub)
  return isSameClient ? ok(undefined) : deny({ reason: 'token_of_another_client' })
}
