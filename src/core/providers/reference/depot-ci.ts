/** Reference data of `depot-ci`. */
import type { ProviderReference } from '../reference.ts'
import { EVENT, OWNER, REPOSITORY } from './github-actions.ts'
import { COMMIT, DIGITS, FULL_REF, oneOf, SHORT_REF, starting } from './shape.ts'

export const depotCiReference: ProviderReference = {
  contact: 'https://depot.dev/docs/ci/oidc',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: '{issuer}/keys',
  sources: {
    keyHosts: 'https://depot.dev/docs/ci/oidc',
    discovery: 'https://depot.dev/docs/ci/oidc',
    lifetime: 'https://depot.dev/docs/ci/oidc',
    claims: 'https://depot.dev/docs/ci/oidc',
    job: 'https://depot.dev/docs/ci/oidc',
  },
  claims: {
    org_id: 'Depot organization id.',
    job_id: 'Depot CI job id.',
    repository: 'owner/name on GitHub.',
    repository_owner: 'Owner name.',
    repository_id: 'GitHub repository id.',
    repository_owner_id: 'GitHub owner id.',
    repository_visibility: 'Visibility.',
    ref: 'Ref.',
    ref_type: 'branch or tag.',
    sha: 'Commit.',
    actor: 'Login that started the run.',
    actor_id: 'Id of the login.',
    event_name: 'Trigger.',
    head_ref: 'Pull request source.',
    base_ref: 'Pull request target.',
    workflow: 'Workflow name.',
    workflow_ref: 'Workflow file and ref. Forms with and without the directory were observed.',
    workflow_sha: 'Commit of the workflow file.',
    run_id: 'Run id.',
    run_number: 'Run counter.',
    run_attempt: 'Attempt.',
  },
  shapes: {
    sub: starting(
      'a text that begins with spiffe://identity.depot.dev/',
      'spiffe://identity.depot.dev/',
    ),
    repository: REPOSITORY,
    repository_id: DIGITS,
    repository_owner: OWNER,
    repository_owner_id: DIGITS,
    repository_visibility: oneOf('public', 'private', 'internal'),
    ref: FULL_REF,
    ref_type: oneOf('branch', 'tag'),
    head_ref: SHORT_REF,
    base_ref: SHORT_REF,
    sha: COMMIT,
    workflow_sha: COMMIT,
    actor_id: DIGITS,
    event_name: EVENT,
    run_number: DIGITS,
    run_attempt: DIGITS,
  },
  guide: {
    tokenRequest: {
      summary:
        'The workflow requests permissions: id-token: write, and the job gets the GitHub-compatible variables.',
      env: ['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'],
      command:
        'curl -sS -H "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=https://sts.example.com" | jq -r .value',
    },
    audience: 'workload',
    lifetime: '300 s.',
    subjectFormats: [
      'spiffe://identity.depot.dev/org/{orgId}/ci/github/{owner}/{repo}/ref/{ref}/sandbox/{sandboxId}',
    ],
    traps: [
      'Claims have GitHub names, but the issuer is not GitHub. Rules must be bound to the issuer. Otherwise a Depot organization could claim a repository that it does not own. Pin org_id of Depot as well as repository_id.',
      'There is no environment, job_workflow_ref, runner_environment, ref_protected, nbf or jti. GitHub rules that need them do not work here.',
      'sub ends in a sandbox id that changes per run, and contains the ref with its slashes. Wildcards for one path segment therefore do not match as expected.',
      'According to the source, workflows of fork pull requests do not run. That may change.',
    ],
    unverified: ['Signing algorithm (RS256 assumed).'],
  },
}
