/** Reference data of `hcp-terraform`, `terraform-enterprise`. */
import type { ProviderGuide, ProviderReference } from '../reference.ts'
import { oneOf, starting } from './shape.ts'

const TOKENS_PAGE =
  'hashicorp/web-unified-docs: content/terraform-docs-common/docs/cloud-docs/dynamic-provider-credentials/workload-identity-tokens.mdx'

/** How a run gets its token, hosted or not. */
const RUN_GUIDE = {
  tokenRequest: {
    summary:
      'Set an environment variable in the workspace; each run then gets a token with that audience. A suffix gives several audiences.',
    env: [
      'TFC_WORKLOAD_IDENTITY_AUDIENCE -> TFC_WORKLOAD_IDENTITY_TOKEN',
      'TFC_WORKLOAD_IDENTITY_AUDIENCE_{TAG} -> TFC_WORKLOAD_IDENTITY_TOKEN_{TAG}',
    ],
    command: null,
  },
  audience: 'workspace operator',
  lifetime:
    'The plan or apply timeout of the organization; module test tokens 600 s (300 to 1800).',
  subjectFormats: [
    'organization:{org}:project:{project}:workspace:{workspace}:run_phase:{plan|apply}',
    'organization:{org}:module:{module}:operation:test_run (module tests)',
    'organization:{org}:project:{project}:stack:{stack}:deployment:{deployment}:operation:{plan|apply} (Stacks)',
  ],
} as const satisfies Partial<ProviderGuide>

const RUN_TRAPS: readonly string[] = [
  'Speculative plans from pull requests run with run_phase plan: a rule without run_phase = apply hands credentials to unmerged code.',
  'Three subject grammars live under one issuer (workspace, module test, Stack). A wildcard such as organization:acme:* covers all three.',
  'Default Project contains a space and names are renameable: pin the ids.',
  'Tokens live as long as the run timeout, which can be hours: enforce a maximum age.',
]

export const hcpTerraformReference: ProviderReference = {
  contact: 'https://github.com/hashicorp/web-unified-docs/issues',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: '{issuer}/.well-known/jwks',
  sources: {
    keyHosts: TOKENS_PAGE,
    algorithms: TOKENS_PAGE,
    typ: TOKENS_PAGE,
    lifetime: TOKENS_PAGE,
    claims: TOKENS_PAGE,
  },
  claims: {
    terraform_organization_id: 'Organization id (org-...).',
    terraform_organization_name: 'Organization name; renameable.',
    terraform_project_id: 'Project id (prj-...). Absent in module tests.',
    terraform_project_name: 'Project name; may contain spaces.',
    terraform_workspace_id: 'Workspace id (ws-...). Absent in module tests.',
    terraform_workspace_name: 'Workspace name.',
    terraform_full_workspace: 'organization:..:project:..:workspace:..; only workspace runs.',
    terraform_run_id: 'Run id (run-..., or trun-... for tests).',
    terraform_run_phase: 'plan or apply; always plan for module tests.',
  },
  shapes: {
    sub: starting('a text that begins with organization:', 'organization:'),
    terraform_organization_id: starting('an id such as org-GRNbCjYNpBB6NEH9', 'org-'),
    terraform_project_id: starting('an id such as prj-vegSA59s1XPwMr2t', 'prj-'),
    terraform_workspace_id: starting('an id such as ws-mbsd5E3Ktt5Rg2Xm', 'ws-'),
    terraform_run_phase: oneOf('plan', 'apply'),
    terraform_full_workspace: starting('a text that begins with organization:', 'organization:'),
  },
  guide: {
    ...RUN_GUIDE,
    traps: [
      ...RUN_TRAPS,
      'The issuer is shared by all organizations; without an organization pin any HCP Terraform customer matches (the vendor warns of it).',
    ],
    unverified: ['Claim names of Stack tokens beyond sub.'],
  },
}

export const terraformEnterpriseReference: ProviderReference = {
  contact: 'https://github.com/hashicorp/web-unified-docs/issues',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: null,
  sources: {
    algorithms: TOKENS_PAGE,
    typ: TOKENS_PAGE,
    lifetime: TOKENS_PAGE,
    claims: TOKENS_PAGE,
  },
  claims: hcpTerraformReference.claims,
  shapes: hcpTerraformReference.shapes,
  guide: {
    ...RUN_GUIDE,
    traps: [
      'The issuer pattern accepts any https host; use it to validate an issuer typed by an operator, never to admit an issuer read from a token.',
      'Ids are unique inside one installation only: bind issuer and id together.',
      ...RUN_TRAPS,
    ],
    unverified: [
      'Claim names of Stack tokens beyond sub.',
      'Key path on Terraform Enterprise (taken from HCP Terraform).',
    ],
  },
}
