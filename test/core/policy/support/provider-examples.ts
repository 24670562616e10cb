/** One claim set per provider, in the documented form of its platform, with invented names and ids. */
import { claimSetOf } from '../../../support/canary/claims.ts'

const GITHUB_WORKFLOW = 'acme/api/.github/workflows/deploy.yml@refs/heads/main'
const GITHUB_SHA = '4f1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192'
const GITLAB_SHA = '714a629c0b401fdce83e847fc9589983fc6f46bc'

const github = {
  jti: '00000000-0000-4000-8000-000000000001',
  sub: 'repo:acme@1234567/api@456789012:environment:production',
  aud: 'https://sts.example.com',
  ref: 'refs/heads/main',
  sha: GITHUB_SHA,
  repository: 'acme/api',
  repository_owner: 'acme',
  repository_owner_id: '1234567',
  run_id: '9000000001',
  run_number: '42',
  run_attempt: '1',
  repository_visibility: 'private',
  repository_id: '456789012',
  actor_id: '7654321',
  actor: 'octocat',
  workflow: 'deploy',
  head_ref: '',
  base_ref: '',
  event_name: 'push',
  ref_protected: 'true',
  ref_type: 'branch',
  workflow_ref: GITHUB_WORKFLOW,
  workflow_sha: GITHUB_SHA,
  job_workflow_ref: GITHUB_WORKFLOW,
  job_workflow_sha: GITHUB_SHA,
  runner_environment: 'github-hosted',
  environment: 'production',
  check_run_id: '30000000001',
  iss: 'https://token.actions.githubusercontent.com',
  nbf: 1_790_000_000,
  exp: 1_790_000_900,
  iat: 1_790_000_600,
}

const gitlab = {
  namespace_id: '72',
  namespace_path: 'acme',
  project_id: '20',
  project_path: 'acme/api',
  user_id: '1',
  user_login: 'sample-user',
  user_email: 'sample-user@example.com',
  user_access_level: 'maintainer',
  pipeline_id: '574',
  pipeline_source: 'push',
  job_id: '302',
  ref: 'main',
  ref_type: 'branch',
  ref_path: 'refs/heads/main',
  ref_protected: 'true',
  environment: 'production',
  environment_protected: 'true',
  deployment_tier: 'production',
  environment_action: 'start',
  runner_id: 1,
  runner_environment: 'gitlab-hosted',
  sha: GITLAB_SHA,
  project_visibility: 'private',
  ci_config_ref_uri: 'gitlab.com/acme/api//.gitlab-ci.yml@refs/heads/main',
  ci_config_sha: GITLAB_SHA,
  job_namespace_id: '72',
  job_namespace_path: 'acme',
  job_project_id: '20',
  job_project_path: 'acme/api',
  job_source: 'push',
  jti: '00000000-0000-4000-8000-000000000002',
  iss: 'https://gitlab.com',
  iat: 1_790_000_000,
  nbf: 1_789_999_995,
  exp: 1_790_003_600,
  sub: 'project_path:acme/api:ref_type:branch:ref:main',
  aud: 'https://sts.example.com',
}

const kubernetes = {
  aud: ['https://sts.example.com'],
  exp: 1_790_003_600,
  iat: 1_790_000_000,
  nbf: 1_790_000_000,
  iss: 'https://oidc.cluster.example.com',
  jti: '00000000-0000-4000-8000-000000000008',
  sub: 'system:serviceaccount:payments:worker',
  'kubernetes.io': {
    namespace: 'payments',
    node: { name: 'node-1', uid: '58456cb0-dd00-45ed-b797-5578fdceaced' },
    pod: { name: 'worker-69cbfb9798-jv9gn', uid: '778a530c-b3f4-47c0-9cd5-ab018fb64f33' },
    serviceaccount: { name: 'worker', uid: 'a087d5a0-e1dd-43ec-93ac-f13d89cd13af' },
  },
}

/** Claim sets by provider. The claims of the generic provider are invented. */
const EXAMPLES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'github-actions': github,
  'gitlab-com': gitlab,
  'gitlab-self-managed': {
    ...gitlab,
    iss: 'https://gitlab.example.com',
    runner_environment: 'self-hosted',
    ci_config_ref_uri: 'gitlab.example.com/acme/api//.gitlab-ci.yml@refs/heads/main',
  },
  kubernetes,
  'generic-oidc': {
    iss: 'https://issuer.example.com',
    sub: 'workload-1',
    aud: 'https://sts.example.com',
    iat: 1_790_000_000,
    exp: 1_790_003_600,
    'https://acme.dev/team': 'payments',
  },
}

/** Providers without a claim set here use the one of the development issuer. */
export function exampleOf(provider: string): Readonly<Record<string, unknown>> {
  return EXAMPLES[provider] ?? claimSetOf(provider)
}
