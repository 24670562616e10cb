/** Reference data of `semaphore`. */
import type { ProviderReference } from '../reference.ts'

export const semaphoreReference: ProviderReference = {
  contact: 'https://github.com/semaphoreio/semaphore/issues',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: '{issuer}/.well-known/jwks.json',
  sources: {
    keyHosts: 'semaphoreio/semaphore: secrethub/lib/secrethub/open_id_connect/http_server.ex',
    algorithms: 'semaphoreio/semaphore: secrethub/lib/secrethub/open_id_connect/jwt.ex',
    discovery: 'semaphoreio/semaphore: secrethub/lib/secrethub/open_id_connect/http_server.ex',
    claims: 'semaphoreio/semaphore: docs/docs/reference/openid.md',
    job: 'semaphoreio/semaphore: docs/docs/reference/openid.md',
  },
  claims: {
    org: 'Organization name.',
    org_id: 'Organization UUID.',
    prj: 'Project name.',
    prj_id: 'Project UUID.',
    repo: 'Repository name without owner.',
    repo_slug: 'owner/repository.',
    branch: 'Branch; for pull requests, the target branch.',
    pr_branch: 'Source branch of the pull request.',
    pr: 'Pull request number.',
    ref: 'Full ref.',
    ref_type: 'branch, tag or pull-request.',
    tag: 'Tag name.',
    actor: 'User who promoted the pipeline.',
    wf_id: 'Workflow UUID.',
    ppl_id: 'Pipeline UUID.',
    job_id: 'Job UUID.',
    job_type: 'pipeline_job, debug_job or project_debug_job.',
    trg: 'Trigger code, for example h:f-i:t.',
    sub127: 'Subject with fewer than 127 characters; parts are truncated.',
  },
  guide: {
    tokenRequest: {
      summary: 'Every job has the token in a variable. The audience cannot be chosen.',
      env: ['SEMAPHORE_OIDC_TOKEN'],
      command: null,
    },
    audience: 'issuer-fixed',
    lifetime: 'Not stated.',
    subjectFormats: [
      'org:{org}:project:{project-id}:repo:{repo}:ref_type:{branch|pr|tag}:ref:{ref}',
    ],
    traps: [
      'For pull requests, branch is the target branch, so branch = main matches every pull request to main. Match ref together with ref_type = branch.',
      'The instructions of the vendor for Google Cloud map the subject to repo, a repository name without owner, which is not unique.',
      'Tokens with debug_job or project_debug_job come from interactive sessions. Require job_type = pipeline_job.',
      'sub127 truncates org, repo and ref, so two subjects can have the same value. Never match it.',
      'The audience always equals the issuer, so every relying party of the organization can replay a token.',
      'The reference page has a typing error in the path of the keys. Use discovery.',
      'The organization name in iss can be renamed. Pin org_id.',
      'The docs call pull requests pr in the template of sub and pull-request in the claim ref_type. Compare with branch, not with the absence of one spelling.',
    ],
    unverified: ['Lifetime.', 'Issuer of self-hosted Semaphore.'],
  },
}
