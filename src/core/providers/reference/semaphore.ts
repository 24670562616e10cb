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
  },
  claims: {
    org: 'Organization name.',
    org_id: 'Organization UUID.',
    prj: 'Project name.',
    prj_id: 'Project UUID.',
    repo: 'Repository name without owner.',
    repo_slug: 'owner/repository.',
    branch: 'Branch; for pull requests the TARGET branch.',
    pr_branch: 'Source branch of the pull request.',
    pr: 'Pull request number.',
    ref: 'Full ref.',
    ref_type: 'branch, tag or pull-request.',
    tag: 'Tag name.',
    actor: 'User that promoted the pipeline.',
    wf_id: 'Workflow UUID.',
    ppl_id: 'Pipeline UUID.',
    job_id: 'Job UUID.',
    job_type: 'pipeline_job, debug_job or project_debug_job.',
    trg: 'Trigger code, for example h:f-i:t.',
    sub127: 'Shortened subject under 127 characters; parts are truncated.',
  },
  guide: {
    tokenRequest: {
      summary: 'Injected into every job; the audience cannot be chosen.',
      env: ['SEMAPHORE_OIDC_TOKEN'],
      command: null,
    },
    audience: 'issuer-fixed',
    lifetime: 'Not stated.',
    subjectFormats: [
      'org:{org}:project:{project-id}:repo:{repo}:ref_type:{branch|pr|tag}:ref:{ref}',
    ],
    traps: [
      'branch is the target branch for pull requests: branch = main is met by every pull request against main. Match ref together with ref_type = branch.',
      'The vendor Google Cloud recipe maps the subject to repo, a bare repository name without owner, which is not unique.',
      'debug_job and project_debug_job tokens come from interactive sessions: require job_type = pipeline_job.',
      'sub127 truncates org, repo and ref and can therefore collide: never match it.',
      'Fixed audience equal to the issuer: every relying party of the organization can replay a token.',
      'The reference page gives the key path with a typing error; use discovery.',
      'The organization name in iss can be renamed: pin org_id.',
      'The docs name pull requests pr in the sub template and pull-request in the ref_type claim: test for branch, never for the absence of one spelling.',
    ],
    unverified: ['Lifetime.', 'Issuer of self-hosted Semaphore.'],
  },
}
