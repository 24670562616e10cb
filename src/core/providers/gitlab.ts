/**
 * GitLab CI/CD ID tokens: gitlab.com, which is a shared issuer, and self-managed instances. The
 * issuer also signs login tokens for people, so claims that only jobs have are required.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

const immutable = { immutable: true } as const
const renameable = { immutable: false, influence: 'low' } as const
const chosen = { influence: 'medium' } as const
const outsider = { influence: 'high' } as const

export const gitlabCom: ProviderProfile = {
  id: 'gitlab-com',
  name: 'GitLab CI/CD (gitlab.com)',
  status: 'verified',
  tenancy: 'shared',
  issuer: { kind: 'fixed', url: 'https://gitlab.com' },
  algorithms: ['RS256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('namespace_id', { ...immutable, class: 'required', recorded: true }),
    claim('namespace_path', renameable),
    claim('project_id', { ...immutable, class: 'required', recorded: true }),
    claim('project_path', { ...renameable, isCaseInsensitive: true }),
    claim('job_namespace_id', { ...immutable, recorded: true }),
    claim('job_namespace_path', renameable),
    claim('job_project_id', { ...chosen, immutable: true, recorded: true }),
    claim('job_project_path', { ...chosen, immutable: false }),
    claim('job_source', { ...chosen, recorded: true }),
    claim('user_id', { ...outsider, immutable: true }),
    claim('user_login', { ...outsider, immutable: false }),
    claim('user_email', { ...outsider, immutable: false }),
    claim('user_access_level', outsider),
    claim('user_identities', { ...outsider, types: ['array'] }),
    claim('groups_direct', { ...outsider, types: ['array'] }),
    claim('pipeline_id', { ...immutable, class: 'required', recorded: true }),
    claim('pipeline_source', { ...chosen, recorded: true }),
    claim('job_id', { ...immutable, class: 'required', recorded: true }),
    claim('ref', { ...chosen, recorded: true }),
    claim('ref_type', { ...chosen, recorded: true }),
    claim('ref_path', { ...chosen, recorded: true }),
    claim('ref_protected', { recorded: true }),
    claim('environment', { ...chosen, immutable: false, recorded: true }),
    claim('environment_protected', { recorded: true }),
    claim('deployment_tier', { ...chosen, recorded: true }),
    claim('environment_action', chosen),
    claim('runner_id', { types: ['number'], immutable: true, influence: 'low', recorded: true }),
    claim('runner_environment', { ...chosen, recorded: true }),
    claim('sha', { ...chosen, recorded: true }),
    claim('ci_config_ref_uri', { ...chosen, recorded: true }),
    claim('ci_config_sha', { ...chosen, recorded: true }),
    claim('project_visibility', renameable),
  ],
  tenantClaims: [['namespace_id'], ['namespace_path']],
  projectClaims: [['project_id'], ['project_path'], ['sub']],
  tenantSubject: /^project_path:[^*:/]+\//,
  tenantTexts: [
    { path: ['namespace_path'], text: /^[^*:/]+(?:\/|$)/ },
    { path: ['project_path'], text: /^[^*:/]+\// },
  ],
  safeValues: [
    { path: ['ref_protected'], value: 'true' },
    { path: ['environment_protected'], value: 'true' },
    { path: ['runner_environment'], value: 'gitlab-hosted' },
  ],
  unsafeEvents: ['merge_request_event', 'external_pull_request_event'],
  replay: 'reused',
  maxLifetimeSeconds: 24 * 3600,
  sharedAudiences: ['https://gitlab.com'],
  job: ['job_id'],
  names: {
    ownerId: ['namespace_id'],
    projectId: ['project_id'],
    ref: ['ref_path'],
    environment: ['environment'],
    event: ['pipeline_source'],
    workflow: ['ci_config_ref_uri'],
    workflowCommit: ['ci_config_sha'],
    runner: ['runner_environment'],
    actor: ['user_id'],
  },
}

/** Ids are unique only within an instance. A rule names its issuer, so they are safe to pin. */
export const gitlabSelfManaged: ProviderProfile = {
  ...gitlabCom,
  id: 'gitlab-self-managed',
  name: 'GitLab CI/CD (self-managed and Dedicated)',
  tenancy: 'self_hosted',
  issuer: {
    kind: 'pattern',
    pattern: /^https:\/\/(?<host>[^/]+)(?<path>(?:\/[^/]+)*)$/,
    example: 'https://gitlab.example.com',
  },
}
