/**
 * Vercel builds and functions. The issuer contains the team, unless the project uses the global
 * issuer, which is shared by all customers.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const vercel: ProviderProfile = {
  id: 'vercel',
  name: 'Vercel OIDC federation',
  status: 'verified',
  tenancy: 'per_tenant',
  issuer: {
    kind: 'pattern',
    pattern: /^https:\/\/oidc\.vercel\.com(?:\/(?<team>[A-Za-z0-9][A-Za-z0-9_-]*))?$/,
    example: 'https://oidc.vercel.com/acme',
    tenantPart: 'team',
  },
  algorithms: ['RS256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('owner', { immutable: false, influence: 'low' }),
    claim('owner_id', { class: 'required', immutable: true, recorded: true }),
    claim('project', { immutable: false, influence: 'low' }),
    claim('project_id', { class: 'required', immutable: true, recorded: true }),
    claim('environment', { influence: 'medium', recorded: true }),
    claim('external_sub', { influence: 'medium' }),
  ],
  tenantClaims: [['owner_id'], ['owner']],
  projectClaims: [['project_id'], ['sub']],
  tenantSubject: /^owner:[^*:/]+:/,
  unsafeEvents: [],
  replay: 'reused',
  maxLifetimeSeconds: 24 * 3600,
  sharedAudiences: ['https://vercel.com/{team}'],
  names: { ownerId: ['owner_id'], projectId: ['project_id'], environment: ['environment'] },
}
