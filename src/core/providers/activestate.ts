/**
 * ActiveState builds. One issuer signs for every organisation.
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
    claim('organization', 'Organisation name.', { immutable: false, influence: 'low' }),
    claim('organization_id', 'Organisation id.', { class: 'required', immutable: true }),
    claim('project', 'Project name.', { immutable: false, influence: 'low' }),
    claim('project_id', 'Project id.', { class: 'required', immutable: true }),
    claim('project_path', 'Project path.', { immutable: false, influence: 'low' }),
    claim('project_visibility', 'Visibility.', { immutable: false, influence: 'low' }),
    claim('actor', 'User name.', { immutable: false, influence: 'high' }),
    claim('actor_id', 'User id.', { immutable: true, influence: 'high' }),
    claim('builder', 'Name of the builder, pypi-publisher for PyPI.'),
    claim('artifact_id', 'Artifact id.', { immutable: true }),
    claim('ingredient', 'Ingredient being built.', { influence: 'medium' }),
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
