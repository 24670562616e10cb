/**
 * Which of our paths a request means. The issuer may have a path of its own: endpoints hang below
 * it, and the RFC 8414 document stands where that RFC puts it, between host and path.
 */
import { REQUIRE_RESOURCE } from '../../protocol/forward-auth.ts'
import { OAUTH_AUTHORIZATION_SERVER, PATHS } from '../../protocol/paths.ts'

const NOWHERE = '/'

/**
 * The path below the issuer, as it was sent. Never decoded: `/%74oken` is not `/token`.
 *
 * Below `/verify/` a path is made by the client of a proxy, and whatever stands before us may
 * resolve its dots: `/verify/../health` must not become a 200 that the proxy takes for a yes. Such
 * a question carries a header of the proxy, and with it there is nothing but `/verify` here.
 */
export function locate(request: Request, env: { readonly ISSUER?: string } | undefined): string {
  const path = pathBelowIssuer(rawPath(request.url), basePathOf(env?.ISSUER))
  if (!request.headers.has(REQUIRE_RESOURCE)) return path
  return path === PATHS.verify || path.startsWith(`${PATHS.verify}/`) ? path : NOWHERE
}

function pathBelowIssuer(path: string, base: string): string {
  if (base === '') return path
  if (path === `${OAUTH_AUTHORIZATION_SERVER}${base}`) return OAUTH_AUTHORIZATION_SERVER
  if (path === PATHS.health) return path
  return path.startsWith(`${base}/`) ? path.slice(base.length) : NOWHERE
}

function rawPath(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3)
  if (start === -1) return '/'
  const query = url.indexOf('?', start)
  return query === -1 ? url.slice(start) : url.slice(start, query)
}

function basePathOf(issuer: string | undefined): string {
  if (issuer === undefined) return ''
  const start = issuer.indexOf('/', issuer.indexOf('://') + 3)
  return start === -1 ? '' : issuer.slice(start)
}
