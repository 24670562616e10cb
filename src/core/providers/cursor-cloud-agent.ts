/**
 * Cursor cloud agents. People and web pages can influence an agent, so pin more than the
 * team.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const cursorCloudAgent: ProviderProfile = {
  id: 'cursor-cloud-agent',
  name: 'Cursor Cloud Agents',
  status: 'partial',
  tenancy: 'shared',
  issuer: { kind: 'fixed', url: 'https://api.cursor.com' },
  algorithms: ['RS256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('team_id', { class: 'required', immutable: true, recorded: true }),
    claim('cloud_agent_id', { immutable: true, recorded: true }),
    claim('owner_user_id', { immutable: true, influence: 'high' }),
    claim('owner_email', { immutable: false, influence: 'high' }),
    claim('repo_url', { immutable: false, influence: 'high' }),
    claim('repo_urls', { types: ['array'], immutable: false, influence: 'high' }),
    claim('agent_runtime', { recorded: true }),
    claim('nonce', { influence: 'high' }),
  ],
  tenantClaims: [['team_id']],
  projectClaims: [['owner_user_id'], ['sub']],
  tenantSubject: /^(?:user|service_account|team_id|cloud_agent_id):[^*:/]+(?:[:/]|$)/,
  narrowing: [['agent_runtime']],
  unsafeEvents: [],
  replay: 'reused',
  maxLifetimeSeconds: 3600,
  sharedAudiences: [],
  names: { ownerId: ['team_id'], actor: ['owner_user_id'], runner: ['agent_runtime'] },
}
