/**
 * Any OpenID Connect issuer we have no profile for. Nothing is known of its claims, so none is
 * checked for spelling, and `sub` is taken to be what names the holder's organisation.
 */
import { INCOMING_ALGORITHMS, type ProviderProfile } from './profile.ts'

export const genericOidc: ProviderProfile = {
  id: 'generic-oidc',
  name: 'Any OpenID Connect issuer',
  status: 'verified',
  tenancy: 'self_hosted',
  issuer: {
    kind: 'pattern',
    pattern: /^https:\/\/[^/]+(?:\/[^/]+)*\/?$/,
    example: 'https://issuer.example.com',
  },
  algorithms: INCOMING_ALGORITHMS,
  types: ['jwt', null],
  claims: null,
  tenantClaims: [],
  projectClaims: [['sub']],
  unsafeEvents: [],
  replay: 'reused',
  maxLifetimeSeconds: 24 * 3600,
  sharedAudiences: [],
  names: {},
}
