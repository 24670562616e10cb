/**
 * Auth0 tenants. The issuer ends in a slash; the `sub` of a machine ends in @clients.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const auth0: ProviderProfile = {
  id: 'auth0',
  name: 'Auth0 (admin login, machine to machine)',
  status: 'partial',
  tenancy: 'per_tenant',
  issuer: {
    kind: 'pattern',
    pattern: /^https:\/\/(?<host>[a-z0-9-]+(?:\.[a-z]{2}(?:-\d)?)?\.auth0\.com)\/$/,
    example: 'https://example.eu.auth0.com/',
  },
  algorithms: ['RS256', 'RS512', 'PS256'],
  // Access tokens with the RFC 9068 profile have their own `typ`.
  types: ['jwt', 'at+jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('azp', { immutable: true, recorded: true }),
    claim('client_id', { immutable: true, recorded: true }),
    claim('scope', { immutable: false, influence: 'low' }),
  ],
  claimPrefixes: ['https://'],
  tenantClaims: [],
  projectClaims: [['sub'], ['azp'], ['client_id']],
  narrowing: [['sub']],
  unsafeEvents: [],
  replay: 'reused',
  maxLifetimeSeconds: 24 * 3600,
  sharedAudiences: [],
  names: { projectId: ['azp'] },
}
