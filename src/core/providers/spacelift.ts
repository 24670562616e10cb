/**
 * Spacelift runs. The issuer host identifies the account. Stacks have slugs, which can be
 * reused.
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
    claim('spaceId', { immutable: false, influence: 'low', recorded: true }),
    claim('spacePath', { immutable: false, influence: 'low' }),
    claim('callerType', { influence: 'low', recorded: true }),
    claim('callerId', { immutable: false, influence: 'low', recorded: true }),
    claim('runType', { influence: 'medium', recorded: true }),
    claim('runId', { immutable: true, recorded: true }),
    claim('scope', { influence: 'medium' }),
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
