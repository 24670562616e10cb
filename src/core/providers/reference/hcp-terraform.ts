/** Reference data of `hcp-terraform`, `terraform-enterprise`. */
import type { ProviderGuide, ProviderReference } from '../reference.ts'
import { NAME, oneOf, starting } from './shape.ts'

const TOKENS_PAGE =
  'hashicorp/web-unified-docs: content/terraform-docs-common/docs/cloud-docs/dynamic-provider-credentials/workload-identity-tokens.mdx'

/** How a run gets its token, on the hosted and the self-hosted edition. */
const RUN_GUIDE = {
  tokenRequest: {
    summary:
      'Set an environment variable in the workspace. Each run then gets a token with that audience. Use suffixes for several audiences.',
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
  'Speculative plans of pull requests have run_phase plan. A rule without run_phase = apply grants access to unmerged code.',
  'One issuer has three forms of sub (workspace, module test, Stack). A wildcard such as organization:acme:* matches all three.',
  'Names can be renamed and can contain spaces, such as Default Project. Pin the ids.',
  'Tokens live as long as the run timeout, which can be hours. Enforce a maximum age.',
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
    terraform_organization_name: 'Organization name; can be renamed.',
    terraform_project_id: 'Project id (prj-...). Absent in module tests.',
    terraform_project_name: 'Project name; may contain spaces.',
    terraform_workspace_id: 'Workspace id (ws-...). Absent in module tests.',
    terraform_workspace_name: 'Workspace name.',
    terraform_full_workspace: 'organization:..:project:..:workspace:..; only in workspace runs.',
    terraform_run_id: 'Run id (run-..., or trun-... for tests).',
    terraform_run_phase: 'plan or apply; always plan for module tests.',
  },
  shapes: {
    sub: {
      ...starting(
        'a text such as organization:acme:project:api:workspace:prod:run_phase:apply',
        'organization:',
      ),
      whole: /^organization:[^:]+:(?:project|module):/,
    },
    terraform_organization_id: starting('an id such as org-GRNbCjYNpBB6NEH9', 'org-'),
    terraform_project_id: starting('an id such as prj-vegSA59s1XPwMr2t', 'prj-'),
    terraform_workspace_id: starting('an id such as ws-mbsd5E3Ktt5Rg2Xm', 'ws-'),
    terraform_organization_name: NAME,
    terraform_workspace_name: NAME,
    terraform_run_id: starting('an id such as run-X3n1AUXNGWbfECsJ', 'run-', 'trun-'),
    terraform_run_phase: oneOf('plan', 'apply'),
    terraform_full_workspace: starting('a text that begins with organization:', 'organization:'),
  },
  guide: {
    ...RUN_GUIDE,
    traps: [
      ...RUN_TRAPS,
      'The issuer is the same for all organizations. A rule that pins no organization matches every HCP Terraform customer, as the vendor warns.',
    ],
    unverified: ['Claim names of Stack tokens other than sub.'],
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
      'The issuer pattern accepts any https host. Use it only to check an issuer that an operator enters, never to accept an issuer from a token.',
      'Ids are unique only within one installation. Bind the id to the issuer.',
      ...RUN_TRAPS,
    ],
    unverified: [
      'Claim names of Stack tokens other than sub.',
      'Key path on Terraform Enterprise (taken from HCP Terraform).',
    ],
  },
}
