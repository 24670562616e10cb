/**
 * Depot CI jobs, with claims in the manner of GitHub Actions.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const depotCi: ProviderProfile = {
  id: 'depot-ci',
  name: 'Depot CI',
  status: 'verified',
  tenancy: 'shared',
  issuer: { kind: 'fixed', url: 'https://identity.depot.dev' },
  algorithms: ['RS256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('org_id', 'Depot organisation id.', { class: 'required', immutable: true }),
    claim('job_id', 'Depot CI job id.', { immutable: true }),
    claim('repository', 'owner/name on GitHub.', { immutable: false, influence: 'low' }),
    claim('repository_owner', 'Owner name.', { immutable: false, influence: 'low' }),
    claim('repository_id', 'GitHub repository id.', { class: 'required', immutable: true }),
    claim('repository_owner_id', 'GitHub owner id.', { immutable: true }),
    claim('repository_visibility', 'Visibility.', { immutable: false, influence: 'low' }),
    claim('ref', 'Ref.', { influence: 'medium' }),
    claim('ref_type', 'branch or tag.', { influence: 'medium' }),
    claim('sha', 'Commit.', { influence: 'medium' }),
    claim('actor', 'Login.', { immutable: false, influence: 'high' }),
    claim('actor_id', 'Id of the login.', { immutable: true, influence: 'high' }),
    claim('event_name', 'Trigger.', { influence: 'high' }),
    claim('head_ref', 'Pull request source.', { influence: 'high' }),
    claim('base_ref', 'Pull request target.', { influence: 'high' }),
    claim('workflow', 'Workflow name.', { immutable: false, influence: 'medium' }),
    claim(
      'workflow_ref',
      'Workflow file and ref; forms with and without the directory were seen.',
      { immutable: false, influence: 'medium' },
    ),
    claim('workflow_sha', 'Commit of the workflow file.', { influence: 'medium' }),
    claim('run_id', 'Run id.', { immutable: true }),
    claim('run_number', 'Run counter.'),
    claim('run_attempt', 'Attempt.'),
  ],
  tenantClaims: [['org_id'], ['repository_owner_id'], ['repository_owner']],
  projectClaims: [['repository_id'], ['repository'], ['sub']],
  tenantSubject: /^spiffe:\/\/identity\.depot\.dev\/org\/[^*:/]+\//,
  tenantTexts: [{ path: ['repository'], text: /^[^*:/]+\// }],
  unsafeEvents: ['pull_request_target', 'workflow_run', 'issue_comment'],
  replay: 'no_jti',
  maxLifetimeSeconds: 3600,
  sharedAudiences: [],
  names: {
    ownerId: ['org_id'],
    projectId: ['repository_id'],
    ref: ['ref'],
    event: ['event_name'],
    workflow: ['workflow_ref'],
    actor: ['actor_id'],
  },
}
