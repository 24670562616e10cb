/**
 * env zero deployments. Its issuer ends in a slash, and `sub` is one opaque value per
 * organization.
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
    claim('organizationId', { class: 'required', immutable: true, recorded: true }),
    claim('projectId', { class: 'required', immutable: true, influence: 'low', recorded: true }),
    claim('projectName', { immutable: false, influence: 'low' }),
    claim('templateId', { immutable: true, influence: 'low', recorded: true }),
    claim('templateName', { immutable: false, influence: 'low' }),
    claim('environmentId', {
      class: 'required',
      immutable: true,
      influence: 'low',
      recorded: true,
    }),
    claim('environmentName', { immutable: false, influence: 'medium' }),
    claim('workspaceName', { immutable: false, influence: 'medium' }),
    claim('deploymentLogId', { immutable: true, recorded: true }),
    claim('deploymentType', { influence: 'medium', recorded: true }),
    claim('deployerEmail', { immutable: false, influence: 'high' }),
    claim('env0Tag', { immutable: false, influence: 'high' }),
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
