/**
 * GitHub Actions on github.com. Every id and every flag is a JSON string. Two subject formats are
 * in use (`repo:OWNER/REPO:…` and, since 2026-07-15, `repo:OWNER@ID/REPO@ID:…`): rules pin the ids.
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
    claim('repository', { ...renameable, isCaseInsensitive: true }),
    claim('repository_id', { ...immutable, class: 'required', recorded: true }),
    claim('repository_owner', { ...renameable, isCaseInsensitive: true }),
    claim('repository_owner_id', { ...immutable, class: 'required', recorded: true }),
    claim('repository_visibility', renameable),
    claim('ref', { ...chosen, recorded: true }),
    claim('ref_type', { ...chosen, recorded: true }),
    claim('ref_protected', { recorded: true }),
    claim('sha', { ...chosen, recorded: true }),
    claim('head_ref', { ...outsider, recorded: true }),
    claim('base_ref', { ...outsider, recorded: true }),
    claim('event_name', { ...outsider, recorded: true }),
    claim('actor', { ...outsider, immutable: false }),
    claim('actor_id', { ...outsider, immutable: true }),
    claim('workflow', chosen),
    claim('workflow_ref', { ...chosen, recorded: true }),
    claim('workflow_sha', { ...chosen, recorded: true }),
    claim('job_workflow_ref', { ...chosen, recorded: true }),
    claim('job_workflow_sha', { ...chosen, recorded: true }),
    claim('environment', { ...chosen, isCaseInsensitive: true, recorded: true }),
    claim('environment_node_id', { ...chosen, immutable: true, recorded: true }),
    claim('run_id', { ...immutable, recorded: true }),
    claim('run_number'),
    claim('run_attempt', { recorded: true }),
    claim('check_run_id', { ...immutable, recorded: true }),
    claim('runner_environment', { ...chosen, recorded: true }),
    claim('enterprise', renameable),
    claim('enterprise_id', { ...immutable, recorded: true }),
  ],
  claimPrefixes: ['repo_property_'],
  tenantClaims: [['repository_owner_id'], ['repository_owner'], ['enterprise_id']],
  projectClaims: [['repository_id'], ['repository'], ['sub']],
  hasTwoSubjectFormats: true,
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
  job: ['check_run_id'],
  names: {
    ownerId: ['repository_owner_id'],
    projectId: ['repository_id'],
    ref: ['ref'],
    environment: ['environment'],
    event: ['event_name'],
    workflow: ['job_workflow_ref'],
    workflowCommit: ['job_workflow_sha'],
    runner: ['runner_environment'],
    actor: ['actor_id'],
  },
}
