/**
 * Concourse jobs. Teams and pipelines have only names. The author of a pipeline chooses the rest.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const concourse: ProviderProfile = {
  id: 'concourse',
  name: 'Concourse CI idtoken var source',
  status: 'verified',
  tenancy: 'self_hosted',
  issuer: {
    kind: 'pattern',
    pattern: /^https:\/\/(?<host>[^/]+)$/,
    example: 'https://ci.example.com',
  },
  algorithms: ['RS256', 'ES256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('team', { immutable: false, influence: 'low', recorded: true }),
    claim('pipeline', { immutable: false, influence: 'medium', recorded: true }),
    claim('job', { immutable: false, influence: 'medium', recorded: true }),
    claim('instance_vars', { immutable: false, influence: 'high' }),
  ],
  tenantClaims: [['team']],
  projectClaims: [['pipeline'], ['sub']],
  narrowing: [['job']],
  unsafeEvents: [],
  replay: 'no_jti',
  maxLifetimeSeconds: 24 * 3600,
  sharedAudiences: [],
  names: { ownerId: ['team'], projectId: ['pipeline'], workflow: ['job'] },
}
