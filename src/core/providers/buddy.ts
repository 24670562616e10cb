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
    claim('workspace_domain', 'Workspace slug; mutable.', { immutable: false, influence: 'low' }),
    claim('project_name', 'Project slug; mutable.', { immutable: false, influence: 'low' }),
    claim('pipeline_id', 'Pipeline id, unique inside a region and never reused.', {
      types: ['number'],
      class: 'required',
      immutable: true,
    }),
    claim('pipeline_name', 'Pipeline name.', { immutable: false, influence: 'low' }),
    claim('execution_id', 'Execution id.', { immutable: true }),
    claim('triggered_on', 'Trigger, for example MANUAL.', { influence: 'medium' }),
    claim('runner_environment', 'platform-hosted.'),
    claim('base_url', 'Regional web application URL.', { immutable: false }),
    claim('revision', 'Commit; optional.', { influence: 'medium' }),
    claim('ref', 'Ref; optional.', { influence: 'medium' }),
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
