/**
 * Buildkite jobs. One issuer signs for every organisation; slugs can be renamed, ids cannot.
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
    claim('organization_slug', 'Organisation slug; renameable.', {
      immutable: false,
      influence: 'low',
    }),
    claim('organization_id', 'Organisation UUID. Only present when requested with --claim.', {
      class: 'required',
      immutable: true,
    }),
    claim('pipeline_slug', 'Pipeline slug; renameable.', { immutable: false, influence: 'low' }),
    claim('pipeline_id', 'Pipeline UUID. Only present when requested.', {
      class: 'required',
      immutable: true,
    }),
    claim('cluster_id', 'Cluster UUID. Only present when requested.', { immutable: true }),
    claim('cluster_name', 'Cluster name. Only present when requested.', {
      immutable: false,
      influence: 'low',
    }),
    claim('queue_id', 'Queue UUID. Only present when requested.', { immutable: true }),
    claim('queue_key', 'Queue key. Only present when requested.', {
      immutable: false,
      influence: 'low',
    }),
    claim('build_id', 'Build UUID. Only present when requested.', { immutable: true }),
    claim('build_number', 'Build number, a JSON number (a string inside AWS session tags).', {
      types: ['number'],
    }),
    claim(
      'build_branch',
      'Branch of the build; for builds made by API or UI the creator types it.',
      { influence: 'high' },
    ),
    claim('build_tag', 'Tag; absent when the build has none.', { influence: 'medium' }),
    claim('build_commit', 'Commit SHA of the build.', { influence: 'medium' }),
    claim('build_source', 'ui, api, webhook, trigger_job or schedule.', { influence: 'medium' }),
    claim(
      'step_key',
      'Key of the step; null when unset. Set by the pipeline YAML, which a pull request can change.',
      { immutable: false, influence: 'high' },
    ),
    claim('job_id', 'Job UUID.', { immutable: true }),
    claim('agent_id', 'Agent UUID.', { immutable: true, influence: 'low' }),
    claim('runner_environment', 'buildkite-hosted or self-hosted.'),
    claim(
      'https://aws.amazon.com/tags',
      'AWS session tags, only with --aws-session-tag; values are arrays of strings.',
      { types: ['object'], influence: 'low' },
    ),
  ],
  claimPrefixes: ['agent_tag:'],
  tenantClaims: [['organization_id'], ['organization_slug']],
  projectClaims: [['pipeline_id'], ['cluster_id'], ['queue_id'], ['sub']],
  tenantSubject: /^organization:[^*:/]+:/,
  unsafeEvents: [],
  replay: 'no_jti',
  maxLifetimeSeconds: 24 * 3600,
  sharedAudiences: ['https://buildkite.com/{organization}'],
  names: {
    ownerId: ['organization_id'],
    projectId: ['pipeline_id'],
    ref: ['build_branch'],
    event: ['build_source'],
    runner: ['runner_environment'],
    workflow: ['step_key'],
  },
}
