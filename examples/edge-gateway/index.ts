/**
 * A Worker in front of an origin that cannot verify tokens. The routes say which scopes each path
 * needs. The origin gets the verified caller in one signed header.
 */
import { createEdgeGateway, type EdgeGateway } from 'edgemint/gateway'

type Bindings = {
  /** Issuer URL of the gateway. */
  readonly ISSUER: string
  /** URI of the API: the resource in the gateway's trust document. */
  readonly AUDIENCE: string
  /** Scheme, host and port of the origin. */
  readonly ORIGIN: string
  /** Secret: the private JSON Web Key that `edgemint keys generate` prints. */
  readonly IDENTITY_KEY: string
}

type Context = { waitUntil(work: Promise<unknown>): void }

// The bindings arrive with the first request. The edge gateway is kept, with the gateway's keys.
let edge: EdgeGateway | undefined

function createEdge({ ISSUER, AUDIENCE, ORIGIN, IDENTITY_KEY }: Bindings): EdgeGateway {
  return createEdgeGateway({
    issuer: ISSUER,
    audience: AUDIENCE,
    origin: ORIGIN,
    // A revoked token is refused within ten seconds.
    revocation: { introspect: true, maxAgeSeconds: 10 },
    identity: { kind: 'signed', key: IDENTITY_KEY, audience: 'deployments-origin' },
    routes: [
      { path: '/health', methods: ['GET'], public: true },
      { path: '/deployments/**', methods: ['GET'], scopes: ['deploy:read'] },
      { path: '/deployments/**', methods: ['POST', 'PUT', 'DELETE'], scopes: ['deploy:write'] },
    ],
  })
}

export default {
  async fetch(request: Request, env: Bindings, context: Context): Promise<Response> {
    edge ??= createEdge(env)
    const { pathname } = new URL(request.url)
    // The origin, or its operator, reads the key that verifies the identities here.
    if (pathname === '/.well-known/edge-keys.json') return Response.json(await edge.publicKeys())
    return edge.fetch(request, env, context)
  },
}
