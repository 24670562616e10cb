/**
 * HCP Terraform runs. The phase distinguishes a plan, which runs proposed code, from an apply.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const hcpTerraform: ProviderProfile = {
  id: 'hcp-terraform',
  name: 'HCP Terraform workload identity',
  status: 'verified',
  tenancy: 'shared',
  issuer: {
    kind: 'fixed',
    url: 'https://app.terraform.io',
    alsoAt: ['https://app.eu.terraform.io'],
  },
  algorithms: ['RS256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('terraform_organization_id', { class: 'required', immutable: true, recorded: true }),
    claim('terraform_organization_name', { immutable: false, influence: 'low' }),
    claim('terraform_project_id', { immutable: true, influence: 'low', recorded: true }),
    claim('terraform_project_name', { immutable: false, influence: 'low' }),
    claim('terraform_workspace_id', { class: 'required', immutable: true, recorded: true }),
    claim('terraform_workspace_name', { immutable: false, influence: 'low' }),
    claim('terraform_full_workspace', { immutable: false, influence: 'low' }),
    claim('terraform_run_id', { immutable: true, recorded: true }),
    claim('terraform_run_phase', { influence: 'medium', recorded: true }),
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

/** The self-hosted edition of the same product. */
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
