/**
 * env zero deployments. Its issuer ends in a slash, and `sub` is one opaque value per
 * organisation.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const env0: ProviderProfile = {
  id: 'env0',
  name: 'env zero (env0)',
  status: 'verified',
  tenancy: 'shared',
  issuer: { kind: 'fixed', url: 'https://login.app.env0.com/' },
  algorithms: ['RS256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('organizationId', 'Organisation UUID.', { class: 'required', immutable: true }),
    claim('projectId', 'Project UUID.', { class: 'required', immutable: true, influence: 'low' }),
    claim('projectName', 'Project name.', { immutable: false, influence: 'low' }),
    claim('templateId', 'Template UUID.', { immutable: true, influence: 'low' }),
    claim('templateName', 'Template name.', { immutable: false, influence: 'low' }),
    claim('environmentId', 'Environment UUID.', {
      class: 'required',
      immutable: true,
      influence: 'low',
    }),
    claim('environmentName', 'Environment name.', { immutable: false, influence: 'medium' }),
    claim('workspaceName', 'Workspace name.', { immutable: false, influence: 'medium' }),
    claim('deploymentLogId', 'Deployment id.', { immutable: true }),
    claim('deploymentType', 'Deployment type.', { influence: 'medium' }),
    claim('deployerEmail', 'Email of the person that started it.', {
      immutable: false,
      influence: 'high',
    }),
    claim('env0Tag', 'Optional free tag.', { immutable: false, influence: 'high' }),
  ],
  tenantClaims: [['organizationId']],
  projectClaims: [['environmentId'], ['projectId'], ['sub']],
  narrowing: [['projectId']],
  unsafeEvents: [],
  replay: 'reused',
  maxLifetimeSeconds: 24 * 3600,
  sharedAudiences: ['https://app.env0.com'],
  names: {
    ownerId: ['organizationId'],
    projectId: ['environmentId'],
    event: ['deploymentType'],
    actor: ['deployerEmail'],
  },
}
