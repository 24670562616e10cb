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
    claim('account_id', { class: 'required', immutable: true, recorded: true }),
    claim('account_name', { immutable: false, influence: 'low' }),
    claim('pipeline_id', { class: 'required', immutable: true, recorded: true }),
    claim('pipeline_name', { immutable: false, influence: 'low' }),
    claim('workflow_id', { immutable: true, recorded: true }),
    claim('initiator', { immutable: false, influence: 'high' }),
    claim('scm_user_name', { immutable: false, influence: 'high' }),
    claim('scm_repo_url', { immutable: false, influence: 'medium' }),
    claim('scm_ref', { influence: 'high', recorded: true }),
    claim('scm_pull_request_target_branch', { influence: 'high', recorded: true }),
    claim('runner_environment', { influence: 'low', recorded: true }),
    claim('platform_url', { immutable: false }),
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
