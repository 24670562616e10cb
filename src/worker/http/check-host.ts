/**
 * Who may be meant by a request, checked before anything is routed. workerd builds the URL from the
 * `Host` header and the request target without looking at either: `Host: x/health?` would turn a
 * question to `/verify` into one to `/health`. Routing itself is `locate.ts`' work.
 */
import { isForeignPage } from '../../protocol/foreign-page.ts'
import { PATHS } from '../../protocol/paths.ts'
import { type Host, isKnownHost, parseHost, splitHosts } from '../../web/host.ts'
import { type Env, isLocalGateway } from '../env.ts'
import { locate } from './locate.ts'
import { respondProblem } from './respond.ts'

/**
 * A refusal, or undefined for a request that may be routed.
 *
 * The syntax of the host is checked for every request. Its identity is checked everywhere but at
 * `/verify`: a page that rebinds its own DNS name to this machine sends that name as the host, and
 * gets nothing. Proxies ask `/verify` under the host of their own client, and the answer there
 * depends on the caller's token alone, so any valid host may ask.
 */
export function refuseHost(request: Request, env: Env): Response | undefined {
  const header = request.headers.get('host')
  const authority = parseHost(authorityOf(request.url))
  const host = header === null ? authority : parseHost(header)
  if (host === undefined || authority === undefined) {
    return respondProblem({
      status: 400,
      title: 'Bad Request',
      detail: 'the Host header must be one host with an optional port',
    })
  }
  const mayBeForeign = isVerify(locate(request, env))
  // A service binding sends no Host header, and the host of its URL has no meaning.
  if (header !== null && !mayBeForeign && !(isOurs(host, env) && isOurs(authority, env))) {
    return respondProblem({
      status: 421,
      title: 'Misdirected Request',
      detail: 'this gateway is not known by that host; ALLOWED_HOSTS adds one',
    })
  }
  return mayBeForeign ? undefined : refusePage(request, host, env)
}

/** On one machine, a page in a browser reaches loopback addresses by names that are allowed. */
function refusePage(request: Request, host: Host, env: Env): Response | undefined {
  if (!isLocalGateway(env) || request.method === 'GET' || request.method === 'HEAD')
    return undefined
  const page = {
    origin: request.headers.get('origin'),
    site: request.headers.get('sec-fetch-site'),
  }
  if (!isForeignPage(page, [`http://${host.nameAndPort}`, originOf(env.ISSUER)])) return undefined
  return respondProblem({
    status: 403,
    title: 'Forbidden',
    detail: 'pages of other origins may not use this gateway',
  })
}

function isVerify(path: string): boolean {
  return path === PATHS.verify || path.startsWith(`${PATHS.verify}/`)
}

/** Without an issuer nothing is served but `/health`, which says that the issuer is missing. */
function isOurs(host: Host, env: Env): boolean {
  const issuer = parseHost(authorityOf(env.ISSUER ?? ''))
  if (issuer === undefined || host.name === issuer.name) return true
  return isKnownHost(host, listHosts(env.ALLOWED_HOSTS))
}

/** Hosts between spaces or commas. */
function listHosts(text: string | undefined): readonly string[] {
  return splitHosts(text ?? '').flatMap((host) => parseHost(host)?.nameAndPort ?? [])
}

function authorityOf(url: string): string {
  const start = url.indexOf('://') + 3
  const length = url.slice(start).search(/[/?#\\]/)
  return length === -1 ? url.slice(start) : url.slice(start, start + length)
}

function originOf(issuer = ''): string {
  return issuer.slice(0, issuer.indexOf('://') + 3 + authorityOf(issuer).length)
}
