/**
 * The door `edgemint/dev`: a local issuer and a local gateway, for tests and for trying things out.
 */
export type { Claims } from './claim-sets.ts'
export { type DevIssuer, type DevIssuerOptions, startDevIssuer } from './issuer.ts'
export type { MintRequest, RealmRequests } from './issuer-realm.ts'
export { MiniflareMissing, type RateLimit } from './peer.ts'
export {
  type ApplyResult,
  type ApplyTrust,
  type GatewayOptions,
  type LocalGateway,
  startGateway,
} from './serve.ts'
export type { LocalKey } from './state-dir.ts'
