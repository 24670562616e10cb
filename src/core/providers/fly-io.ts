/**
 * Fly.io machines. The issuer contains the slug of the organization. The ids do not change with the slug.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const flyIo: ProviderProfile = {
  id: 'fly-io',
  name: 'Fly.io Machines',
  status: 'verified',
  tenancy: 'per_tenant',
  issuer: {
    kind: 'pattern',
    pattern: /^https:\/\/oidc\.fly\.io\/(?<org>[a-z0-9][a-z0-9-]*)$/,
    example: 'https://oidc.fly.io/acme',
  },
  algorithms: ['RS256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('app_id', { class: 'required', immutable: true, recorded: true }),
    claim('app_name', { immutable: false, influence: 'low' }),
    claim('org_id', { class: 'required', immutable: true, recorded: true }),
    claim('org_name', { immutable: false, influence: 'low' }),
    claim('machine_id', { immutable: true, influence: 'low', recorded: true }),
    claim('machine_name', { immutable: false, influence: 'medium' }),
    claim('machine_version', { immutable: true, influence: 'low', recorded: true }),
    claim('image', { immutable: false, influence: 'medium' }),
    claim('image_digest', { influence: 'medium', recorded: true }),
    claim('region', { influence: 'medium' }),
  ],
  tenantClaims: [['org_id'], ['org_name']],
  projectClaims: [['app_id'], ['sub']],
  unsafeEvents: [],
  replay: 'once',
  maxLifetimeSeconds: 3600,
  sharedAudiences: ['https://fly.io/{org}'],
  names: { ownerId: ['org_id'], projectId: ['app_id'] },
}
