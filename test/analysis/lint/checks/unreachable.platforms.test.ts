/** Tests of the forms of claims: what each platform never sends, and near texts that it may send. */
import { describe, expect, it } from 'vitest'
import { findMismatch } from '../../../../src/analysis/lint/fits-shape.ts'
import { findReference } from '../../../../src/core/providers/references.ts'

type Row = readonly [provider: string, claim: string, value: string]

const AWS = 'https://sts.amazonaws.com/'
const COMMIT = '4f1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192'
const UUID = '3c1f3b5e-0000-4000-8000-000000000002'

const NEVER: readonly Row[] = [
  ['github-actions', 'sub', 'acme/api:ref:refs/heads/main'],
  ['github-actions', 'sub', 'repo:acme/api:main'],
  ['github-actions', 'sub', 'repo:acme/api:refs/heads/main'],
  ['github-actions', 'sub', 'repo:acme/api:ref:main'],
  ['github-actions', 'sub', 'repo:acme/api:branch:main'],
  ['github-actions', 'sub', 'repo:acme:ref:refs/heads/main'],
  ['github-actions', 'sub', 'Repo:acme/api:ref:refs/heads/main'],
  ['github-actions', 'sub', 'repo:https://github.com/acme/api:ref:refs/heads/main'],
  ['github-actions', 'sub', 'system:serviceaccount:prod:deploy'],
  ['github-actions', 'sub', 'repo:acme/api:refs/heads/*'],
  ['github-actions', 'sub', 'repo:acme/api:ref:heads/*'],
  ['github-actions', 'workflow_ref', '.github/workflows/deploy.yml@refs/heads/main'],
  ['github-actions', 'job_workflow_ref', 'acme/api/.github/workflows/deploy.yml@main'],
  ['github-actions', 'job_workflow_ref', 'acme/api/deploy.yml@refs/heads/main'],
  ['github-actions', 'ref', 'refs/heads/main/'],
  ['github-actions', 'ref', 'refs/heads//main'],
  ['github-actions', 'ref', 'refs/heads/my branch'],
  ['github-actions', 'head_ref', '/main'],
  ['gitlab-com', 'sub', 'project_path:acme/api:ref_type:branch:ref:refs/heads/main'],
  ['gitlab-com', 'sub', 'project_path:acme/api:ref_type:branches:ref:main'],
  ['gitlab-com', 'user_access_level', 'Maintainer'],
  ['gitlab-com', 'ci_config_ref_uri', 'gitlab.com/acme/api/.gitlab-ci.yml'],
  ['bitbucket-pipelines', 'repositoryUuid', UUID],
  ['bitbucket-pipelines', 'repositoryUuid', `{${UUID.toUpperCase()}}`],
  ['bitbucket-pipelines', 'sub', `{${UUID}}`],
  ['buildkite', 'sub', 'organization:acme'],
  ['buildkite', 'sub', 'pipeline:api:*'],
  ['buildkite', 'organization_slug', 'Acme Inc'],
  ['circleci', 'oidc.circleci.com/vcs-origin', 'https://github.com/acme/api'],
  ['circleci', 'oidc.circleci.com/vcs-origin', 'acme/api'],
  ['circleci', 'oidc.circleci.com/vcs-origin', 'git@github.com:acme/api.git'],
  ['circleci', 'oidc.circleci.com/context-ids', 'production'],
  ['azure-devops', 'sub', 'p://acme/api'],
  ['azure-devops', 'run_id', 'latest'],
  ['forgejo-actions', 'base_ref', 'refs/heads/main'],
  ['semaphore', 'ref', 'main'],
  ['semaphore', 'ref_type', 'pull_request'],
  ['semaphore', 'repo_slug', 'api'],
  ['semaphore', 'prj_id', 'api'],
  ['semaphore', 'job_type', 'pipeline-job'],
  ['codefresh', 'scm_ref', 'refs/heads/main'],
  ['codefresh', 'scm_repo_url', 'github.com/acme/api'],
  ['codefresh', 'account_id', 'acme'],
  ['codefresh', 'pipeline_name', 'deploy'],
  ['buddy', 'triggered_on', 'push'],
  ['buddy', 'base_url', 'eu.buddy.works'],
  ['spacelift', 'runType', 'tracked'],
  ['spacelift', 'scope', 'admin'],
  ['env0', 'organizationId', 'acme'],
  ['env0', 'deployerEmail', 'alice'],
  ['pulumi-cloud', 'operation', 'Update'],
  ['pulumi-cloud', 'stackId', 'prod'],
  ['pulumi-esc-v2', 'sub', 'org:acme'],
  ['hcp-terraform', 'sub', 'organization:acme:workspace:prod'],
  ['hcp-terraform', 'terraform_run_id', '12'],
  ['vercel', 'owner_id', 'acme'],
  ['vercel', 'project_id', 'web'],
  ['fly-io', 'app_id', 'api'],
  ['fly-io', 'region', 'SEA'],
  ['fly-io', 'image_digest', 'sha256:2c1c'],
  ['deno-deploy', 'org_id', 'acme'],
  ['modal', 'workspace_id', 'acme'],
  ['depot-ci', 'ref', 'main'],
  ['depot-ci', 'repository', 'api'],
  ['depot-ci', 'event_name', 'Push'],
  ['cursor-cloud-agent', 'repo_url', 'https://github.com/acme/api'],
  ['cursor-cloud-agent', 'repo_urls', 'acme/api'],
  ['aws-outbound', `${AWS}.aws_account`, '1234'],
  ['aws-outbound', `${AWS}.source_region`, 'us-east'],
  ['google-service-account', 'email', 'deployer'],
  ['google-service-account', 'google.compute_engine.zone', 'us-central1'],
  ['google-service-account', 'google.compute_engine.project_id', '123456789012'],
  ['entra-id', 'ver', '2'],
  ['entra-id', 'idtyp', 'App'],
  ['entra-id', 'azpacr', 'certificate'],
  ['kubernetes', 'kubernetes.io.pod.name', 'Worker'],
  ['eks', 'kubernetes.io.serviceaccount.uid', 'worker'],
  ['spiffe-jwt-svid', 'sub', 'spiffe://Acme.dev/deploy'],
  ['spiffe-jwt-svid', 'sub', 'spiffe://acme.dev/deploy/'],
  ['vault-identity', 'sub', 'worker'],
  ['cloudflare-access', 'type', 'App'],
  ['cloudflare-access', 'country', 'Germany'],
  ['cloudflare-access', 'country', 'de'],
  ['okta', 'email', 'admin'],
]

