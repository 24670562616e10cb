/**
 * Semaphore jobs. The issuer host contains the name of the organization. Only the ids are permanent.
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
    claim('org', { immutable: false, influence: 'low' }),
    claim('org_id', { class: 'required', immutable: true, recorded: true }),
    claim('prj', { immutable: false, influence: 'low' }),
    claim('prj_id', { class: 'required', immutable: true, recorded: true }),
    claim('repo', { immutable: false, influence: 'low' }),
    claim('repo_slug', { immutable: false, influence: 'low' }),
    claim('branch', { influence: 'high', recorded: true }),
    claim('pr_branch', { influence: 'high', recorded: true }),
    claim('pr', { influence: 'high', recorded: true }),
    claim('ref', { influence: 'medium', recorded: true }),
    claim('ref_type', { influence: 'medium', recorded: true }),
    claim('tag', { influence: 'medium', recorded: true }),
    claim('actor', { immutable: true, influence: 'high' }),
    claim('wf_id', { immutable: true, recorded: true }),
    claim('ppl_id', { immutable: true, recorded: true }),
    claim('job_id', { immutable: true, recorded: true }),
    claim('job_type', { influence: 'high', recorded: true }),
    claim('trg', { influence: 'medium' }),
    claim('sub127', { immutable: false, influence: 'medium' }),
  ],
  tenantClaims: [['org_id'], ['org']],
  projectClaims: [['prj_id'], ['sub']],
  narrowing: [['job_type']],
  unsafeEvents: ['pull-request', 'pr'],
  // Each job has one token in its environment, so a second exchange presents it again.
  replay: 'reused',
  maxLifetimeSeconds: 24 * 3600,
  sharedAudiences: ['https://{organization}.semaphoreci.com'],
  job: ['job_id'],
  names: {
    ownerId: ['org_id'],
    projectId: ['prj_id'],
    ref: ['ref'],
    event: ['ref_type'],
    workflow: ['job_type'],
  },
}
