/** Reference data of `github-actions`. */
import type { ProviderReference } from '../reference.ts'
import {
  COMMIT,
  DIGITS,
  ENVIRONMENT,
  FULL_REF,
  known,
  NAME,
  OWNER_AND_NAME,
  oneOf,
  SHORT_REF,
  type Shape,
  TRUE_OR_FALSE,
} from './shape.ts'

export const OWNER: Shape = {
  ...NAME,
  name: /^[\w-]+$/,
  is: 'the name of an owner, such as acme',
}
/** A bot has a suffix, such as `dependabot[bot]`. */
const ACTOR: Shape = {
  ...NAME,
  name: /^[\w-]+(?:\[bot\])?$/,
  is: 'the name of an account, such as octocat or dependabot[bot]',
}
export const REPOSITORY: Shape = {
  ...OWNER_AND_NAME,
  name: /^[\w.-]+$/,
  whole: /^[\w-]+\/.*(?<!\.git)$/i,
}
export const EVENT = known(
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
)
/**
 * The claims that a customized subject may name. Their values have no colon: it is written as `%3A`.
 * `include_claim_keys` accepts custom properties of a repository too.
 */
const KEY =
  '(?:repo|context|actor|actor_id|base_ref|check_run_id|enterprise|enterprise_id|environment|event_name|head_ref|iss|job_workflow_ref|job_workflow_sha|ref|ref_protected|ref_type|repository|repository_id|repository_owner|repository_owner_id|repository_visibility|run_attempt|run_id|run_number|runner_environment|sha|workflow|workflow_ref|workflow_sha|repo_property_[^:]*)'
const REPO = 'repo:[^:/]+/[^:/]+'
const SUBJECT: Shape = {
  kind: 'characters',
  one: /./su,
  whole: new RegExp(`^(?:${REPO}(?:$|:pull_request(?:$|:)|:(?!repo:)${KEY}:.)|(?!repo:)${KEY}:.)`),
  except: new RegExp(
    `^(?!${KEY}:)[^:]*[:/]|^${REPO}:(?!${KEY}:|pull_request:)[^:]*[:/]|:ref:(?!(?:r|re|ref|refs)?$|refs/)|^repo:[^/]*:`,
  ),
  is: 'a text such as repo:acme/api:ref:refs/heads/main or repo:acme/api:environment:production',
}
const WORKFLOW: Shape = {
  kind: 'path',
  least: 5,
  most: Number.POSITIVE_INFINITY,
  whole: /^[\w-]+\/[\w.-]+\/(?:\.github\/workflows|dynamic)\/[^@]+@(?:refs\/.|[0-9a-f]{40})/,
  is: 'a path such as acme/api/.github/workflows/deploy.yml@refs/heads/main',
}

