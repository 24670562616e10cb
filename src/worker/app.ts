/**
 * Mounts the table of endpoints. Paths are matched without decoding them. Otherwise a caller could
 * bypass a guard in front of the gateway with another spelling of a path (EXC-16).
 */
import { HonoBase } from 'hono/hono-base'
import { PATHS } from '../protocol/paths.ts'
import { CONSOLE_API } from './console/endpoints.ts'
import { addPageHeaders, isConsole, withPageHeaders } from './console/page-headers.ts'
import { SESSION } from './console/session.ts'
import type { AppContext, AppEnv, Route } from './context.ts'
import type { Endpoint } from './endpoint.ts'
import { ENDPOINTS, findMethods } from './endpoints.ts'
import { BEARER, requireAdmin } from './http/admin-auth.ts'
import { answerFailure, answerNotFound } from './http/failures.ts'
import { withGateway } from './http/gateway.ts'
import { openToPages, publish } from './http/publish.ts'
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
  app.notFound(answerUnrouted)
  for (const endpoint of CONSOLE_API) {
    mount(app, endpoint, withPageHeaders(assemble(endpoint, requireAdmin(endpoint, SESSION))))
  }
  // Otherwise the pages of the console would be served here too.
  app.all(`${PATHS.consoleApi}/*`, answerUnrouted)
  for (const endpoint of ENDPOINTS) {
    const route = assemble(endpoint, guard(endpoint))
    const isPage = endpoint.path.startsWith(PATHS.console)
    mount(app, endpoint, isPage ? withPageHeaders(route) : route)
  }
  return app
}

function mount(app: HonoBase<AppEnv>, { path, methods, isTree }: Endpoint, route: Route): void {
  const named = path.replace(/\{(\w+)\}/g, ':$1')
  const pattern = isTree ? `${named}/*` : named
  if (methods === 'any') app.all(pattern, route)
  else app.on([...methods], pattern, route)
}

function answerUnrouted(c: AppContext): Response {
  const response = answerNotFound(c, findMethods(c.req.path))
  return isConsole(c) ? addPageHeaders(response) : response
}

/**
 * Wraps the route. From the outside in: CORS, rate limit, gateway of the isolate, cache, guard, route.
 */
function assemble(endpoint: Endpoint, route: Route): Route {
  const { isAlwaysServed, limit } = endpoint
  const guarded = publish(route, endpoint)
  const served = isAlwaysServed ? guarded : withGateway(guarded)
  return openToPages(limit === 'address' ? limitByAddress(served) : served, endpoint)
}

function guard(endpoint: Endpoint): Route {
  switch (endpoint.authentication) {
    case 'none':
    case 'subject_token':
    case 'issued_token':
    case 'session':
      return endpoint.handler
    default:
      return requireAdmin(endpoint, BEARER)
  }
}
