/**
 * Pulumi Deployments and ESC logins of the first kind. Organisations are named, not numbered.
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
    claim('org', 'Organisation name (Deployments).', { immutable: false, influence: 'low' }),
    claim('project', 'Project name (Deployments).', { immutable: false, influence: 'low' }),
    claim('stack', 'Stack name (Deployments).', { immutable: false, influence: 'low' }),
    claim('stackId', 'Fully qualified stack identifier (Deployments).', { influence: 'low' }),
    claim('operation', 'preview, update, refresh or destroy (Deployments).', {
      influence: 'medium',
    }),
    claim('deployment', 'Deployment version (Deployments).'),
    claim('scope', 'Always write (Deployments).'),
    claim('current_env', 'Environment in which the login block is defined (ESC).', {
      immutable: false,
      influence: 'medium',
    }),
    claim(
      'root_env',
      'Environment that was opened first (ESC); any environment that imports the block.',
      { immutable: false, influence: 'high' },
    ),
    claim('trigger_user', 'User that opened it (ESC).', { immutable: false, influence: 'high' }),
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
