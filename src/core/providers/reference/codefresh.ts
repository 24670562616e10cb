/** Reference data of `codefresh`. */
import type { ProviderReference } from '../reference.ts'
import { known, OBJECT_ID, OWNER_AND_NAME, SHORT_REF, starting, URL_TEXT } from './shape.ts'

export const codefreshReference: ProviderReference = {
  contact: 'https://codefresh.io/docs/docs/integrations/oidc-pipelines/',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: null,
  sources: {
    lifetime: 'sigstore/fulcio: pkg/identity/codefresh/principal_test.go',
    claims: 'sigstore/fulcio: pkg/identity/codefresh/principal_test.go',
  },
  claims: {
    account_id: 'Account id.',
    account_name: 'Account name.',
    pipeline_id: 'Pipeline id.',
    pipeline_name: 'project/pipeline name.',
    workflow_id: 'Build id.',
    initiator: 'User that started a manual build; absent for Git triggers.',
    scm_user_name: 'Git user.',
    scm_repo_url: 'Repository URL; only for Git triggers.',
    scm_ref: 'Branch or tag without prefix.',
    scm_pull_request_target_branch: 'Target branch of a pull request.',
    runner_environment: 'hybrid, cloud and similar.',
    platform_url: 'Platform URL; absent means https://g.codefresh.io.',
  },
  shapes: {
    sub: starting('a text that begins with account:', 'account:'),
    account_id: OBJECT_ID,
    pipeline_id: OBJECT_ID,
    workflow_id: OBJECT_ID,
    pipeline_name: {
      ...OWNER_AND_NAME,
      most: Number.POSITIVE_INFINITY,
      is: 'a project and a pipeline, such as platform/deploy',
    },
    scm_repo_url: URL_TEXT,
    scm_ref: SHORT_REF,
    scm_pull_request_target_branch: SHORT_REF,
    runner_environment: known('hybrid', 'cloud'),
    platform_url: URL_TEXT,
  },
  guide: {
    tokenRequest: {
      summary: 'The obtain-oidc-id-token step, or the HTTP request that it sends.',
      env: ['CF_OIDC_REQUEST_TOKEN', 'CF_OIDC_REQUEST_URL', 'ID_TOKEN (written by the step)'],
      command:
        'curl -sS -H "Authorization: $CF_OIDC_REQUEST_TOKEN" "$CF_OIDC_REQUEST_URL?audience=https://sts.example.com" | jq -r .id_token',
    },
    audience: 'workload',
    lifetime: '300 s (exp minus iat in the Fulcio test tokens).',
    subjectFormats: [
      'account:{account_id}:pipeline:{pipeline_id}:initiator:{user}',
      'account:{account_id}:pipeline:{pipeline_id}[:initiator:{user}]:scm_repo_url:{url}:scm_user_name:{user}:scm_ref:{ref}[:scm_pull_request_target_branch:{branch}]',
    ],
    traps: [
      'The form of sub depends on the trigger: manual builds have initiator, Git builds have the scm parts, and pull requests add a target branch. A prefix or suffix match on sub is unsafe, because URLs in it also contain colons.',
      'In one Fulcio test, the scm_repo_url in sub and the claim scm_repo_url differ. Match the claim.',
      'For a pull request, scm_ref is the source branch, and its author chooses the name.',
      'There is no jti.',
    ],
    unverified: ['Signing algorithm (RS256 assumed).', 'Default audience.'],
  },
}
