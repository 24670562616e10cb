/**
 * Semaphore jobs. The issuer host names the organisation; the ids are what stays.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const semaphore: ProviderProfile = {
  id: 'semaphore',
  name: 'Semaphore CI',
  status: 'verified',
  tenancy: 'per_tenant',
  issuer: {
    kind: 'pattern',
    pattern: /^https:\/\/(?<organization>[a-z0-9][a-z0-9-]*)\.semaphoreci\.com$/,
    example: 'https://acme.semaphoreci.com',
  },
  algorithms: ['RS256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('org', 'Organisation name.', { immutable: false, influence: 'low' }),
    claim('org_id', 'Organisation UUID.', { class: 'required', immutable: true }),
    claim('prj', 'Project name.', { immutable: false, influence: 'low' }),
    claim('prj_id', 'Project UUID.', { class: 'required', immutable: true }),
    claim('repo', 'Repository name without owner.', { immutable: false, influence: 'low' }),
    claim('repo_slug', 'owner/repository.', { immutable: false, influence: 'low' }),
    claim('branch', 'Branch; for pull requests the TARGET branch.', { influence: 'high' }),
    claim('pr_branch', 'Source branch of the pull request.', { influence: 'high' }),
    claim('pr', 'Pull request number.', { influence: 'high' }),
    claim('ref', 'Full ref.', { influence: 'medium' }),
    claim('ref_type', 'branch, tag or pull-request.', { influence: 'medium' }),
    claim('tag', 'Tag name.', { influence: 'medium' }),
    claim('actor', 'User that promoted the pipeline.', { immutable: true, influence: 'high' }),
    claim('wf_id', 'Workflow UUID.', { immutable: true }),
    claim('ppl_id', 'Pipeline UUID.', { immutable: true }),
    claim('job_id', 'Job UUID.', { immutable: true }),
    claim('job_type', 'pipeline_job, debug_job or project_debug_job.', { influence: 'high' }),
    claim('trg', 'Trigger code, for example h:f-i:t.', { influence: 'medium' }),
    claim('sub127', 'Shortened subject under 127 characters; parts are truncated.', {
      immutable: false,
      influence: 'medium',
    }),
  ],
  tenantClaims: [['org_id'], ['org']],
  projectClaims: [['prj_id'], ['sub']],
  narrowing: [['job_type']],
  unsafeEvents: ['pull-request', 'pr'],
  // One token in the environment of each job: whoever exchanges twice presents it twice.
  replay: 'reused',
  maxLifetimeSeconds: 24 * 3600,
  sharedAudiences: ['https://{organization}.semaphoreci.com'],
  names: {
    ownerId: ['org_id'],
    projectId: ['prj_id'],
    ref: ['ref'],
    event: ['ref_type'],
    workflow: ['job_type'],
  },
}
