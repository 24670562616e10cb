/**
 * The steps of one request, in order: path, route, token, identity, origin. Each step can end the
 * request with an answer.
 */
import type { JWK } from 'jose'
import { CLOCK_SKEW_SECONDS, isResourceUrl } from '../verify/doors/in-house.ts'
import {
  createVerifier,
  describeResource,
  type RequestContext,
  type ResourceDescription,
  VerificationError,
  type VerifiedToken,
  type Verifier,
} from '../verify/index.ts'
import { type CanonicalPath, parseCanonicalPath } from './canonical-path.ts'
import { demand } from './demand.ts'
import { stripRequestHeaders } from './headers.ts'
import { readPlatformCertificate } from './identity/certificate.ts'
import { createIdentity } from './identity/identity.ts'
import { checkOptions, type EdgeGatewayOptions } from './options.ts'
import { forward, parseOrigin } from './origin.ts'
import { refuse } from './refusals.ts'
import {
  type CompiledRoute,
  compileRoutes,
  type EdgeRoute,
  findRoute,
  type Guard,
} from './routes.ts'

/** A Worker in front of an origin. `createEdgeGateway` makes it. */
export type EdgeGateway = {
  /** The `fetch` handler of a Worker. It uses the execution context and ignores the bindings. */
  readonly fetch: (request: Request, env?: unknown, context?: RequestContext) => Promise<Response>
  /**
   * The public half of the key that signs identities, as a JSON Web Key Set for the origin. Empty
   * for identities in plain headers.
   * @throws TypeError when the key cannot be imported
   */
  readonly publicKeys: () => Promise<{ readonly keys: readonly JWK[] }>
}

/**
 * Protects an origin that cannot verify tokens itself. It matches requests with routes, verifies
 * their tokens, and tells the origin who the caller is. Create it once per isolate.
 *
 * Required options: `issuer`, `audience`, `routes`, `origin`, `identity`. Optional:
 * `typ`, `forwardAuthorization`, `revocation`, `clockSkewSeconds`, `realm`, `proofOfPossession`,
 * `publicUrl`, `claimProof`, `proofNonce`, `fetch` (for the issuer), `now`.
 * See `EdgeGatewayOptions`.
 *
 * @throws TypeError if an option is wrong. The message names the option.
 *
 * @example
 * const edge = createEdgeGateway({
 *   issuer: 'https://sts.acme.dev',
 *   audience: 'https://api.acme.dev',
 *   origin: 'https://origin.acme.dev',
 *   identity: { kind: 'headers', prefix: 'x-acme-' },
 *   routes: [
 *     { path: '/health', methods: ['GET'], public: true },
 *     { path: '/deployments/**', methods: ['GET'], scopes: ['deploy:read'] },
 *   ],
 * })
 * export default { fetch: edge.fetch }
 */
export function createEdgeGateway(options: EdgeGatewayOptions): EdgeGateway {
  checkOptions(options)
  const { now = readClock, clockSkewSeconds = CLOCK_SKEW_SECONDS } = options
  const { forwardAuthorization = false } = options
  const { routes, resources } = compileGuards(options)
  const origin = parseOrigin(options.origin)
  // Many JWT libraries read whole seconds only.
  const clock = { now: () => Math.floor(now()), clockSkewSeconds }
  const identity = createIdentity(options.identity, clock)

  /** Filters the headers, adds the identity in `names`, and forwards the request. */
  function send(
    request: Request,
    path: CanonicalPath,
    names: readonly (readonly [string, string])[] | undefined,
    body = request.body,
  ): Promise<Response> {
    const headers = stripRequestHeaders(request, identity.isReserved, forwardAuthorization)
    for (const [name, value] of names ?? []) headers.set(name, value)
    return forward(request, origin, { path, headers, body, isProtected: names !== undefined })
  }

  async function sendVerified(
    request: Request,
    path: CanonicalPath,
    { verifier, audience }: Guard,
    context: RequestContext | undefined,
  ): Promise<Response> {
    let token: VerifiedToken
    try {
      token = await verifier.verifyRequest(request, context)
    } catch (error) {
      if (error instanceof VerificationError) return verifier.renderRefusal(error)
      throw error
    }
    const names = await identity.write(token, audience).catch(() => 'unavailable' as const)
    if (names === 'unavailable') return refuse('identity_unavailable')
    if (names === undefined) return refuse('identity_unwritable')
    const answer = await send(request, path, names)
    return addHeaders(answer, verifier.answerHeaders(token))
  }

  async function fetch(
    request: Request,
    _env?: unknown,
    context?: RequestContext,
  ): Promise<Response> {
    const path = parseCanonicalPath(request.url)
    if (path === undefined) return refuse('path_disputed')
    for (const { respond } of resources) {
      const metadata = respond(request)
      if (metadata !== undefined) return metadata
    }
    const preflight = findPreflight(routes, request, path)
    if (preflight !== undefined) return send(request, path, undefined, null)
    const route = findRoute(routes, request.method, path)
    if (route === undefined) return refuse('no_route')
    if (route === 'disputed') return refuse('path_disputed')
    if (route.guard === undefined) return send(request, path, undefined)
    return sendVerified(request, path, route.guard, context)
  }

  return Object.freeze({ fetch, publicKeys: identity.publicKeys })
}

