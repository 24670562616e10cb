/**
 * Buddy pipelines, three regions, each shared by all workspaces. Little of it is documented.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const buddy: ProviderProfile = {
  id: 'buddy',
  name: 'Buddy pipelines',
  status: 'partial',
  tenancy: 'shared',
  issuer: {
    kind: 'pattern',
    pattern: /^https:\/\/(?:(?<region>eu|asia)-)?oidc\.buddyusercontent\.com$/,
    example: 'https://oidc.buddyusercontent.com',
  },
  algorithms: ['RS256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('workspace_domain', { immutable: false, influence: 'low' }),
    claim('project_name', { immutable: false, influence: 'low' }),
    claim('pipeline_id', { types: ['number'], class: 'required', immutable: true, recorded: true }),
    claim('pipeline_name', { immutable: false, influence: 'low' }),
    claim('execution_id', { immutable: true, recorded: true }),
    claim('triggered_on', { influence: 'medium', recorded: true }),
    claim('runner_environment', { recorded: true }),
    claim('base_url', { immutable: false }),
    claim('revision', { influence: 'medium', recorded: true }),
    claim('ref', { influence: 'medium', recorded: true }),
  ],
  tenantClaims: [['workspace_domain']],
  projectClaims: [['pipeline_id'], ['sub']],
  tenantSubject: /^https:\/\/[^*:/]+\/[^*:/]+\//,
  unsafeEvents: [],
  replay: 'reused',
  maxLifetimeSeconds: 24 * 3600,
  sharedAudiences: [],
  names: {
    projectId: ['pipeline_id'],
    ref: ['ref'],
    event: ['triggered_on'],
    runner: ['runner_environment'],
  },
}
