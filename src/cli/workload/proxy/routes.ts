/**
 * Finds the upstream and the path for a request. The token is sent only to configured upstreams: a
 * request selects one by its path and cannot name another host.
 */
import { isLoopbackName } from '../../../web/host.ts'
import { usageFailure } from '../../shell/failure.ts'

type Route = {
  /** `/`, or a path without a trailing slash. */
  readonly prefix: string
  readonly upstream: URL
}

/** Longest prefix first. */
export type Routes = readonly Route[]

export function parseRoutes(upstream: string | undefined, routes: readonly string[]): Routes {
  const parsed = routes.map(parseRoute)
  if (upstream !== undefined) {
    parsed.push({ prefix: '/', upstream: parseUpstream('--upstream', upstream) })
  }
  if (parsed.length === 0) throw usageFailure('--upstream is required')
  const prefixes = new Set(parsed.map(({ prefix }) => prefix))
  if (prefixes.size !== parsed.length) throw usageFailure('two routes have the same prefix')
  return parsed.toSorted((one, other) => other.prefix.length - one.prefix.length)
}

const PREFIX = /^(?:\/[A-Za-z0-9._~-]+)+$/

function parseRoute(text: string): Route {
  const at = text.indexOf('=')
  const prefix = text.slice(0, Math.max(0, at))
  if (!PREFIX.test(prefix) || hasDotSegment(prefix)) {
    throw usageFailure('--route must be PREFIX=URL, such as /billing=https://billing.example.com')
  }
  return { prefix, upstream: parseUpstream('--route', text.slice(at + 1)) }
}

function parseUpstream(flag: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw usageFailure(`${flag} must name an https URL`)
  }
  if (url.username !== '' || url.password !== '' || /[?#]/.test(text)) {
    throw usageFailure(`${flag} must have no user name, no query and no fragment`)
  }
  if (url.protocol === 'http:' && !isLoopbackName(url.hostname)) {
    throw usageFailure(`${flag} must be https; http is for loopback addresses only`)
  }
  return url
}

export type Destination = { readonly upstream: URL; readonly path: string }

/** Returns undefined when no route matches. `checkRequest` must have accepted the target. */
export function findDestination(routes: Routes, target: string): Destination | undefined {
  const end = target.search(/[?]/)
  const path = end === -1 ? target : target.slice(0, end)
  const query = end === -1 ? '' : target.slice(end)
  for (const { prefix, upstream } of routes) {
    if (prefix !== '/' && path !== prefix && !path.startsWith(`${prefix}/`)) continue
    const rest = prefix === '/' ? path : path.slice(prefix.length)
    const base = upstream.pathname.replace(/\/+$/, '')
    const joined = `${base}${rest}`
    return { upstream, path: `${joined === '' ? '/' : joined}${query}` }
  }
  return undefined
}

/**
 * Tells whether a path has a dot segment, in any encoding that an upstream may decode, or with spaces
 * or invisible characters that an upstream may ignore. Such a path could leave the prefix of a route
 * or of an upstream.
 */
export function hasDotSegment(target: string): boolean {
  const path = (target.split('?', 1)[0] ?? '')
    // Some servers decode twice.
    .replace(/%(?:25)+/g, '%')
    .replace(/%2f|%5c|\\/gi, '/')
  return path.split('/').some((segment) => /^\.{1,2}(?:;.*)?$/.test(readSegment(segment)))
}

const UNSEEN = /[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu

function readSegment(segment: string): string {
  // `%c0%ae` is an overlong dot, which is not UTF-8.
  const text = segment.replace(/%(?:c0%ae|2e)/gi, '.')
  try {
    return decodeURIComponent(text).normalize('NFKC').replace(UNSEEN, '')
  } catch {
    return text
  }
}
