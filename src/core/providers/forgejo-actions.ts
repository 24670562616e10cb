/**
 * GitHub-like tokens of a Forgejo instance. There is no immutable id: names can be registered
 * anew, so rules need care.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const forgejoActions: ProviderProfile = {
  id: 'forgejo-actions',
  name: 'Forgejo Actions (v15 and later)',
  status: 'partial',
  tenancy: 'self_hosted',
  issuer: {
    kind: 'pattern',
    pattern: /^https:\/\/(?<host>[^/]+)(?<path>(?:\/[^/]+)*)\/api\/actions$/,
    example: 'https://forgejo.example.org/api/actions',
  },
  algorithms: ['RS256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('actor', 'User that triggered the run.', { immutable: false, influence: 'high' }),
    claim('repository', 'owner/name.', { immutable: false, influence: 'low' }),
    claim('repository_owner', 'Owner name.', { immutable: false, influence: 'low' }),
    claim('ref', 'Git ref.', { influence: 'medium' }),
    claim('ref_type', 'branch or tag.', { influence: 'medium' }),
    claim('ref_protected', 'Whether the ref is protected (JSON type not verified).'),
    claim('base_ref', 'Pull request target.', { influence: 'high' }),
    claim('head_ref', 'Pull request source.', { influence: 'high' }),
    claim('event_name', 'Trigger.', { influence: 'high' }),
    claim('sha', 'Commit.', { influence: 'medium' }),
    claim('workflow', 'Workflow name.', { immutable: false, influence: 'medium' }),
    claim('workflow_ref', 'Workflow file and ref.', { immutable: false, influence: 'medium' }),
    claim('run_id', 'Run id.', { immutable: true }),
    claim('run_number', 'Run counter.'),
    claim('run_attempt', 'Attempt.'),
  ],
  tenantClaims: [['repository_owner']],
  projectClaims: [['repository'], ['sub']],
  unsafeEvents: ['pull_request_target', 'issue_comment'],
  replay: 'no_jti',
  maxLifetimeSeconds: 24 * 3600,
  sharedAudiences: [],
  names: { ref: ['ref'], event: ['event_name'], workflow: ['workflow_ref'], actor: ['actor'] },
}