const MAY_BE: readonly Row[] = [
  ['github-actions', 'sub', 'repo:acme/api'],
  ['github-actions', 'sub', 'repo:acme/api:pull_request'],
  ['github-actions', 'sub', 'repo:acme/api:environment:prod/eu'],
  ['github-actions', 'sub', 'repo:acme@1/api@2:ref:refs/tags/v1'],
  [
    'github-actions',
    'sub',
    'repo:acme/api:job_workflow_ref:acme/w/.github/workflows/x.yml@refs/heads/main',
  ],
  ['github-actions', 'sub', 'repo:acme/api:repo_property_tier:gold'],
  ['github-actions', 'sub', 'repository_owner:acme:environment:production'],
  ['github-actions', 'sub', 'repo:acme/api:*'],
  ['github-actions', 'sub', 'repo:acme/api:ref:re*'],
  ['github-actions', 'sub', 'repo:acme*'],
  ['github-actions', 'sub', '*:environment:production'],
  ['github-actions', 'job_workflow_ref', `acme/.github/.github/workflows/deploy.yml@${COMMIT}`],
  ['github-actions', 'job_workflow_ref', 'acme/*/.github/workflows/deploy.yml@refs/heads/main'],
  ['github-actions', 'workflow_ref', 'acme/api/dynamic/pages/build@refs/heads/main'],
  ['github-actions', 'ref', 'refs/heads/feature/a-b_c.d+e@f'],
  ['gitlab-com', 'sub', 'project_path:acme/api'],
  ['gitlab-com', 'sub', 'project_path:acme/*:ref_type:br*'],
  ['gitlab-com', 'ci_config_ref_uri', 'gitlab.com/acme/api//.gitlab-ci.yml@refs/heads/main'],
  ['gitlab-com', 'ci_config_ref_uri', 'gitlab.com/acme/api//**'],
  ['bitbucket-pipelines', 'sub', `{${UUID}}:*`],
  ['buildkite', 'sub', UUID],
  ['buildkite', 'sub', 'organization:acme:pipeline:*'],
  ['buildkite', 'pipeline_slug', 'MyApp'],
  ['circleci', 'oidc.circleci.com/vcs-origin', 'gitlab.com/acme/team/api'],
  ['azure-devops', 'sub', 'p://acme/My Project/api deploy'],
  ['semaphore', 'ref', 'refs/pull/1'],
  ['hcp-terraform', 'sub', 'organization:acme:module:vpc:operation:test_run'],
  ['aws-outbound', `${AWS}.source_region`, 'us-gov-west-1'],
  ['google-service-account', 'google.compute_engine.zone', 'us-central1-ai1a'],
  ['google-service-account', 'google.compute_engine.project_id', 'example.com:acme-prod'],
  ['kubernetes', 'kubernetes.io.node.name', 'ip-10-0-0-1.eu-west-1.compute.internal'],
  ['spiffe-jwt-svid', 'sub', 'spiffe://acme.dev/ns/Prod/sa/api_1'],
  ['okta', 'email', '*@acme.dev'],
  ['cloudflare-access', 'country', 'T1'],
]

/** The claim has a known form: otherwise every value would fit. */
function mismatchOf([provider, claim, value]: Row, isFolded = false) {
  const shape = findReference(provider)?.shapes?.[claim]
  if (shape === undefined) throw new Error(`${claim} of ${provider} has no known form`)
  return findMismatch(shape, value, isFolded)
}

/** As an expression such as `claims.country.lowerAscii() == "de"` compares them. */
const FOLDED: readonly Row[] = [
  ['cloudflare-access', 'country', 'de'],
  ['cloudflare-access', 'country', 'd*'],
  ['spacelift', 'runId', '01hxx0000000000000000000aa'],
  ['spacelift', 'runType', 'tracked'],
  ['hcp-terraform', 'terraform_organization_id', 'org-grnbcjynpbb6neh9'],
  ['gitlab-com', 'project_path', 'acme/api'],
]

describe('the forms of claims', () => {
  it.each(NEVER)('of %s: %s is never %j', (...row) => {
    expect(mismatchOf(row)).toMatch(/\w/)
  })

  it.each(MAY_BE)('of %s: %s may be %j', (...row) => {
    expect(mismatchOf(row)).toBeUndefined()
  })

  it.each(FOLDED)('of %s: %s may be %j in small letters', (...row) => {
    expect(mismatchOf(row, true)).toBeUndefined()
  })

  it('apply to small letters too', () => {
    expect(mismatchOf(['cloudflare-access', 'country', 'deu'], true)).toMatch(/two capital letters/)
    expect(mismatchOf(['gitlab-com', 'project_path', 'acme/api.git'], true)).toMatch(/path/)
  })
})
