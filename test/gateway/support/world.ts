/**
 * Helpers for the tests of this folder: an edge gateway, a gateway that publishes keys, and an
 * origin that records requests.
 */
import {
  createEdgeGateway,
  type EdgeGateway,
  type EdgeGatewayOptions,
} from '../../../src/gateway/index.ts'
import { type Gateway, startGateway } from '../../verify/support/gateway.ts'
import { createSigner, mint, NOW } from '../../verify/support/tokens.ts'
import { type Origin, startOrigin } from './origin.ts'

export const API = 'https://api.acme.dev'

export type EdgeWorld = {
  readonly gateway: Gateway
  readonly origin: Origin
  readonly newEdge: (change?: Partial<EdgeGatewayOptions>) => EdgeGateway
  /** A token with these scopes and some changed claims. */
  readonly mint: (
    scope?: string,
    claims?: Readonly<Record<string, unknown>>,
    header?: Readonly<Record<string, unknown>>,
  ) => Promise<string>
}

export async function startEdgeWorld(): Promise<EdgeWorld> {
  const gateway = await startGateway()
  const origin = await startOrigin()
  const signer = await createSigner()
  gateway.publishKeys([signer.publicJwk])
  return {
    gateway,
    origin,
    newEdge: (change = {}) =>
      createEdgeGateway({
        issuer: gateway.issuer,
        audience: API,
        origin: origin.url,
        identity: { kind: 'headers', prefix: 'x-acme-' },
        now: () => NOW,
        routes: [
          { path: '/health', methods: ['GET'], public: true },
          { path: '/deployments/**', methods: ['GET'], scopes: ['deploy:read'] },
          { path: '/deployments/**', methods: ['POST', 'PUT'], scopes: ['deploy:write'] },
          {
            path: '/acme/**',
            scopes: [],
            claims: { repository: ['acme/api', 'acme/web'] },
            preflight: 'pass',
          },
        ],
        ...change,
      }),
    mint: (scope = 'deploy:read', claims = {}, header = {}) =>
      mint(signer, gateway.issuer, { claims: { scope, ...claims }, header }),
  }
}

export function bearer(token: string, more: Readonly<Record<string, string>> = {}) {
  return { headers: { authorization: `Bearer ${token}`, ...more } }
}

/** Sends a request to the public host, as a caller does. */
export function ask(edge: EdgeGateway, path: string, init: RequestInit = {}): Promise<Response> {
  return edge.fetch(new Request(`${API}${path}`, init))
}
