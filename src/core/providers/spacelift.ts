/**
 * Spacelift runs. The issuer host names the account; stacks are named by slugs that can be made
 * anew.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const spacelift: ProviderProfile = {
  id: 'spacelift',
  name: 'Spacelift',
  status: 'verified',
  tenancy: 'per_tenant',
  issuer: {
    kind: 'pattern',
    pattern:
      /^https:\/\/(?<account>[a-z0-9][a-z0-9-]*)\.app(?:\.(?<region>[a-z]{2}))?\.spacelift\.io$/,
    example: 'https://demo.app.spacelift.io',
  },
  algorithms: ['RS256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('spaceId', 'Space slug.', { immutable: false, influence: 'low' }),
    claim('spacePath', 'Full space path; only when the subject template uses it.', {
      immutable: false,
      influence: 'low',
    }),
    claim('callerType', 'stack or module.', { influence: 'low' }),
    claim('callerId', 'Stack or module slug.', { immutable: false, influence: 'low' }),
    claim('runType', 'PROPOSED, TRACKED, TASK, TESTING or DESTROY.', { influence: 'medium' }),
    claim('runId', 'Run ULID.', { immutable: true }),
    claim('scope', 'read or write.', { influence: 'medium' }),
  ],
  tenantClaims: [['spaceId']],
  projectClaims: [['callerId'], ['sub']],
  narrowing: [['scope']],
  unsafeEvents: ['PROPOSED'],
  replay: 'reused',
  maxLifetimeSeconds: 3600,
  sharedAudiences: ['{account}.app.spacelift.io', '{account}.app.us.spacelift.io'],
  names: { ownerId: ['spaceId'], projectId: ['callerId'], event: ['runType'] },
}
