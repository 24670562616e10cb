/**
 * GitLab CI/CD ID tokens: gitlab.com, which signs for everybody, and self-managed instances. The
 * issuer also signs login tokens for people, so the claims that only a job has are required.
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
    claim('namespace_id', 'Group or user namespace, a decimal string.', {
      ...immutable,
      class: 'required',
    }),
    claim('namespace_path', 'Full path of the namespace; renameable.', renameable),
    claim('project_id', 'Project id, a decimal string; the fork in fork merge requests.', {
      ...immutable,
      class: 'required',
    }),
    claim('project_path', 'Full path of the project; renameable.', {
      ...renameable,
      isCaseInsensitive: true,
    }),
    claim('job_namespace_id', 'Namespace in which the job really runs.', immutable),
    claim('job_namespace_path', 'Path of that namespace.', renameable),
    claim('job_project_id', 'Project in which the job really runs.', {
      ...chosen,
      immutable: true,
    }),
    claim('job_project_path', 'Path of that project.', { ...chosen, immutable: false }),
    claim('job_source', 'What created the job.', chosen),
    claim('user_id', 'User that runs the job.', { ...outsider, immutable: true }),
    claim('user_login', 'Login of that user.', { ...outsider, immutable: false }),
    claim('user_email', 'Email of that user.', { ...outsider, immutable: false }),
    claim('user_access_level', 'Access level of the user in the project.', outsider),
    claim('user_identities', 'External identities of the user.', { ...outsider, types: ['array'] }),
    claim('groups_direct', 'Groups the user is directly in.', { ...outsider, types: ['array'] }),
    claim('pipeline_id', 'Pipeline id.', { ...immutable, class: 'required' }),
    claim('pipeline_source', 'What triggered the pipeline.', chosen),
    claim('job_id', 'Job id.', { ...immutable, class: 'required' }),
    claim('ref', 'Short branch or tag name.', chosen),
    claim('ref_type', 'branch or tag.', chosen),
    claim('ref_path', 'Full ref, for example refs/heads/main.', chosen),
    claim('ref_protected', '"true" or "false", a string.'),
    claim('environment', 'Environment of the job.', { ...chosen, immutable: false }),
    claim('environment_protected', '"true" or "false", a string.'),
    claim('deployment_tier', 'Tier of the environment.', chosen),
    claim('environment_action', 'environment:action of the job.', chosen),
    claim('runner_id', 'Runner id, a JSON number unlike the other ids.', {
      types: ['number'],
      immutable: true,
      influence: 'low',
    }),
    claim('runner_environment', 'gitlab-hosted or self-hosted.', chosen),
    claim('sha', 'Commit of the job.', chosen),
    claim('ci_config_ref_uri', 'Host, project, file and ref of the CI file.', chosen),
    claim('ci_config_sha', 'Commit of that file.', chosen),
    claim('project_visibility', 'internal, private or public.', renameable),
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
  names: {
    ownerId: ['namespace_id'],
    projectId: ['project_id'],
    ref: ['ref_path'],
    environment: ['environment'],
    event: ['pipeline_source'],
    workflow: ['ci_config_ref_uri'],
    runner: ['runner_environment'],
    actor: ['user_id'],
  },
}

/** Ids are unique per instance only, and a rule names its issuer, so they are safe to pin. */
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
