/**
 * Mounts the table of endpoints. Paths are matched without decoding them. Otherwise a caller could
 * bypass a guard in front of the gateway with another spelling of a path (EXC-16).
 */
import { HonoBase } from 'hono/hono-base'
import type { AppEnv, Route } from './context.ts'
import type { Endpoint } from './endpoint.ts'
import { ENDPOINTS, findMethods } from './endpoints.ts'
import { requireAdmin } from './http/admin-auth.ts'
import { answerFailure, answerNotFound } from './http/failures.ts'
import { withGateway } from './http/gateway.ts'
import { publish } from './http/publish.ts'
import { limitByAddress } from './http/rate-limits.ts'
import { locate } from './routing/locate.ts'
import { EndpointRouter } from './routing/router.ts'

export function createApp(): HonoBase<AppEnv> {
  const app = new HonoBase<AppEnv>({
    router: new EndpointRouter(),
    getPath: (request, options) => locate(request, options?.env),
  })
  app.onError(answerFailure)
  // RFC 9110 §15.5.6 requires 405 with `Allow` if the path exists and the method does not (TE-01,
  // AD-06).
  app.notFound((c) => answerNotFound(c, findMethods(c.req.path)))
  for (const endpoint of ENDPOINTS) {
    const { path, methods, isTree } = endpoint
    const named = path.replace(/\{(\w+)\}/g, ':$1')
    const pattern = isTree ? `${named}/*` : named
    const route = assemble(endpoint)
    if (methods === 'any') app.all(pattern, route)
    else app.on([...methods], pattern, route)
  }
  return app
}

/**
 * Wraps the route. From the outside in: rate limit, gateway of the isolate, headers, guard, route.
 */
function assemble(endpoint: Endpoint): Route {
  const { isAlwaysServed, limit } = endpoint
  const guarded = publish(guard(endpoint), endpoint)
  const served = isAlwaysServed ? guarded : withGateway(guarded)
  return limit === 'address' ? limitByAddress(served) : served
}

function guard(endpoint: Endpoint): Route {
  switch (endpoint.authentication) {
    case 'none':
    case 'subject_token':
    case 'issued_token':
      return endpoint.handler
    default:
      return requireAdmin(endpoint)
  }
}
