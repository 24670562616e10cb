/**
 * The entry point `edgemint/dev`: a local issuer and a local gateway, for tests and for trying things
 * out.
 */
export type { Claims } from '../core/providers/examples.ts'
export { type DevIssuer, type DevIssuerOptions, startDevIssuer } from './issuer/issuer.ts'
export type { MintRequest, RealmRequests } from './issuer/issuer-realm.ts'
export { MiniflareMissing, type RateLimit } from './issuer/peer.ts'
export type { Person } from './people/person.ts'
export type { CertificateFiles } from './production/certificate.ts'
export type {
  ProductionEvent,
  ProductionOptions,
  StopOptions,
} from './production/production.ts'
export type { Readiness } from './production/readiness.ts'
export type { LocalKey } from './serve/local-keys.ts'
export {
  type ApplyResult,
  type ApplyTrust,
  type GatewayOptions,
  type LocalGateway,
  startGateway,
} from './serve/serve.ts'
