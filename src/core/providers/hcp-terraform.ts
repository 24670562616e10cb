/**
 * HCP Terraform runs. The phase tells a plan, which runs outside code, from an apply.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const hcpTerraform: ProviderProfile = {
  id: 'hcp-terraform',
  name: 'HCP Terraform workload identity',
  status: 'verified',
  tenancy: 'shared',
  issuer: { kind: 'fixed', url: 'https://app.terraform.io' },
  algorithms: ['RS256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('terraform_organization_id', 'Organisation id (org-...).', {
      class: 'required',
      immutable: true,
    }),
    claim('terraform_organization_name', 'Organisation name; renameable.', {
      immutable: false,
      influence: 'low',
    }),
    claim('terraform_project_id', 'Project id (prj-...). Absent in module tests.', {
      immutable: true,
      influence: 'low',
    }),
    claim('terraform_project_name', 'Project name; may contain spaces.', {
      immutable: false,
      influence: 'low',
    }),
    claim('terraform_workspace_id', 'Workspace id (ws-...). Absent in module tests.', {
      class: 'required',
      immutable: true,
    }),
    claim('terraform_workspace_name', 'Workspace name.', { immutable: false, influence: 'low' }),
    claim(
      'terraform_full_workspace',
      'organization:..:project:..:workspace:..; only workspace runs.',
      { immutable: false, influence: 'low' },
    ),
    claim('terraform_run_id', 'Run id (run-..., or trun-... for tests).', { immutable: true }),
    claim('terraform_run_phase', 'plan or apply; always plan for module tests.', {
      influence: 'medium',
    }),
  ],
  tenantClaims: [['terraform_organization_id'], ['terraform_organization_name']],
  projectClaims: [['terraform_workspace_id'], ['terraform_project_id'], ['sub']],
  tenantSubject: /^organization:[^*:/]+:/,
  unsafeEvents: [],
  replay: 'reused',
  maxLifetimeSeconds: 24 * 3600,
  sharedAudiences: [],
  names: {
    ownerId: ['terraform_organization_id'],
    projectId: ['terraform_workspace_id'],
    environment: ['terraform_run_phase'],
  },
}

/** The same product on the owner's own machines. */
export const terraformEnterprise: ProviderProfile = {
  ...hcpTerraform,
  id: 'terraform-enterprise',
  name: 'Terraform Enterprise',
  tenancy: 'self_hosted',
  issuer: {
    kind: 'pattern',
    pattern: /^https:\/\/(?<host>[^/]+)$/,
    example: 'https://terraform.example.com',
  },
}
