/**
 * SPIFFE JWT-SVIDs with an issuer, as SPIRE and its discovery provider issue them. `sub` is the
 * SPIFFE ID.
 */
import { REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const spiffeJwtSvid: ProviderProfile = {
  id: 'spiffe-jwt-svid',
  name: 'SPIFFE JWT-SVID (SPIRE OIDC discovery provider and others)',
  status: 'verified',
  tenancy: 'self_hosted',
  issuer: {
    kind: 'pattern',
    pattern: /^https:\/\/(?<host>[^/]+)(?<path>(?:\/[^/]+)*)$/,
    example: 'https://oidc-discovery.example.org',
  },
  // JWT-SVID §2.1 allows no others.
  algorithms: ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512'],
  types: ['jwt', 'jose', null],
  claims: [...REGISTERED_CLAIMS],
  claimPrefixes: [''],
  tenantClaims: [],
  projectClaims: [['sub']],
  hasSpiffeSubject: true,
  unsafeEvents: [],
  replay: 'reused',
  maxLifetimeSeconds: 24 * 3600,
  sharedAudiences: [],
  names: { projectId: ['sub'] },
}
