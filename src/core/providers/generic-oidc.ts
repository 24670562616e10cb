/**
 * Any OpenID Connect issuer without a profile. Its claims are unknown, so claim names are not
 * checked, and `sub` counts as the claim that identifies the organization.
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
