/**
 * The fixed forms of claims, by provider and claim. Claims that are not listed may have any value.
 * `fits-shape.ts` compares values with these forms.
 */

export type Shape =
  /** Begins with one of these and has more text. `whole` is for values without a star. */
  | {
      readonly kind: 'starts'
      readonly starts: readonly string[]
      readonly is: string
      readonly whole?: RegExp
    }
  | { readonly kind: 'starts_otherwise'; readonly never: readonly string[]; readonly is: string }
  /** Contains only these characters. */
  | {
      readonly kind: 'characters'
      readonly one: RegExp
      readonly is: string
      readonly whole?: RegExp
    }
  /** This number of names, separated by "/". */
  | { readonly kind: 'path'; readonly least: number; readonly most: number; readonly is: string }
  /** One of these. If open, the platform may add values, so only misspellings of these are reported. */
  | { readonly kind: 'one_of'; readonly values: readonly string[]; readonly isOpen: boolean }

const DIGITS: Shape = {
  kind: 'characters',
  one: /^[0-9]$/,
  is: 'a number in decimal digits, such as 4411',
}
const UUID: Shape = {
  kind: 'characters',
  one: /^[0-9a-f-]$/,
  whole: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  is: 'a UUID in lower case',
}
const COMMIT: Shape = {
  kind: 'characters',
  one: /^[0-9a-f]$/,
  whole: /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/,
  is: 'a whole commit id in lower case',
}
const FULL_REF: Shape = {
  kind: 'starts',
  starts: ['refs/heads/', 'refs/tags/', 'refs/pull/', 'refs/merge-requests/'],
  is: 'a full ref, such as refs/heads/main',
}
const SHORT_REF: Shape = {
  kind: 'starts_otherwise',
  never: ['refs/'],
  is: 'the short name of a branch or tag, such as main',
}
const NAME: Shape = {
  kind: 'path',
  least: 1,
  most: 1,
  is: 'one name without a slash, such as acme',
}
const ENVIRONMENT: Shape = {
  kind: 'path',
  least: 1,
  most: Number.POSITIVE_INFINITY,
  is: 'the name of an environment without a slash at its ends',
}
const OWNER_AND_NAME: Shape = {
  kind: 'path',
  least: 2,
  most: 2,
  is: 'an owner and a name, such as acme/api',
}
const PROJECT_PATH: Shape = {
  kind: 'path',
  least: 2,
  most: Number.POSITIVE_INFINITY,
  is: 'a whole path without a slash at its ends, such as acme/api',
}
const GROUP_PATH: Shape = {
  kind: 'path',
  least: 1,
  most: Number.POSITIVE_INFINITY,
  is: 'a path without a slash at its ends, such as acme/platform',
}

const oneOf = (...values: readonly string[]): Shape => ({ kind: 'one_of', values, isOpen: false })
const known = (...values: readonly string[]): Shape => ({ kind: 'one_of', values, isOpen: true })
const starting = (is: string, ...starts: readonly string[]): Shape => ({
  kind: 'starts',
  starts,
  is,
})

const TRUE_OR_FALSE = oneOf('true', 'false')

/** By the joined path of the claim. */
type Shapes = Readonly<Record<string, Shape>>

const WORKFLOW: Shape = {
  kind: 'path',
  least: 5,
  most: Number.POSITIVE_INFINITY,
  is: 'a path such as acme/api/.github/workflows/deploy.yml@refs/heads/main',
}

const GITHUB: Shapes = {
  repository: OWNER_AND_NAME,
  repository_id: DIGITS,
  repository_owner: NAME,
  repository_owner_id: DIGITS,
  repository_visibility: oneOf('public', 'private', 'internal'),
  enterprise_id: DIGITS,
  ref: FULL_REF,
  ref_type: oneOf('branch', 'tag'),
  ref_protected: TRUE_OR_FALSE,
  head_ref: SHORT_REF,
  base_ref: SHORT_REF,
  environment: ENVIRONMENT,
  event_name: known(
    'push',
    'pull_request',
    'pull_request_target',
    'pull_request_review',
    'pull_request_review_comment',
    'workflow_dispatch',
    'workflow_run',
    'workflow_call',
    'repository_dispatch',
    'issue_comment',
    'issues',
    'merge_group',
    'schedule',
    'release',
    'deployment',
    'deployment_status',
    'check_run',
    'check_suite',
  ),
  actor: NAME,
  actor_id: DIGITS,
  run_id: DIGITS,
  run_number: DIGITS,
  run_attempt: DIGITS,
  sha: COMMIT,
  workflow_sha: COMMIT,
  job_workflow_sha: COMMIT,
  workflow_ref: WORKFLOW,
  job_workflow_ref: WORKFLOW,
  runner_environment: oneOf('github-hosted', 'self-hosted'),
}

/** Forgejo's tokens have no visibility, and its runners belong to the owner of the instance. */
const FORGEJO: Shapes = {
  repository: OWNER_AND_NAME,
  repository_owner: NAME,
  ref: FULL_REF,
  ref_type: oneOf('branch', 'tag'),
  ref_protected: TRUE_OR_FALSE,
  event_name: known('push', 'pull_request', 'pull_request_target', 'workflow_dispatch', 'schedule'),
}

