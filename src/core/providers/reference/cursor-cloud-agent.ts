/** Reference data of `cursor-cloud-agent`. */
import type { ProviderReference } from '../reference.ts'
import { EMAIL, HOSTED_REPOSITORY, known, starting } from './shape.ts'

export const cursorCloudAgentReference: ProviderReference = {
  contact: 'https://cursor.com/docs/cloud-agent/identity',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: '{issuer}/keys',
  sources: {
    keyHosts: 'https://cursor.com/docs/cloud-agent/identity',
    algorithms: 'https://cursor.com/docs/cloud-agent/identity',
    discovery: 'https://cursor.com/docs/cloud-agent/identity',
    lifetime: 'https://cursor.com/docs/cloud-agent/identity',
    claims: 'https://cursor.com/docs/cloud-agent/identity',
  },
  claims: {
    team_id: 'Team id.',
    cloud_agent_id: 'Agent run id.',
    owner_user_id: 'User that owns the run.',
    owner_email: 'Email of that user; can change.',
    repo_url: 'Primary repository only.',
    repo_urls: 'All repositories of the run.',
    agent_runtime: 'managed or self_hosted.',
    nonce: 'Echo of the requested nonce.',
  },
  shapes: {
    sub: starting(
      'a text that begins with cloud_agent_id:, team_id:, user: or service_account:',
      'cloud_agent_id:',
      'team_id:',
      'user:',
      'service_account:',
    ),
    owner_email: EMAIL,
    repo_url: HOSTED_REPOSITORY,
    repo_urls: HOSTED_REPOSITORY,
    agent_runtime: known('managed', 'self_hosted'),
  },
  guide: {
    tokenRequest: {
      summary:
        'Send a POST request to the local socket of the agent machine, optionally with nonce and sub_claim.',
      env: ['CURSOR_AGENT_SOCKET (default /run/cursor/api.sock)'],
      command:
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own syntax.
        'curl --unix-socket "${CURSOR_AGENT_SOCKET:-/run/cursor/api.sock}" -H "Content-Type: application/json" -d \'{"aud":"https://sts.example.com"}\' http://localhost/v1/tokens/oidc',
    },
    audience: 'workload',
    lifetime: '300 s; nbf is 5 s before iat.',
    subjectFormats: [
      'cloud_agent_id:{id}, or team_id:{id} when sub_claim asks for it',
      'user:... or service_account:... in older tokens',
    ],
    traps: [
      'The token identifies the run, not a process. Generated code, hooks and install scripts can all request tokens. Grant only what the whole machine may have.',
      'The requester can choose another claim for sub (team_id). A rule on sub must match the form that it expects.',
      'A run can have several repositories. Use repo_urls and require that all of them are allowed.',
      'The old issuer https://api2.cursor.sh/cloud-agent/identity still publishes keys, but issues no tokens.',
      'Prompt injection in a repository can make the agent request a token for an audience of the attacker. Relying parties must accept only their own audience.',
      'Agent SDK deployments have the same issuer. Their tokens have no team_id, so they are refused.',
    ],
    unverified: [
      'Exact claim types and forms of ids. They come from an excerpt of an official page and a third-party summary.',
    ],
  },
}
