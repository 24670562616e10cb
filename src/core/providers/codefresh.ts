/**
 * Codefresh pipelines. One issuer signs for every account.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const codefresh: ProviderProfile = {
  id: 'codefresh',
  name: 'Codefresh pipelines',
  status: 'verified',
  tenancy: 'shared',
  issuer: { kind: 'fixed', url: 'https://oidc.codefresh.io' },
  algorithms: ['RS256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('account_id', 'Account id.', { class: 'required', immutable: true }),
    claim('account_name', 'Account name.', { immutable: false, influence: 'low' }),
    claim('pipeline_id', 'Pipeline id.', { class: 'required', immutable: true }),
    claim('pipeline_name', 'project/pipeline name.', { immutable: false, influence: 'low' }),
    claim('workflow_id', 'Build id.', { immutable: true }),
    claim('initiator', 'User that started a manual build; absent for Git triggers.', {
      immutable: false,
      influence: 'high',
    }),
    claim('scm_user_name', 'Git user.', { immutable: false, influence: 'high' }),
    claim('scm_repo_url', 'Repository URL; only for Git triggers.', {
      immutable: false,
      influence: 'medium',
    }),
    claim('scm_ref', 'Branch or tag without prefix.', { influence: 'high' }),
    claim('scm_pull_request_target_branch', 'Target branch of a pull request.', {
      influence: 'high',
    }),
    claim('runner_environment', 'hybrid, cloud and similar.', { influence: 'low' }),
    claim('platform_url', 'Platform URL; absent means https://g.codefresh.io.', {
      immutable: false,
    }),
  ],
  tenantClaims: [['account_id'], ['account_name']],
  projectClaims: [['pipeline_id'], ['sub']],
  tenantSubject: /^account:[^*:/]+:/,
  unsafeEvents: [],
  replay: 'no_jti',
  maxLifetimeSeconds: 3600,
  sharedAudiences: [],
  names: {
    ownerId: ['account_id'],
    projectId: ['pipeline_id'],
    ref: ['scm_ref'],
    runner: ['runner_environment'],
    actor: ['initiator'],
  },
}
