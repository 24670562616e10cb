/**
 * Authenticates callers of the admin API. A caller needs a valid token for the gateway itself with
 * the scope of the route. Only the deploy-time policy grants such tokens. Without a policy, the API
 * is off.
 */
import type { AdminScope } from '../../contract/admin.ts'
import { readBearer } from '../../core/endpoint/bearer.ts'
import { scopesOf, verifyOwnToken } from '../../core/tokens/own-token.ts'
import { readClock } from '../compose.ts'
import type { AdminContext, AdminRoute, Route } from '../context.ts'
import { acceptedKeys } from './accepted-keys.ts'
import { respondProblem } from './respond.ts'

export function requireAdmin(scope: AdminScope, route: AdminRoute): Route {
  return async function routeForAdmin(c) {
    const { settings, revocationLog } = c.var.gateway
    if (settings.policy === undefined) {
      return respondProblem({
        status: 403,
        title: 'Forbidden',
        detail: 'the admin API is off: BOOTSTRAP_TRUST is not set',
      })
    }
    const token = readBearer(c.req.header('authorization'))
    if (token === undefined) return unauthorized('Bearer')
    const keys = acceptedKeys(c.var.gateway)
    const claims = await verifyOwnToken(token, keys, settings.issuer, readClock())
    const isForUs = claims?.aud === settings.issuer
    if (claims === undefined || !isForUs || (await revocationLog.isRevoked(claims))) {
      return unauthorized('Bearer error="invalid_token"')
    }
    if (!scopesOf(claims).includes(scope)) {
      return respondProblem(
        { status: 403, title: 'Forbidden', detail: `the scope ${scope} is required` },
        { 'www-authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
      )
    }
    // An admin context has the member `author`, which the next line sets.
    const admin = c as unknown as AdminContext
    admin.set('author', claims.sub)
    return route(admin)
  }
}

function unauthorized(challenge: string): Response {
  return respondProblem(
    {
      status: 401,
      title: 'Unauthorized',
      detail: 'a valid token of this gateway for its admin API is required',
    },
    { 'www-authenticate': challenge },
  )
}
