/**
 * The entry point `edgemint/gateway`: a Worker in front of an origin that cannot verify tokens
 * itself.
 */
export { createEdgeGateway, type EdgeGateway } from './edge-gateway.ts'
export type { HeaderIdentity, IdentityOptions, SignedIdentity } from './identity/identity.ts'
export type { EdgeGatewayOptions } from './options.ts'
export type { OriginFetcher, OriginOptions } from './origin.ts'
export type { EdgeRoute, ProtectedRoute, PublicRoute } from './routes.ts'