export const githubActionsReference: ProviderReference = {
  contact: 'https://github.com/github/docs/issues',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: '{issuer}/.well-known/jwks',
  sources: {
    algorithms: 'github/docs: content/actions/concepts/security/openid-connect.md',
    typ: 'github/docs: content/actions/concepts/security/openid-connect.md',
    discovery: 'github/docs: content/actions/reference/security/oidc.md',
    lifetime: 'github/docs: content/actions/concepts/security/openid-connect.md',
    claims: 'github/docs: content/actions/reference/security/oidc.md',
    job: 'github/docs: content/actions/reference/security/oidc.md',
  },
  claims: {
    repository: 'owner/name; can be renamed and registered again.',
    repository_id: 'Repository id, a decimal string.',
    repository_owner: 'Account that owns the repository; the name can become free.',
    repository_owner_id: 'Owner id, a decimal string.',
    repository_visibility: 'public, private or internal.',
    ref: 'Git ref of the run; refs/pull/N/merge for pull requests.',
    ref_type: 'branch or tag.',
    ref_protected: '"true" or "false", a string.',
    sha: 'Commit on which the run is based.',
    head_ref: 'Source branch of the pull request, chosen by its author.',
    base_ref: 'Target branch of the pull request, chosen by its author.',
    event_name: 'What triggered the run.',
    actor: 'Login that started the run.',
    actor_id: 'Id of that login; identifies a person, not a permission.',
    workflow: 'Display name of the workflow, free text.',
    workflow_ref: 'Path and ref of the top-level workflow file.',
    workflow_sha: 'Commit of that file.',
    job_workflow_ref: 'Path and ref of the file that contains the running job.',
    job_workflow_sha: 'Commit of that file.',
    environment: 'Deployment environment; any workflow can name one without protection rules.',
    environment_node_id: 'Node id of the environment.',
    run_id: 'Workflow run id.',
    run_number: 'Run counter within the workflow.',
    run_attempt: 'Attempt number of the run.',
    check_run_id: 'Check run id of the job.',
    runner_environment: 'github-hosted or self-hosted.',
    enterprise: 'Enterprise slug.',
    enterprise_id: 'Enterprise id.',
  },
  shapes: {
    sub: SUBJECT,
    repository: REPOSITORY,
    repository_id: DIGITS,
    repository_owner: OWNER,
    repository_owner_id: DIGITS,
    repository_visibility: oneOf('public', 'private', 'internal'),
    enterprise: NAME,
    enterprise_id: DIGITS,
    check_run_id: DIGITS,
    ref: FULL_REF,
    ref_type: oneOf('branch', 'tag'),
    ref_protected: TRUE_OR_FALSE,
    head_ref: SHORT_REF,
    base_ref: SHORT_REF,
    environment: ENVIRONMENT,
    event_name: EVENT,
    actor: ACTOR,
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
  },
  guide: {
    tokenRequest: {
      summary:
        'The job needs permissions: id-token: write. Send an HTTP GET request with the two variables, or call core.getIDToken(audience) in a JavaScript action.',
      env: ['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'],
      command:
        'curl -sS -H "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=https://sts.example.com" | jq -r .value',
    },
    audience: 'workload',
    lifetime: 'Documented sample: exp is 300 s after iat, and nbf is 600 s before iat.',
    subjectFormats: [
      'repo:OWNER/REPO:environment:ENV',
      'repo:OWNER/REPO:pull_request',
      'repo:OWNER/REPO:ref:REF',
      'repo:OWNER@OWNER_ID/REPO@REPO_ID:<same suffixes> (immutable format)',
      '<claim>:<value>:... when customised with include_claim_keys',
    ],
    traps: [
      'Two formats of sub are in use. Repositories that were created, renamed or transferred after 15 July 2026 have repo:OWNER@OWNER_ID/REPO@REPO_ID:..., and older ones keep repo:OWNER/REPO:... until they opt in. Code that reads sub must support both. repository_id and repository_owner_id are the same in both.',
      'A repository or organization can replace sub with include_claim_keys. The result may not contain the repository (for example repository_owner:acme), so a rule with only sub may match more than it seems. In the immutable format, the repo segment keeps the ids.',
      'In sub, every colon of a value is written as %3A. Split sub at ":" and then decode %3A in the parts.',
      'If the job names an environment, sub contains the environment instead of the ref. A rule for :environment:x does not restrict the branch unless the environment has branch rules.',
      'All pull requests have the sub suffix :pull_request, whatever the branch. Never use base_ref or head_ref as the ref of the run.',
      'By default, pull_request from a fork gets no id-token permission. But pull_request_target, workflow_run and issue_comment run with the identity of the base repository on inputs from outsiders. PyPI refuses pull_request_target.',
      'After a rename or deletion, others can register the names in repository and repository_owner. PyPI therefore pins repository_owner_id.',
      'The default audience is the owner URL https://github.com/OWNER, which every other relying party of that owner may accept. Request a dedicated audience.',
      'Every id and every flag is a JSON string (repository_id, run_id, ref_protected), not a number or boolean.',
      'All repositories on GitHub have the same issuer. A rule that pins no owner or repository trusts every GitHub user.',
    ],
    unverified: [
      'Exact token lifetime outside the documented samples.',
      'Which events of forks get the id-token permission (general knowledge; PyPI code only confirms that it refuses pull_request_target).',
      'ref_protected and environment_node_id come from a captured discovery document. Their JSON types are general knowledge.',
    ],
  },
}
