/**
 * ActiveState builds. One issuer signs for every organization.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const activestate: ProviderProfile = {
  id: 'activestate',
  name: 'ActiveState Platform builds',
  status: 'partial',
  tenancy: 'shared',
  issuer: { kind: 'fixed', url: 'https://platform.activestate.com/api/v1/oauth/oidc' },
  algorithms: ['RS256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('organization', { immutable: false, influence: 'low' }),
    claim('organization_id', { class: 'required', immutable: true, recorded: true }),
    claim('project', { immutable: false, influence: 'low' }),
    claim('project_id', { class: 'required', immutable: true, recorded: true }),
    claim('project_path', { immutable: false, influence: 'low' }),
    claim('project_visibility', { immutable: false, influence: 'low' }),
    claim('actor', { immutable: false, influence: 'high' }),
    claim('actor_id', { immutable: true, influence: 'high' }),
    claim('builder'),
    claim('artifact_id', { immutable: true, recorded: true }),
    claim('ingredient', { influence: 'medium' }),
  ],
  tenantClaims: [['organization_id'], ['organization']],
  projectClaims: [['project_id'], ['sub']],
  tenantSubject: /^org:[^*:/]+:/,
  narrowing: [['builder']],
  unsafeEvents: [],
  replay: 'reused',
  maxLifetimeSeconds: 24 * 3600,
  sharedAudiences: [],
  names: {
    ownerId: ['organization_id'],
    projectId: ['project_id'],
    runner: ['builder'],
    actor: ['actor_id'],
  },
}
