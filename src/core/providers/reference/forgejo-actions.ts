/** Reference data of `forgejo-actions`. */
import type { ProviderReference } from '../reference.ts'
import { FULL_REF, known, NAME, OWNER_AND_NAME, oneOf, TRUE_OR_FALSE } from './shape.ts'

export const forgejoActionsReference: ProviderReference = {
  contact: 'https://codeberg.org/forgejo/forgejo/issues',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: '{issuer}/.well-known/keys',
  sources: {},
  claims: {
    actor: 'User that triggered the run.',
    repository: 'owner/name.',
    repository_owner: 'Owner name.',
    ref: 'Git ref.',
    ref_type: 'branch or tag.',
    ref_protected: 'Whether the ref is protected (JSON type not verified).',
    base_ref: 'Pull request target.',
    head_ref: 'Pull request source.',
    event_name: 'Trigger.',
    sha: 'Commit.',
    workflow: 'Workflow name.',
    workflow_ref: 'Workflow file and ref.',
    run_id: 'Run id.',
    run_number: 'Run counter.',
    run_attempt: 'Attempt.',
  },
  shapes: {
    repository: OWNER_AND_NAME,
    repository_owner: NAME,
    ref: FULL_REF,
    ref_type: oneOf('branch', 'tag'),
    ref_protected: TRUE_OR_FALSE,
    event_name: known(
      'push',
      'pull_request',
      'pull_request_target',
      'workflow_dispatch',
      'schedule',
    ),
  },
  guide: {
    tokenRequest: {
      summary:
        'Job or workflow sets enable-openid-connect: true (permissions: id-token is not read), then the GitHub-compatible request variables.',
      env: ['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'],
      command:
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own syntax.
        'curl -fsSL -H "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "${ACTIONS_ID_TOKEN_REQUEST_URL}&audience=https://api.example.com" | jq -r .value',
    },
    audience: 'workload',
    lifetime: 'Not found in a source.',
    subjectFormats: ['GitHub-like; exact grammar not verified'],
    traps: [
      'The issuer pattern accepts any https host; use it to validate an issuer typed by an operator, never to admit an issuer read from a token.',
      'The claim set looks like GitHub but has no repository_id, repository_owner_id, job_workflow_ref, environment or jti (captured v15 discovery document). A GitHub rule template does not carry over.',
      'No immutable id at all: a deleted and re-registered owner name is indistinguishable. Trust depends on the name policy of the instance.',
      'The instance has a second, unrelated OIDC issuer for user login at its root; the Actions issuer ends in /api/actions.',
      'Without jti, replay protection must use a hash of the token.',
    ],
    unverified: [
      'sub grammar, lifetime and claim types; read from a discovery document and third-party setups, not from Forgejo reference docs.',
    ],
  },
}
