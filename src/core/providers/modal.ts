/**
 * Modal functions. Their tokens live two days, longer than any other platform's.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const modal: ProviderProfile = {
  id: 'modal',
  name: 'Modal Functions and Sandboxes',
  status: 'verified',
  tenancy: 'shared',
  issuer: { kind: 'fixed', url: 'https://oidc.modal.com' },
  algorithms: ['RS256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('workspace_id', { class: 'required', immutable: true, recorded: true }),
    claim('environment_id', { class: 'required', immutable: true, recorded: true }),
    claim('environment_name', { immutable: false, influence: 'low' }),
    claim('app_id', { immutable: true, influence: 'medium', recorded: true }),
    claim('app_name', { immutable: false, influence: 'medium' }),
    claim('function_id', { immutable: true, influence: 'medium', recorded: true }),
    claim('function_name', { immutable: false, influence: 'medium' }),
    claim('container_id', { immutable: true, recorded: true }),
  ],
  tenantClaims: [['workspace_id']],
  projectClaims: [['environment_id'], ['app_id'], ['sub']],
  tenantSubject: /^modal:workspace_id:[^*:/]+:/,
  narrowing: [['app_name'], ['function_name']],
  unsafeEvents: [],
  replay: 'reused',
  maxLifetimeSeconds: 48 * 3600,
  sharedAudiences: ['oidc.modal.com'],
  names: { ownerId: ['workspace_id'], projectId: ['environment_id'], workflow: ['app_name'] },
}
