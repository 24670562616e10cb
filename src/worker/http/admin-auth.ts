/**
 * Authenticates callers of the admin API. A caller needs a valid token for the gateway itself with
 * the scope of the route, and a proof if the token is bound. Only the deploy-time policy grants such
 * tokens. Without a policy, the API is off.
 */
import { type AdminScope, ALSO_ACCEPTED } from '../../contract/admin.ts'
import { PROBLEMS } from '../../contract/problems/problems.ts'
import {
  type CallerOutcome,
  type CallerToken,
  readCallerToken,
} from '../../core/evidence/proof/check-caller.ts'
import type { CompiledTrust } from '../../core/policy/compile/compiled.ts'
import { isInForce } from '../../core/policy/decide/narrow.ts'
import { revocableOf, scopesOf, verifyOwnToken } from '../../core/tokens/own-token.ts'
import type { IssuedTokenClaims } from '../../protocol/token.ts'
import { readClock } from '../compose.ts'
import type { AdminContext, AppContext, Route } from '../context.ts'
import type { AdminEndpoint } from '../endpoint.ts'
import { challengeOf, INVALID_TOKEN, proveCaller, tellNonce } from '../proofs/caller-proof.ts'
import { acceptedKeys } from './accepted-keys.ts'
import { checkParameters } from './check-parameters.ts'
import { type Problem, respondProblem } from './respond.ts'

/** Where the token of a caller is. */
export type AdminDoor = {
  /** Returns the token, or the refusal of a request without one. */
  readonly findCaller: (c: AppContext) => CallerToken | Response
  /** Refuses a token that is not valid. `challenge` has the headers for a bearer token. */
  readonly refuse: (challenge: Readonly<Record<string, string>>) => Response
}

/** Programs send the token in the header `Authorization`, and never in a cookie. */
export const BEARER: AdminDoor = {
  findCaller: (c) =>
    readCallerToken(c.req.header('authorization')) ??
    unauthorized(PROBLEMS.tokenMissing, { 'www-authenticate': 'Bearer' }),
  refuse: (challenge) => unauthorized(PROBLEMS.tokenInvalid, challenge),
}

type Admitted = {
  readonly claims: IssuedTokenClaims
  /** The scopes of the token that the policy in force still grants; never none. */
  readonly scopes: readonly string[]
  readonly caller: CallerToken
  readonly proven: CallerOutcome
}

/** Verifies the token of a caller, with any scope, and its proof. Returns it, or the refusal. */
export async function admitAdmin(c: AppContext, door: AdminDoor): Promise<Admitted | Response> {
  const { settings, revocationLog } = c.var.gateway
  if (settings.policy === undefined) {
    return respondProblem({
      ...PROBLEMS.adminOff,
      detail: 'the admin API is off: BOOTSTRAP_TRUST is not set',
    })
  }
  const caller = door.findCaller(c)
  if (caller instanceof Response) return caller
  const keys = acceptedKeys(c.var.gateway)
  const at = readClock()
  const claims = await verifyOwnToken(caller.token, keys, settings.issuer, at)
  const scopes = claims?.aud === settings.issuer ? scopesInForce(claims, settings.policy, at) : []
  const isRevoked = async (own: IssuedTokenClaims) =>
    await revocationLog.isRevoked(revocableOf(own, caller.token))
  if (claims === undefined || scopes.length === 0 || (await isRevoked(claims))) {
    return door.refuse(challengeOf(INVALID_TOKEN, caller))
  }
  const proven = await proveCaller(c, claims, caller)
  if (proven.fault !== undefined) return door.refuse(challengeOf(proven, caller, claims))
  return { claims, scopes, caller, proven }
}

/**
 * A rule that no longer grants a scope, or is gone, expired or only observed, takes it from the tokens
 * that it issued (ADM-09).
 */
function scopesInForce(
  claims: IssuedTokenClaims,
  { rules }: CompiledTrust,
  at: number,
): readonly string[] {
  const rule = rules.find(({ name }) => name === claims.client_id)
  const granted = (isInForce(rule, at) && rule?.grant?.scopes) || []
  return scopesOf(claims).filter((scope) => granted.includes(scope))
}

export function requireAdmin(endpoint: AdminEndpoint, door: AdminDoor): Route {
  const { authentication: scope, parameters, handler } = endpoint
  return async function routeForAdmin(c) {
    const admitted = await admitAdmin(c, door)
    if (admitted instanceof Response) return admitted
    const { claims, scopes, caller, proven } = admitted
    const refused = mayUse(scopes, scope)
      ? checkParameters(c.req.url, parameters)
      : forbidden(scope, caller)
    if (refused !== undefined) return tellNonce(refused, proven)
    // An admin context has more members, which the next lines set.
    const admin = c as unknown as AdminContext
    admin.set('author', claims.sub)
    admin.set('tokenId', claims.jti)
    admin.set('caller', revocableOf(claims, caller.token))
    return tellNonce(await handler(admin), proven)
  }
}

function mayUse(scopes: readonly string[], scope: AdminScope): boolean {
  const other = ALSO_ACCEPTED[scope]
  return scopes.includes(scope) || (other !== undefined && scopes.includes(other))
}

function forbidden(scope: AdminScope, { scheme }: CallerToken): Response {
  return respondProblem(
    {
      ...PROBLEMS.scopeMissing,
      detail: `the scope ${scope} is required: get a token by a rule of BOOTSTRAP_TRUST that grants it`,
    },
    { 'www-authenticate': `${scheme} error="insufficient_scope", scope="${scope}"` },
  )
}

function unauthorized(
  problem: Omit<Problem, 'detail'>,
  headers: Readonly<Record<string, string>>,
): Response {
  return respondProblem(
    { ...problem, detail: 'a valid token of this gateway for its admin API is required' },
    headers,
  )
}