const GITLAB: Shapes = {
  sub: starting('a text that begins with project_path:', 'project_path:'),
  namespace_id: DIGITS,
  namespace_path: GROUP_PATH,
  project_id: DIGITS,
  project_path: PROJECT_PATH,
  job_namespace_id: DIGITS,
  job_namespace_path: GROUP_PATH,
  job_project_id: DIGITS,
  job_project_path: PROJECT_PATH,
  user_id: DIGITS,
  user_login: NAME,
  pipeline_id: DIGITS,
  job_id: DIGITS,
  pipeline_source: known(
    'push',
    'web',
    'api',
    'trigger',
    'schedule',
    'pipeline',
    'parent_pipeline',
    'merge_request_event',
    'external_pull_request_event',
  ),
  ref: SHORT_REF,
  ref_path: FULL_REF,
  ref_type: oneOf('branch', 'tag'),
  ref_protected: TRUE_OR_FALSE,
  environment: ENVIRONMENT,
  environment_protected: TRUE_OR_FALSE,
  deployment_tier: oneOf('production', 'staging', 'testing', 'development', 'other'),
  runner_environment: oneOf('gitlab-hosted', 'self-hosted'),
  sha: COMMIT,
  ci_config_sha: COMMIT,
  project_visibility: oneOf('public', 'private', 'internal'),
}

const TERRAFORM: Shapes = {
  sub: starting('a text that begins with organization:', 'organization:'),
  terraform_organization_id: starting('an id such as org-GRNbCjYNpBB6NEH9', 'org-'),
  terraform_project_id: starting('an id such as prj-vegSA59s1XPwMr2t', 'prj-'),
  terraform_workspace_id: starting('an id such as ws-mbsd5E3Ktt5Rg2Xm', 'ws-'),
  terraform_run_phase: oneOf('plan', 'apply'),
  terraform_full_workspace: starting('a text that begins with organization:', 'organization:'),
}

const CIRCLECI: Shapes = {
  sub: starting('a text that begins with org/', 'org/'),
  'oidc.circleci.com/org-id': UUID,
  'oidc.circleci.com/project-id': UUID,
  'oidc.circleci.com/pipeline-definition-id': UUID,
  'oidc.circleci.com/vcs-ref': FULL_REF,
}

const BUILDKITE: Shapes = {
  organization_id: UUID,
  pipeline_id: UUID,
  cluster_id: UUID,
  queue_id: UUID,
  organization_slug: NAME,
  pipeline_slug: NAME,
  build_source: known('ui', 'api', 'webhook', 'trigger_job', 'schedule'),
  runner_environment: oneOf('buildkite-hosted', 'self-hosted'),
}

const KUBERNETES: Shapes = {
  sub: {
    kind: 'starts',
    starts: ['system:serviceaccount:'],
    whole: /^system:serviceaccount:[^:]+:[^:]+$/,
    is: 'system:serviceaccount:, the namespace, ":" and the name of the account',
  },
  'kubernetes.io.namespace': NAME,
  'kubernetes.io.serviceaccount.name': NAME,
}

const ENTRA: Shapes = { tid: UUID, oid: UUID, azp: UUID, appid: UUID }

/** By provider id. */
export const SHAPES: Readonly<Record<string, Shapes>> = {
  'github-actions': GITHUB,
  'github-actions-enterprise': GITHUB,
  'github-enterprise-server': GITHUB,
  'forgejo-actions': FORGEJO,
  'gitlab-com': GITLAB,
  'gitlab-self-managed': GITLAB,
  'hcp-terraform': TERRAFORM,
  'terraform-enterprise': TERRAFORM,
  circleci: CIRCLECI,
  buildkite: BUILDKITE,
  kubernetes: KUBERNETES,
  eks: KUBERNETES,
  aks: KUBERNETES,
  gke: KUBERNETES,
  'entra-id': ENTRA,
  'spiffe-jwt-svid': {
    sub: {
      kind: 'starts',
      starts: ['spiffe://'],
      whole: /^spiffe:\/\/[^/]+\/.+$/,
      is: 'a SPIFFE ID such as spiffe://acme.dev/deploy',
    },
  },
  'aws-outbound': {
    sub: starting('the ARN of a role or user', 'arn:'),
    'https://sts.amazonaws.com/.aws_account': DIGITS,
  },
  'google-service-account': { sub: DIGITS, azp: DIGITS },
  'azure-devops': {
    sub: starting('a text that begins with p:// or sc://', 'p://', 'sc://'),
    org_id: UUID,
    prj_id: UUID,
    def_id: DIGITS,
    rpo_ref: FULL_REF,
  },
  'bitbucket-pipelines': {
    workspaceUuid: starting('a UUID in braces', '{'),
    repositoryUuid: starting('a UUID in braces', '{'),
    deploymentEnvironmentUuid: starting('a UUID in braces', '{'),
    branchName: SHORT_REF,
  },
  vercel: {
    sub: starting('a text that begins with owner:', 'owner:'),
    environment: known('production', 'preview', 'development'),
  },
  'deno-deploy': { sub: starting('a text that begins with deployment:', 'deployment:') },
}
