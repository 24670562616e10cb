/**
 * Bitbucket Pipelines. The issuer contains the name of the workspace, which can pass to another
 * owner. The UUIDs cannot.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const bitbucketPipelines: ProviderProfile = {
  id: 'bitbucket-pipelines',
  name: 'Bitbucket Pipelines (cloud)',
  status: 'verified',
  tenancy: 'per_tenant',
  issuer: {
    kind: 'pattern',
    pattern:
      /^https:\/\/api\.bitbucket\.org\/2\.0\/workspaces\/(?<workspace>[A-Za-z0-9_.%-]+)\/pipelines-config\/identity\/oidc$/,
    example: 'https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc',
  },
  algorithms: ['RS256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('workspaceUuid', { immutable: true, recorded: true }),
    claim('repositoryUuid', { class: 'required', immutable: true, recorded: true }),
    claim('pipelineUuid', { immutable: true, recorded: true }),
    claim('stepUuid', { immutable: true, recorded: true }),
    claim('deploymentEnvironmentUuid', { immutable: true, influence: 'medium', recorded: true }),
    claim('branchName', { influence: 'medium', recorded: true }),
    claim('accountUuid', { immutable: true }),
  ],
  tenantClaims: [['workspaceUuid']],
  projectClaims: [['repositoryUuid'], ['sub']],
  unsafeEvents: [],
  replay: 'no_jti',
  maxLifetimeSeconds: 24 * 3600,
  sharedAudiences: ['ari:cloud:bitbucket::workspace/{workspace}'],
  job: ['stepUuid'],
  names: {
    ownerId: ['workspaceUuid'],
    projectId: ['repositoryUuid'],
    ref: ['branchName'],
    environment: ['deploymentEnvironmentUuid'],
  },
}
