/** Reference data of `forgejo-actions`. */
import type { ProviderReference } from '../reference.ts'
import {
  COMMIT,
  DIGITS,
  FULL_REF,
  known,
  NAME,
  OWNER_AND_NAME,
  oneOf,
  SHORT_REF,
  TRUE_OR_FALSE,
} from './shape.ts'

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
    base_ref: SHORT_REF,
    head_ref: SHORT_REF,
    sha: COMMIT,
    run_id: DIGITS,
    run_number: DIGITS,
    run_attempt: DIGITS,
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
        'The job or workflow sets enable-openid-connect: true and uses the GitHub-compatible request variables. permissions: id-token has no effect.',
      env: ['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'],
      command:
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own syntax.
        'curl -fsSL -H "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "${ACTIONS_ID_TOKEN_REQUEST_URL}&audience=https://sts.example.com" | jq -r .value',
    },
    audience: 'workload',
    lifetime: 'Not found in a source.',
    subjectFormats: ['similar to GitHub; exact grammar not verified'],
    traps: [
      'The issuer pattern accepts any https host. Use it only to check an issuer that an operator enters, never to accept an issuer from a token.',
      'The claims are similar to those of GitHub, but there is no repository_id, repository_owner_id, job_workflow_ref, environment or jti (captured v15 discovery document). A GitHub rule template does not work here.',
      'There is no immutable id, so an owner name that was deleted and registered again looks the same. Security depends on the name policy of the instance.',
      'The instance has another OIDC issuer for user login at its root. The Actions issuer ends in /api/actions.',
      'Without jti, replay protection must use a hash of the token.',
    ],
    unverified: [
      'The grammar of sub, lifetime and claim types. They come from a discovery document and third-party setups, not from Forgejo reference docs.',
    ],
  },
}
