/**
 * Authenticates callers of the admin API. A caller needs a valid token for the gateway itself with
 * the scope of the route, and a proof if the token is bound. Only the deploy-time policy grants such
 * tokens. Without a policy, the API is off.
 */
import { type AdminScope, ALSO_ACCEPTED } from '../../contract/admin.ts'
import { PROBLEMS } from '../../contract/problems/problems.ts'
import { type CallerToken, readCallerToken } from '../../core/evidence/proof/check-caller.ts'
import { revocableOf, scopesOf, verifyOwnToken } from '../../core/tokens/own-token.ts'
import type { IssuedTokenClaims } from '../../protocol/token.ts'
import { readClock } from '../compose.ts'
import type { AdminContext, Route } from '../context.ts'
import type { AdminEndpoint } from '../endpoint.ts'
import { challengeOf, INVALID_TOKEN, proveCaller } from '../proofs/caller-proof.ts'
import { acceptedKeys } from './accepted-keys.ts'
import { checkParameters } from './check-parameters.ts'
import { type Problem, respondProblem } from './respond.ts'

export function requireAdmin(endpoint: AdminEndpoint): Route {
  const { authentication: scope, parameters, handler } = endpoint
  return async function routeForAdmin(c) {
    const { settings, revocationLog } = c.var.gateway
    if (settings.policy === undefined) {
      return respondProblem({
        ...PROBLEMS.adminOff,
        detail: 'the admin API is off: BOOTSTRAP_TRUST is not set',
      })
    }
    const caller = readCallerToken(c.req.header('authorization'))
    if (caller === undefined)
      return unauthorized(PROBLEMS.tokenMissing, { 'www-authenticate': 'Bearer' })
    const keys = acceptedKeys(c.var.gateway)
    const claims = await verifyOwnToken(caller.token, keys, settings.issuer, readClock())
    const isForUs = claims?.aud === settings.issuer
    const isRevoked = async (own: IssuedTokenClaims) =>
      await revocationLog.isRevoked(revocableOf(own, caller.token))
    if (claims === undefined || !isForUs || (await isRevoked(claims))) {
      return unauthorized(PROBLEMS.tokenInvalid, challengeOf(INVALID_TOKEN, caller))
    }
    const proven = await proveCaller(c, claims, caller)
    if (proven.fault !== undefined) {
      return unauthorized(PROBLEMS.tokenInvalid, challengeOf(proven, caller, claims))
    }
    if (!mayUse(scopesOf(claims), scope)) return forbidden(scope, caller)
    const refused = parameters === 'by_route' ? undefined : checkParameters(c.req.url, parameters)
    if (refused !== undefined) return refused
    // An admin context has more members, which the next lines set.
    const admin = c as unknown as AdminContext
    admin.set('author', claims.sub)
    admin.set('tokenId', claims.jti)
    admin.set('caller', revocableOf(claims, caller.token))
    return handler(admin)
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
