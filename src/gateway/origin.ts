/**
 * Forwards a request to the origin and returns its answer. Bodies stream in both directions.
 * Redirects are passed to the caller. An origin that does not answer gives 502.
 */
import type { CanonicalPath } from './canonical-path.ts'
import { demand } from './demand.ts'
import { stripResponseHeaders } from './headers.ts'
import { refuse } from './refusals.ts'

/** Anything with the `fetch` method of a service binding. */
export type OriginFetcher = { readonly fetch: (request: Request) => Promise<Response> }

/** Where requests go: scheme, host and port, or a service binding. */
export type OriginOptions = string | URL | OriginFetcher

export type Origin = {
  /** Undefined for a binding, which sees the caller's own URL. */
  readonly base: string | undefined
  readonly send: (request: Request) => Promise<Response>
}

export type Forwarding = {
  readonly path: CanonicalPath
  /** All headers for the origin. */
  readonly headers: Headers
  /** Undefined for a preflight, which has no body. */
  readonly body: Request['body'] | undefined
  readonly isProtected: boolean
}

const BODILESS_METHODS = ['GET', 'HEAD']
const BODILESS_STATUSES = [204, 205, 304]

/** Throws `TypeError`. */
export function parseOrigin(origin: OriginOptions): Origin {
  if (typeof origin === 'object' && origin !== null && 'fetch' in origin) {
    demand(typeof origin.fetch === 'function', 'origin.fetch must be a function')
    return { base: undefined, send: (request) => origin.fetch(request) }
  }
  const url = parseUrl(origin)
  demand(
    url !== undefined && /^https?:$/.test(url.protocol) && `${url.origin}/` === url.href,
    'origin must be scheme, host and port, such as "https://origin.acme.dev", or a binding',
  )
  // Call `fetch` as a plain function: workerd refuses any other `this`.
  return { base: url.origin, send: (request) => fetch(request) }
}

export async function forward(
  request: Request,
  origin: Origin,
  { path, headers, body, isProtected }: Forwarding,
): Promise<Response> {
  const { base = new URL(request.url).origin } = origin
  const hasBody = body != null && !BODILESS_METHODS.includes(request.method)
  // RFC 9110 §9.3.1: servers disagree about a body of GET. It could hide a second request.
  if (!hasBody) headers.delete('content-length')
  // The platform opens every WebSocket with GET, so the origin would see another method than the route.
  const isWebSocket =
    request.method === 'GET' && request.headers.get('upgrade')?.toLowerCase() === 'websocket'
  if (isWebSocket) headers.set('upgrade', 'websocket')
  const init: RequestInit & { duplex?: 'half' } = {
    method: request.method,
    headers,
    redirect: 'manual',
    signal: request.signal,
    ...(hasBody ? { body, duplex: 'half' } : {}),
    // The platform's cache is keyed by URL, so it would serve one caller's answer to another.
    ...(isProtected ? { cache: 'no-store' } : {}),
  }
  try {
    const answer = await origin.send(new Request(`${base}${path.text}${path.search}`, init))
    return passBack(answer, origin, isProtected)
  } catch {
    return refuse('origin_unreachable')
  }
}

function passBack(answer: Response, origin: Origin, isProtected: boolean): Response {
  // The answer to a WebSocket upgrade must be returned as it is: the platform connects both ends.
  if (answer.status === 101) return answer
  const { status, statusText } = answer
  const headers = stripResponseHeaders(answer.headers, isProtected)
  const location = headers.get('location')
  if (location !== null) headers.set('location', hideOrigin(location, origin))
  const body = BODILESS_STATUSES.includes(status) ? null : answer.body
  return new Response(body, { status, statusText, headers })
}

/** Matches a redirect with a scheme or a host. A relative one already leads to this gateway. */
const NAMES_HOST = /^(?:[a-z][a-z0-9+.-]*:|[/\\]{2})/i

/**
 * Rewrites a redirect to the origin's own address. Otherwise it would lead callers past this
 * gateway.
 */
function hideOrigin(location: string, { base }: Origin): string {
  if (base === undefined || !NAMES_HOST.test(location)) return location
  const url = parseUrl(location, base)
  if (url?.origin !== base) return location
  // A path that begins with two slashes would be read as a host that the caller chose.
  const path = url.pathname.startsWith('//') ? `/.${url.pathname}` : url.pathname
  return `${path}${url.search}${url.hash}`
}

function parseUrl(url: unknown, base?: string): URL | undefined {
  try {
    return new URL(String(url), base)
  } catch {
    return undefined
  }
}
