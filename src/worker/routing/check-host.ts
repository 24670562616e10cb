/**
 * Checks the host that a request names, before the request is routed. workerd builds the URL from
 * the `Host` header and the request target without validating either. With `Host: x/health?`, a
 * request for `/verify` would become one for `/health`. `locate.ts` does the routing.
 */
import { PROBLEMS } from '../../contract/problems/problems.ts'
import { isForeignPage } from '../../protocol/foreign-page.ts'
import { PATHS } from '../../protocol/paths.ts'
import { type Host, isKnownHost, parseHost, splitHosts } from '../../web/host.ts'
import { type Env, isLocalGateway } from '../env.ts'
import { respondProblem } from '../http/respond.ts'
import { MAX_ACCEPTED_HOSTS } from '../limits.ts'
import { locate } from './locate.ts'

/**
 * Returns a refusal, or undefined if the request may be routed.
 *
 * The syntax of the host is checked for every request. The host must also be known, except at
 * `/verify`. A page can rebind its own DNS name to this machine. Its requests name that host and
 * are refused. A proxy calls `/verify` with the host of its own client, and the answer depends only
 * on the caller's token. Any valid host is therefore accepted there.
 */
export function refuseHost(request: Request, env: Env, own: OwnHosts): Response | undefined {
  const header = request.headers.get('host')
  const named = authorityOf(request.url)
  const known = header === named ? own.accepted.get(named) : undefined
  const authority = known ?? parseHost(named)
  const host = header === null || header === named ? authority : parseHost(header)
  if (host === undefined || authority === undefined) {
    return respondProblem({
      ...PROBLEMS.hostInvalid,
      detail: 'the Host header must be one host with an optional port',
    })
  }
  // Only a local gateway asks more of an accepted host.
  if (known !== undefined && !isLocalGateway(env)) return undefined
  const mayBeForeign = isVerify(locate(request, env))
  // A service binding sends no Host header, and the host of its URL has no meaning.
  if (header !== null && !mayBeForeign && known === undefined) {
    if (!areOurs(host, authority, own)) {
      return respondProblem({
        ...PROBLEMS.hostUnknown,
        detail: 'this gateway does not serve that host; add it to ALLOWED_HOSTS',
      })
    }
    if (header === named && own.accepted.size < MAX_ACCEPTED_HOSTS) own.accepted.set(named, host)
  }
  return mayBeForeign ? undefined : refusePage(request, host, env)
}

/**
 * Refuses a page of another origin. Such a page in a browser on the same machine can reach a local
 * gateway under an allowed host.
 */
function refusePage(request: Request, host: Host, env: Env): Response | undefined {
  if (!isLocalGateway(env) || request.method === 'GET' || request.method === 'HEAD')
    return undefined
  const page = {
    origin: request.headers.get('origin'),
    site: request.headers.get('sec-fetch-site'),
  }
  if (!isForeignPage(page, [`http://${host.nameAndPort}`, originOf(env.ISSUER)])) return undefined
  return respondProblem({
    ...PROBLEMS.pageForeign,
    detail: 'pages of other origins may not use this gateway',
  })
}

function isVerify(path: string): boolean {
  return path === PATHS.verify || path.startsWith(`${PATHS.verify}/`)
}

/** The hosts of a deployment. */
export type OwnHosts = {
  /** Undefined if `ISSUER` is missing or malformed. */
  readonly issuer: Host | undefined
  readonly allowed: readonly string[]
  /** The spellings of these hosts that requests named, so that each is parsed once. */
  readonly accepted: Map<string, Host>
}

/** Reads `ISSUER` and `ALLOWED_HOSTS`. */
export function readOwnHosts({ ISSUER = '', ALLOWED_HOSTS = '' }: Env): OwnHosts {
  const allowed = splitHosts(ALLOWED_HOSTS).flatMap((host) => parseHost(host)?.nameAndPort ?? [])
  return { issuer: parseHost(authorityOf(ISSUER)), allowed, accepted: new Map() }
}

/** Accepts any host if `ISSUER` is missing, so that `/health` can report it. */
function areOurs(host: Host, authority: Host, { issuer, allowed }: OwnHosts): boolean {
  if (issuer === undefined) return true
  const isOurs = (one: Host) => one.name === issuer.name || isKnownHost(one, allowed)
  return isOurs(host) && (host === authority || isOurs(authority))
}

export function authorityOf(url: string): string {
  const start = url.indexOf('://') + 3
  const length = url.slice(start).search(/[/?#\\]/)
  return length === -1 ? url.slice(start) : url.slice(start, start + length)
}

function originOf(issuer = ''): string {
  return issuer.slice(0, issuer.indexOf('://') + 3 + authorityOf(issuer).length)
}
