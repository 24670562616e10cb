/**
 * GitHub-like tokens of a Forgejo instance. There is no immutable id, and names can be
 * registered again, so rules need care.
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
    claim('actor', { immutable: false, influence: 'high' }),
    claim('repository', { immutable: false, influence: 'low' }),
    claim('repository_owner', { immutable: false, influence: 'low' }),
    claim('ref', { influence: 'medium', recorded: true }),
    claim('ref_type', { influence: 'medium', recorded: true }),
    claim('ref_protected', { recorded: true }),
    claim('base_ref', { influence: 'high', recorded: true }),
    claim('head_ref', { influence: 'high', recorded: true }),
    claim('event_name', { influence: 'high', recorded: true }),
    claim('sha', { influence: 'medium', recorded: true }),
    claim('workflow', { immutable: false, influence: 'medium' }),
    claim('workflow_ref', { immutable: false, influence: 'medium', recorded: true }),
    claim('run_id', { immutable: true, recorded: true }),
    claim('run_number'),
    claim('run_attempt', { recorded: true }),
  ],
  tenantClaims: [['repository_owner']],
  projectClaims: [['repository'], ['sub']],
  unsafeEvents: ['pull_request_target', 'issue_comment'],
  replay: 'no_jti',
  maxLifetimeSeconds: 24 * 3600,
  sharedAudiences: [],
  names: { ref: ['ref'], event: ['event_name'], workflow: ['workflow_ref'], actor: ['actor'] },
}
