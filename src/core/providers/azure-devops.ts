/**
 * Azure DevOps pipelines. The issuer contains the id of the organization.
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
    claim('org_id', { class: 'required', immutable: true, recorded: true }),
    claim('prj_id', { class: 'required', immutable: true, recorded: true }),
    claim('def_id', { class: 'required', immutable: true, recorded: true }),
    claim('rpo_id', { immutable: false, influence: 'medium', recorded: true }),
    claim('rpo_uri', { immutable: false, influence: 'medium' }),
    claim('rpo_ver', { influence: 'medium', recorded: true }),
    claim('rpo_ref', { influence: 'high', recorded: true }),
    claim('run_id', { immutable: true, recorded: true }),
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
