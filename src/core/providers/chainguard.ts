/**
 * Chainguard identities. Little of it is documented: pin `sub`.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const chainguard: ProviderProfile = {
  id: 'chainguard',
  name: 'Chainguard identities',
  status: 'partial',
  tenancy: 'shared',
  issuer: { kind: 'fixed', url: 'https://issuer.enforce.dev' },
  algorithms: ['RS256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('act', { types: ['object'], influence: 'low' }),
    claim(['internal', 'service-principal']),
    claim('email', { immutable: false, influence: 'medium' }),
    claim('email_verified', { types: ['boolean'] }),
  ],
  tenantClaims: [],
  projectClaims: [['sub']],
  tenantSubject: /^[^*:/]+(?:\/|$)/,
  unsafeEvents: [],
  replay: 'reused',
  maxLifetimeSeconds: 24 * 3600,
  sharedAudiences: [],
  names: { projectId: ['sub'] },
}
