/**
 * A Worker in front of an origin that knows nothing of tokens: who may call which path is said in
 * this table, and the origin gets the verified caller in one signed header.
 */
import { createEdgeGateway, type EdgeGateway } from 'edgemint/gateway'

type Bindings = {
  /** Issuer URL of the gateway. */
  readonly ISSUER: string
  /** URI of the API, as the gateway's trust document names the resource. */
  readonly AUDIENCE: string
  /** Scheme, host and port of the origin. */
  readonly ORIGIN: string
  /** Secret: a private JSON Web Key, as `edgemint keys generate` prints it. */
  readonly IDENTITY_KEY: string
}

type Context = { waitUntil(work: Promise<unknown>): void }

// Bindings come with the first request. The edge gateway stays, and with it the gateway's keys.
let edge: EdgeGateway | undefined

function createEdge({ ISSUER, AUDIENCE, ORIGIN, IDENTITY_KEY }: Bindings): EdgeGateway {
  return createEdgeGateway({
    issuer: ISSUER,
    audience: AUDIENCE,
    origin: ORIGIN,
    // A revoked token stops here within ten seconds.
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
    // The origin, or its operator, gets the key that checks the identities here.
    if (pathname === '/.well-known/edge-keys.json') return Response.json(await edge.publicKeys())
    return edge.fetch(request, env, context)
  },
}
