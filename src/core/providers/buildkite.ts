/**
 * Buildkite jobs. One issuer signs for every organization; slugs can be renamed, ids cannot.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const buildkite: ProviderProfile = {
  id: 'buildkite',
  name: 'Buildkite Pipelines',
  status: 'verified',
  tenancy: 'shared',
  issuer: { kind: 'fixed', url: 'https://agent.buildkite.com' },
  algorithms: ['RS256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('organization_slug', { immutable: false, influence: 'low' }),
    claim('organization_id', { class: 'required', immutable: true, recorded: true }),
    claim('pipeline_slug', { immutable: false, influence: 'low' }),
    claim('pipeline_id', { class: 'required', immutable: true, recorded: true }),
    claim('cluster_id', { immutable: true, recorded: true }),
    claim('cluster_name', { immutable: false, influence: 'low' }),
    claim('queue_id', { immutable: true, recorded: true }),
    claim('queue_key', { immutable: false, influence: 'low' }),
    claim('build_id', { immutable: true, recorded: true }),
    claim('build_number', { types: ['number'] }),
    claim('build_branch', { influence: 'high', recorded: true }),
    claim('build_tag', { influence: 'medium', recorded: true }),
    claim('build_commit', { influence: 'medium', recorded: true }),
    claim('build_source', { influence: 'medium', recorded: true }),
    claim('step_key', { immutable: false, influence: 'high', recorded: true }),
    claim('job_id', { immutable: true, recorded: true }),
    claim('agent_id', { immutable: true, influence: 'low', recorded: true }),
    claim('runner_environment', { recorded: true }),
    claim('https://aws.amazon.com/tags', { types: ['object'], influence: 'low' }),
  ],
  claimPrefixes: ['agent_tag:'],
  tenantClaims: [['organization_id'], ['organization_slug']],
  projectClaims: [['pipeline_id'], ['cluster_id'], ['queue_id'], ['sub']],
  tenantSubject: /^organization:[^*:/]+:/,
  unsafeEvents: [],
  replay: 'no_jti',
  maxLifetimeSeconds: 24 * 3600,
  sharedAudiences: ['https://buildkite.com/{organization}'],
  job: ['job_id'],
  names: {
    ownerId: ['organization_id'],
    projectId: ['pipeline_id'],
    ref: ['build_branch'],
    event: ['build_source'],
    runner: ['runner_environment'],
    workflow: ['step_key'],
  },
}
