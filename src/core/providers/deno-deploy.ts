/**
 * Deno Deploy applications. One issuer signs for every organisation.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const denoDeploy: ProviderProfile = {
  id: 'deno-deploy',
  name: 'Deno Deploy',
  status: 'verified',
  tenancy: 'shared',
  issuer: { kind: 'fixed', url: 'https://oidc.deno.com' },
  algorithms: ['ES256', 'RS256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('org_id', 'Organisation UUID.', { class: 'required', immutable: true }),
    claim('org_slug', 'Organisation slug.', { immutable: false, influence: 'low' }),
    claim('app_id', 'Application UUID.', { class: 'required', immutable: true }),
    claim('app_slug', 'Application slug.', { immutable: false, influence: 'low' }),
    claim('context_id', 'Context UUID.', { class: 'required', immutable: true }),
    claim('context_name', 'Context, for example production.', {
      immutable: false,
      influence: 'medium',
    }),
    claim('revision_id', 'Revision id.', { immutable: true, influence: 'medium' }),
    claim('deployment_id', 'Hash over the deployment metadata.', { immutable: true }),
  ],
  tenantClaims: [['org_id'], ['org_slug']],
  projectClaims: [['app_id'], ['context_id'], ['sub']],
  tenantSubject: /^deployment:[^*:/]+\//,
  unsafeEvents: [],
  replay: 'no_jti',
  maxLifetimeSeconds: 3600,
  sharedAudiences: [],
  names: { ownerId: ['org_id'], projectId: ['app_id'], environment: ['context_id'] },
}
