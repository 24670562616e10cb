/**
 * Azure DevOps pipelines. The issuer names the organisation by its id.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const azureDevops: ProviderProfile = {
  id: 'azure-devops',
  name: 'Azure DevOps Pipelines',
  status: 'verified',
  tenancy: 'per_tenant',
  issuer: {
    kind: 'pattern',
    pattern:
      /^https:\/\/vstoken\.dev\.azure\.com\/(?<organizationId>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/,
    example: 'https://vstoken.dev.azure.com/aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee',
  },
  algorithms: ['RS256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('org_id', 'Organisation UUID; must equal the one in iss.', {
      class: 'required',
      immutable: true,
    }),
    claim('prj_id', 'Project UUID.', { class: 'required', immutable: true }),
    claim('def_id', 'Pipeline definition id.', { class: 'required', immutable: true }),
    claim(
      'rpo_id',
      'Repository id; for GitHub repositories a name such as owner/repo, not a UUID.',
      { immutable: false, influence: 'medium' },
    ),
    claim('rpo_uri', 'Repository URI.', { immutable: false, influence: 'medium' }),
    claim('rpo_ver', 'Commit.', { influence: 'medium' }),
    claim('rpo_ref', 'Ref of the run, for example refs/heads/main.', { influence: 'high' }),
    claim('run_id', 'Run id.', { immutable: true }),
  ],
  tenantClaims: [['org_id']],
  projectClaims: [['prj_id'], ['def_id'], ['sub']],
  narrowing: [['prj_id']],
  unsafeEvents: [],
  replay: 'reused',
  maxLifetimeSeconds: 3600,
  sharedAudiences: ['api://AzureADTokenExchange'],
  fixedAudience: 'api://AzureADTokenExchange',
  names: { ownerId: ['org_id'], projectId: ['def_id'], ref: ['rpo_ref'] },
}
