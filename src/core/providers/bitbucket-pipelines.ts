/**
 * Bitbucket Pipelines. The issuer names the workspace by a name that can change hands; the uuids
 * cannot.
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
    claim('workspaceUuid', 'Workspace UUID wrapped in braces.', { immutable: true }),
    claim('repositoryUuid', 'Repository UUID wrapped in braces.', {
      class: 'required',
      immutable: true,
    }),
    claim('pipelineUuid', 'Pipeline UUID wrapped in braces.', { immutable: true }),
    claim('stepUuid', 'Step UUID wrapped in braces; new on every run.', { immutable: true }),
    claim(
      'deploymentEnvironmentUuid',
      'Deployment environment UUID wrapped in braces; only for deployment steps.',
      { immutable: true, influence: 'medium' },
    ),
    claim('branchName', 'Branch of the run; some relying parties report that it is missing.', {
      influence: 'medium',
    }),
    claim('accountUuid', 'Account UUID wrapped in braces (seen in an emulator).', {
      immutable: true,
    }),
  ],
  tenantClaims: [['workspaceUuid']],
  projectClaims: [['repositoryUuid'], ['sub']],
  unsafeEvents: [],
  replay: 'no_jti',
  maxLifetimeSeconds: 24 * 3600,
  sharedAudiences: ['ari:cloud:bitbucket::workspace/{workspace}'],
  names: {
    ownerId: ['workspaceUuid'],
    projectId: ['repositoryUuid'],
    ref: ['branchName'],
    environment: ['deploymentEnvironmentUuid'],
  },
}
