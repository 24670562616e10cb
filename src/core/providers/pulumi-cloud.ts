/**
 * Pulumi Deployments and ESC logins of the first kind. Organizations have names and no ids.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const pulumiCloud: ProviderProfile = {
  id: 'pulumi-cloud',
  name: 'Pulumi Deployments and Pulumi ESC (v1 tokens)',
  status: 'verified',
  tenancy: 'shared',
  issuer: { kind: 'fixed', url: 'https://api.pulumi.com/oidc' },
  algorithms: ['RS256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('org', { immutable: false, influence: 'low' }),
    claim('project', { immutable: false, influence: 'low' }),
    claim('stack', { immutable: false, influence: 'low' }),
    claim('stackId', { influence: 'low', recorded: true }),
    claim('operation', { influence: 'medium', recorded: true }),
    claim('deployment', { recorded: true }),
    claim('scope'),
    claim('current_env', { immutable: false, influence: 'medium', recorded: true }),
    claim('root_env', { immutable: false, influence: 'high', recorded: true }),
    claim('trigger_user', { immutable: false, influence: 'high' }),
  ],
  tenantClaims: [['org']],
  projectClaims: [['stackId'], ['sub']],
  tenantSubject: /^pulumi:(?:deploy|environments):(?:pulumi\.organization\.login|org):[^*:/]+:/,
  tenantTexts: [{ path: ['stackId'], text: /^[^*:/]+\// }],
  unsafeEvents: [],
  replay: 'reused',
  maxLifetimeSeconds: 24 * 3600,
  sharedAudiences: ['aws:{org}', 'azure:{org}', 'gcp:{org}'],
  names: {
    projectId: ['stackId'],
    event: ['operation'],
    environment: ['current_env'],
    actor: ['trigger_user'],
  },
}
