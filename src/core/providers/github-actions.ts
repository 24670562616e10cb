/**
 * GitHub Actions on github.com. Every id and every flag is a JSON string. Two subject formats are
 * live (`repo:OWNER/REPO:…` and, since 2026-07-15, `repo:OWNER@ID/REPO@ID:…`): rules pin the ids.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

const immutable = { immutable: true } as const
const renameable = { immutable: false, influence: 'low' } as const
const chosen = { influence: 'medium' } as const
const outsider = { influence: 'high' } as const

export const githubActions: ProviderProfile = {
  id: 'github-actions',
  name: 'GitHub Actions (github.com)',
  status: 'verified',
  tenancy: 'shared',
  issuer: { kind: 'fixed', url: 'https://token.actions.githubusercontent.com' },
  algorithms: ['RS256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('repository', 'owner/name; can be renamed and registered anew.', {
      ...renameable,
      isCaseInsensitive: true,
    }),
    claim('repository_id', 'Repository id, a decimal string.', { ...immutable, class: 'required' }),
    claim('repository_owner', 'Account that owns the repository; can be released.', {
      ...renameable,
      isCaseInsensitive: true,
    }),
    claim('repository_owner_id', 'Owner id, a decimal string.', {
      ...immutable,
      class: 'required',
    }),
    claim('repository_visibility', 'public, private or internal.', renameable),
    claim('ref', 'Git ref of the run; refs/pull/N/merge for pull requests.', chosen),
    claim('ref_type', 'branch or tag.', chosen),
    claim('ref_protected', '"true" or "false", a string.'),
    claim('sha', 'Commit the run is based on.', chosen),
    claim('head_ref', 'Source branch of the pull request, chosen by its author.', outsider),
    claim('base_ref', 'Target branch of the pull request, chosen by its author.', outsider),
    claim('event_name', 'What triggered the run.', outsider),
    claim('actor', 'Login that started the run.', { ...outsider, immutable: false }),
    claim('actor_id', 'Id of that login; names a person, not a permission.', {
      ...outsider,
      immutable: true,
    }),
    claim('workflow', 'Display name of the workflow, free text.', chosen),
    claim('workflow_ref', 'Path and ref of the top-level workflow file.', chosen),
    claim('workflow_sha', 'Commit of that file.', chosen),
    claim('job_workflow_ref', 'Path and ref of the file that holds the running job.', chosen),
    claim('job_workflow_sha', 'Commit of that file.', chosen),
    claim('environment', 'Deployment environment; any workflow may name an open one.', {
      ...chosen,
      isCaseInsensitive: true,
    }),
    claim('environment_node_id', 'Node id of the environment.', { ...chosen, immutable: true }),
    claim('run_id', 'Workflow run id.', immutable),
    claim('run_number', 'Run counter within the workflow.'),
    claim('run_attempt', 'Attempt number of the run.'),
    claim('check_run_id', 'Check run id of the job.', immutable),
    claim('runner_environment', 'github-hosted or self-hosted.', chosen),
    claim('enterprise', 'Enterprise slug.', renameable),
    claim('enterprise_id', 'Enterprise id.', immutable),
  ],
  claimPrefixes: ['repo_property_'],
  tenantClaims: [['repository_owner_id'], ['repository_owner'], ['enterprise_id']],
  projectClaims: [['repository_id'], ['repository'], ['sub']],
  tenantSubject: /^repo:[^*:/]+\//,
  tenantTexts: [{ path: ['repository'], text: /^[^*:/]+\// }],
  safeValues: [
    { path: ['ref_protected'], value: 'true' },
    { path: ['runner_environment'], value: 'github-hosted' },
  ],
  unsafeEvents: ['pull_request_target', 'workflow_run', 'issue_comment'],
  replay: 'once',
  maxLifetimeSeconds: 24 * 3600,
  sharedAudiences: ['https://github.com/{owner}'],
  names: {
    ownerId: ['repository_owner_id'],
    projectId: ['repository_id'],
    ref: ['ref'],
    environment: ['environment'],
    event: ['event_name'],
    workflow: ['job_workflow_ref'],
    runner: ['runner_environment'],
    actor: ['actor_id'],
  },
}
