/**
 * Cloudflare Access application tokens. A service token has an empty `sub`, and tokens without
 * one are refused.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const cloudflareAccess: ProviderProfile = {
  id: 'cloudflare-access',
  name: 'Cloudflare Access application tokens',
  status: 'verified',
  tenancy: 'per_tenant',
  issuer: {
    kind: 'pattern',
    pattern: /^https:\/\/(?<team>[a-z0-9][a-z0-9-]*)\.cloudflareaccess\.com$/,
    example: 'https://yourteam.cloudflareaccess.com',
  },
  algorithms: ['RS256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('type'),
    claim('email', { immutable: false, influence: 'low' }),
    claim('identity_nonce'),
    claim('country', { influence: 'low' }),
    claim('common_name', { immutable: true, recorded: true }),
  ],
  tenantClaims: [],
  projectClaims: [['common_name'], ['sub'], ['email']],
  narrowing: [['type'], ['sub']],
  unsafeEvents: [],
  replay: 'reused',
  maxLifetimeSeconds: 24 * 3600,
  sharedAudiences: [],
  names: { projectId: ['common_name'] },
}
