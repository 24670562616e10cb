/**
 * Filters headers on their way to the origin and back. Hop-by-hop headers are removed, and a caller
 * cannot send a header that looks like one of the gateway's own.
 */

/** Hop-by-hop headers of RFC 9110 §7.6.1, and older ones that servers still act upon. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

/**
 * Headers with which some frameworks let a caller override the method, the path, the scheme or the
 * host of a request, skip a check, or choose the file of an answer. The origin would then serve
 * something that the route did not allow. `destination` is the second path of COPY and MOVE (RFC 4918
 * §10.3), which no route checks. Under CGI, `proxy` becomes the environment variable HTTP_PROXY.
 */
const REWRITING = [
  'x-http-method-override',
  'x-http-method',
  'x-method-override',
  'x-original-method',
  'x-forwarded-method',
  'x-original-url',
  'x-original-uri',
  'x-rewrite-url',
  'x-envoy-original-path',
  'x-matched-path',
  'x-invoke-path',
  'x-invoke-query',
  'x-middleware-subrequest',
  'x-sendfile-type',
  'x-accel-mapping',
  'x-script-name',
  'destination',
  'x-forwarded-uri',
  'x-forwarded-path',
  'x-forwarded-prefix',
  'x-forwarded-pathbase',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-forwarded-scheme',
  'x-forwarded-protocol',
  'x-forwarded-ssl',
  'x-scheme',
  'x-url-scheme',
  'front-end-https',
  'x-forwarded-server',
  'x-original-host',
  'x-http-host-override',
  'x-host',
  'forwarded',
  'host',
  'proxy',
]

/** Headers that make an edge cache store an answer in spite of `cache-control`. */
const CACHE_CONTROLS = ['cdn-cache-control', 'cloudflare-cdn-cache-control', 'surrogate-control']

/** Whether only the gateway may set this header. The name is in its plain spelling. */
export type IsReserved = (plainName: string) => boolean

/**
 * The plain spelling of a header name. `X_Edgemint_Subject` and `x-edgemint-subject` become the same
 * variable at an origin behind CGI, WSGI, Rack or PHP.
 */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '-')
}

/** Returns the headers for the origin, without the identity of the caller. */
export function stripRequestHeaders(
  request: Pick<Request, 'headers' | 'url'>,
  isReserved: IsReserved,
  forwardsAuthorization: boolean,
): Headers {
  const named = listConnectionHeaders(request.headers)
  const dropped = new Set([...HOP_BY_HOP, ...REWRITING])
  // A proof is for this request alone, and the origin could not check it: it does not know the URL.
  dropped.add('dpop')
  if (!forwardsAuthorization) dropped.add('authorization')
  const headers = new Headers()
  for (const [name, value] of request.headers) {
    const plain = plainName(name)
    if (dropped.has(plain) || named.has(plain) || isReserved(plain)) continue
    headers.append(name, value)
  }
  const { host, protocol } = new URL(request.url)
  headers.set('x-forwarded-host', host)
  headers.set('x-forwarded-proto', protocol.slice(0, -1))
  return headers
}

/** Returns the headers for the caller. A shared cache must not store an answer to one token. */
export function stripResponseHeaders(answer: Headers, isProtected: boolean): Headers {
  const dropped = new Set([...HOP_BY_HOP, ...listConnectionHeaders(answer)])
  const headers = new Headers(answer)
  for (const name of [...headers.keys()]) if (dropped.has(name)) headers.delete(name)
  if (!isProtected) return headers
  for (const name of CACHE_CONTROLS) headers.delete(name)
  headers.set('cache-control', makePrivate(headers.get('cache-control')))
  headers.append('vary', 'Authorization')
  return headers
}

/**
 * Removes what lets a shared cache keep the answer: `public`, `s-maxage` and `must-revalidate` (RFC
 * 9111 §3.5).
 */
function makePrivate(cacheControl: string | null): string {
  const directives = (cacheControl ?? '')
    .split(',')
    .map((directive) => directive.trim())
    .filter((directive) => directive !== '')
    .filter(
      (directive) =>
        !/^(public|private|s-maxage|must-revalidate|proxy-revalidate)\b/i.test(directive),
    )
  const keepsNothing = directives.some((directive) => /^no-store$/i.test(directive))
  return [...(keepsNothing ? [] : ['private']), ...directives].join(', ')
}

/** Names in `Connection`. Otherwise a caller could make the next server drop a header that we add. */
function listConnectionHeaders(headers: Headers): ReadonlySet<string> {
  const names = (headers.get('connection') ?? '').split(',')
  return new Set(names.map((name) => plainName(name.trim())).filter((name) => name !== ''))
}
