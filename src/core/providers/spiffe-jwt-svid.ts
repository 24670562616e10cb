/**
 * SPIFFE JWT-SVIDs with an issuer, as SPIRE and its discovery provider make them. `sub` is the
 * SPIFFE ID.
 */
import { REGISTERED_CLAIMS } from './claim.ts'
import { INCOMING_ALGORITHMS, type ProviderProfile } from './profile.ts'

export const spiffeJwtSvid: ProviderProfile = {
  id: 'spiffe-jwt-svid',
  name: 'SPIFFE JWT-SVID (SPIRE OIDC discovery provider and others)',
  status: 'verified',
  tenancy: 'self_hosted',
  issuer: {
    kind: 'pattern',
    pattern: /^https:\/\/(?<host>[A-Za-z0-9.-]+(?::\d+)?)(?<path>(?:\/[A-Za-z0-9._~-]+)*)$/,
    example: 'https://oidc-discovery.example.org',
  },
  algorithms: INCOMING_ALGORITHMS,
  types: ['jwt', 'jose', null],
  claims: [...REGISTERED_CLAIMS],
  claimPrefixes: [''],
  tenantClaims: [],
  projectClaims: [['sub']],
  unsafeEvents: [],
  replay: 'reused',
  maxLifetimeSeconds: 24 * 3600,
  sharedAudiences: [],
  names: { projectId: ['sub'] },
}
