/** Reference data of `cursor-cloud-agent`. */
import type { ProviderReference } from '../reference.ts'

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
  guide: {
    tokenRequest: {
      summary: 'POST on the local socket of the agent machine; optional nonce and sub_claim.',
      env: ['CURSOR_AGENT_SOCKET (default /run/cursor/api.sock)'],
      command:
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own syntax.
        'curl --unix-socket "${CURSOR_AGENT_SOCKET:-/run/cursor/api.sock}" -H "Content-Type: application/json" -d \'{"aud":"https://api.example.com"}\' http://localhost/v1/tokens/oidc',
    },
    audience: 'workload',
    lifetime: '300 s; nbf is 5 s before iat.',
    subjectFormats: [
      'cloud_agent_id:{id}, or team_id:{id} when sub_claim asks for it',
      'user:... or service_account:... in older tokens',
    ],
    traps: [
      'The token names the run, not a process: generated code, hooks and install scripts can all mint. Give it only what the whole machine may have.',
      'The requester can project sub onto another claim (team_id): a rule on sub must state which projection it expects.',
      'A run can hold several repositories: use repo_urls and require that all of them are allowed.',
      'The issuer moved: https://api2.cursor.sh/cloud-agent/identity still publishes keys but no longer mints.',
      'Prompt injection in a repository can make the agent mint for an attacker-chosen audience; audience separation on the relying side is essential.',
      'Agent SDK deployments have the same issuer. Their tokens have no team_id, so they are refused.',
    ],
    unverified: [
      'Exact claim types and id shapes; seen in an official page excerpt and a third-party digest of it.',
    ],
  },
}
