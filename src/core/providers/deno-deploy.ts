/**
 * Deno Deploy applications. One issuer signs for every organization.
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
    claim('org_id', { class: 'required', immutable: true, recorded: true }),
    claim('org_slug', { immutable: false, influence: 'low' }),
    claim('app_id', { class: 'required', immutable: true, recorded: true }),
    claim('app_slug', { immutable: false, influence: 'low' }),
    claim('context_id', { class: 'required', immutable: true, recorded: true }),
    claim('context_name', { immutable: false, influence: 'medium' }),
    claim('revision_id', { immutable: true, influence: 'medium', recorded: true }),
    claim('deployment_id', { immutable: true, recorded: true }),
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
