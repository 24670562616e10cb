/**
 * Okta, with its own or a custom authorization server. The issuer host identifies the organization.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const okta: ProviderProfile = {
  id: 'okta',
  name: 'Okta (admin login, service apps)',
  status: 'partial',
  tenancy: 'per_tenant',
  issuer: {
    kind: 'pattern',
    pattern:
      /^https:\/\/(?<host>[a-z0-9-]+\.(?:okta(?:preview|-emea|-gov)?\.com|okta\.mil))(?:\/oauth2\/(?<authServer>[A-Za-z0-9]+))?$/,
    example: 'https://example.okta.com/oauth2/default',
  },
  algorithms: ['RS256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('cid', { immutable: true, recorded: true }),
    claim('uid', { immutable: true }),
    claim('scp', { types: ['array'], immutable: false, influence: 'low' }),
    claim('groups', { types: ['array'], immutable: false, influence: 'low' }),
    claim('email', { immutable: false, influence: 'medium' }),
  ],
  tenantClaims: [],
  projectClaims: [['sub'], ['cid'], ['uid']],
  unsafeEvents: [],
  replay: 'reused',
  maxLifetimeSeconds: 24 * 3600,
  sharedAudiences: [],
  names: { projectId: ['cid'] },
}
