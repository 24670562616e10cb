/**
 * Pulumi ESC tokens of the second kind, with ids for organization and environment.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const pulumiEscV2: ProviderProfile = {
  id: 'pulumi-esc-v2',
  name: 'Pulumi ESC fn::open::oidc (v2 tokens)',
  status: 'verified',
  tenancy: 'shared',
  issuer: { kind: 'fixed', url: 'https://api.pulumi.com/oidc/v2' },
  algorithms: ['RS256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('https://pulumi.com/org', { immutable: false, influence: 'low' }),
    claim('https://pulumi.com/org_id', { immutable: true, recorded: true }),
    claim('https://pulumi.com/current_env', { immutable: false, influence: 'low', recorded: true }),
    claim('https://pulumi.com/current_env_id', { immutable: true, recorded: true }),
    claim('https://pulumi.com/root_env', { immutable: false, influence: 'high', recorded: true }),
    claim('https://pulumi.com/root_env_id', { immutable: true, influence: 'high', recorded: true }),
    claim('https://pulumi.com/actor', { immutable: false, influence: 'high' }),
    claim('https://pulumi.com/actor_id', { immutable: true, influence: 'high' }),
  ],
  tenantClaims: [['https://pulumi.com/org_id'], ['https://pulumi.com/org']],
  projectClaims: [['https://pulumi.com/current_env_id'], ['sub']],
  tenantSubject: /^pulumi:org:[^*:/]+:/,
  unsafeEvents: [],
  // Opening an environment creates one token, which all programs in the environment share.
  replay: 'reused',
  maxLifetimeSeconds: 3600,
  sharedAudiences: [],
  names: {
    ownerId: ['https://pulumi.com/org_id'],
    projectId: ['https://pulumi.com/current_env_id'],
    actor: ['https://pulumi.com/actor_id'],
  },
}
