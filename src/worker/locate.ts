/**
 * Which of our paths a request means. The issuer may have a path of its own: endpoints hang below
 * it, and the RFC 8414 document stands where that RFC puts it, between host and path.
 */
import { OAUTH_AUTHORIZATION_SERVER } from '../protocol/paths.ts'

const NOWHERE = '/'

/** The path below the issuer, as it was sent. Never decoded: `/%74oken` is not `/token`. */
export function locate(request: Request, env: { readonly ISSUER?: string } | undefined): string {
  const path = rawPath(request.url)
  const base = basePathOf(env?.ISSUER)
  if (base === '') return path
  if (path === `${OAUTH_AUTHORIZATION_SERVER}${base}`) return OAUTH_AUTHORIZATION_SERVER
  if (path === '/health') return path
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
