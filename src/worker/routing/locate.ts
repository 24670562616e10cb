/**
 * Finds which of the gateway's paths a request means. If the issuer URL has a path, the endpoints
 * are below it. The RFC 8414 document is between host and path, as that RFC requires. The metadata of
 * protected resources is at the root of the host, because those resources have paths of their own.
 */
import { REQUIRE_RESOURCE } from '../../protocol/forward-auth.ts'
import {
  OAUTH_AUTHORIZATION_SERVER,
  OAUTH_PROTECTED_RESOURCE,
  PATHS,
} from '../../protocol/paths.ts'

const NOWHERE = '/'

/**
 * Returns the path below the issuer as it was sent. It is never decoded: `/%74oken` is not
 * `/token`.
 *
 * The client of a proxy chooses the path below `/verify/`, and a server in front of the gateway may
 * resolve its dot segments. Then `/verify/../health` would return 200, and the proxy would let the
 * request pass. A proxy therefore sends a header of its own. With this header, only `/verify` is
 * served.
 */
export function locate(request: Request, env: { readonly ISSUER?: string } | undefined): string {
  const path = pathBelowIssuer(rawPath(request.url), basePathOf(env?.ISSUER))
  if (!request.headers.has(REQUIRE_RESOURCE)) return path
  return isBelow(path, PATHS.verify) ? path : NOWHERE
}

function isBelow(path: string, tree: string): boolean {
  return path === tree || path.startsWith(`${tree}/`)
}

function pathBelowIssuer(path: string, base: string): string {
  if (base === '' || isBelow(path, OAUTH_PROTECTED_RESOURCE)) return path
  if (path === `${OAUTH_AUTHORIZATION_SERVER}${base}`) return OAUTH_AUTHORIZATION_SERVER
  if (path === PATHS.health) return path
  return path.startsWith(`${base}/`) ? path.slice(base.length) : NOWHERE
}

/** Returns the path of a URL as it was sent, without decoding it. */
export function rawPath(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3)
  if (start === -1) return '/'
  const query = url.indexOf('?', start)
  return query === -1 ? url.slice(start) : url.slice(start, query)
}

/** Returns the path of the issuer URL, or an empty text. */
export function basePathOf(issuer: string | undefined): string {
  if (issuer === undefined) return ''
  const start = issuer.indexOf('/', issuer.indexOf('://') + 3)
  return start === -1 ? '' : issuer.slice(start)
}