/** Adds the headers for a verified token. The answer to a WebSocket upgrade stays as it is. */
function addHeaders(answer: Response, headers: ReturnType<Verifier['answerHeaders']>): Response {
  if (answer.status === 101) return answer
  for (const [name, value] of headers) answer.headers.set(name, value)
  return answer
}

/**
 * The route that answers this CORS preflight request, or undefined (Fetch standard, CORS-preflight
 * fetch).
 */
function findPreflight(
  routes: readonly CompiledRoute[],
  request: Request,
  path: CanonicalPath,
): CompiledRoute | undefined {
  const method = request.headers.get('access-control-request-method')
  if (request.method !== 'OPTIONS' || method === null) return undefined
  if (!request.headers.has('origin')) return undefined
  const route = findRoute(routes, method, path)
  return route !== 'disputed' && route?.passesPreflight === true ? route : undefined
}

/**
 * Creates one verifier with its own key cache for each audience. Adds resource metadata for an
 * audience that is a URL.
 */
function compileGuards(options: EdgeGatewayOptions): {
  readonly routes: readonly CompiledRoute[]
  readonly resources: readonly ResourceDescription[]
} {
  const { issuer, typ, revocation, clockSkewSeconds, realm, fetch, now } = options
  const { proofOfPossession, publicUrl, claimProof, proofNonce } = options
  const shared = {
    ...{ issuer, typ, revocation, clockSkewSeconds, realm, fetch, now },
    ...{ proofOfPossession, publicUrl, claimProof, proofNonce },
    clientCertificate: readPlatformCertificate,
  }
  const verifiers = new Map<string, Verifier>()
  const resources: ResourceDescription[] = []
  const audienceOf = (route: EdgeRoute) =>
    route.public === true ? undefined : (route.audience ?? options.audience)

  function createAudienceVerifier(audience: string): Verifier {
    // Checks the options first: the metadata would name a wrong issuer by another name.
    const plain = createVerifier({ ...shared, audience })
    if (!isResourceUrl(audience)) return plain
    const resource = describeResource({
      resource: audience,
      authorizationServers: [issuer],
      scopes: options.routes.flatMap((route) =>
        route.public !== true && audienceOf(route) === audience ? route.scopes : [],
      ),
      proofOfPossession,
    })
    resources.push(resource)
    return createVerifier({ ...shared, audience, resourceMetadata: resource.url })
  }

  const routes = compileRoutes(options.routes, (route) => {
    const audience = audienceOf(route)
    demand(typeof audience === 'string', 'audience is required, here or for each route')
    const verifier = verifiers.get(audience) ?? createAudienceVerifier(audience)
    verifiers.set(audience, verifier)
    return { audience, verifier: verifier.narrow({ scopes: route.scopes, claims: route.claims }) }
  })
  return { routes, resources }
}

function readClock(): number {
  return Math.floor(Date.now() / 1000)
}
