/**
 * Who may use the admin API: holders of a live token of ours, for the gateway itself, with the
 * scope of the route. Without a deploy-time policy nobody can hold one, and the API is off.
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
    // The same context, with what its type promises to admin routes.
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
      detail: 'a live token of this gateway for its own admin API is required',
    },
    { 'www-authenticate': challenge },
  )
}
