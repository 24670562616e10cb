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
    claim('workspace_id', 'Workspace id (ac-...).', { class: 'required', immutable: true }),
    claim('environment_id', 'Environment id (en-...).', { class: 'required', immutable: true }),
    claim('environment_name', 'Environment name.', { immutable: false, influence: 'low' }),
    claim('app_id', 'App id (ap-...); new for ephemeral apps.', {
      immutable: true,
      influence: 'medium',
    }),
    claim('app_name', 'App name, chosen by the author.', { immutable: false, influence: 'medium' }),
    claim('function_id', 'Function id (fu-...).', { immutable: true, influence: 'medium' }),
    claim('function_name', 'Function name.', { immutable: false, influence: 'medium' }),
    claim('container_id', 'Container id (ta-...).', { immutable: true }),
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
