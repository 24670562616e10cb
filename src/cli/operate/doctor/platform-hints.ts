/**
 * The hint for each source of subject tokens: the configuration that makes the platform provide a
 * token, with the expected audience if the platform lets the workload choose one.
 */

type PlatformHint = {
  readonly token: (audience: string) => string
  /** Whether the workload can choose the audience of its token. */
  readonly choosesAudience: boolean
  /** How to correct the audience, if `token` does not set it. */
  readonly audience?: (expected: string) => string
}

const explicit = (token: string): PlatformHint => ({ token: () => token, choosesAudience: true })

const HINTS: ReadonlyMap<string, PlatformHint> = new Map([
  ['variable', explicit('set EDGEMINT_SUBJECT_TOKEN to a token with this audience')],
  ['file', explicit('configure the platform to write a token with this audience into the file')],
  ['command', explicit('make the command print a token with this audience')],
  [
    'github-actions',
    {
      token: () => 'in the job: permissions: { id-token: write }',
      choosesAudience: true,
      audience: (expected) => `omit --audience, or set --audience ${expected}`,
    },
  ],
  [
    'gitlab',
    {
      token: (audience) =>
        `in the job: id_tokens: { EDGEMINT_SUBJECT_TOKEN: { aud: ${audience} } }`,
      choosesAudience: true,
    },
  ],
  [
    'buildkite',
    {
      token: (audience) => `buildkite-agent oidc request-token --audience ${audience}`,
      choosesAudience: true,
    },
  ],
  [
    'circleci',
    {
      token: (audience) => `circleci run oidc get --claims '{"aud":"${audience}"}'`,
      choosesAudience: true,
    },
  ],
  [
    'bitbucket',
    {
      token: (audience) => `in the step: oidc: { audiences: [${audience}] }`,
      choosesAudience: true,
    },
  ],
  [
    'azure-devops',
    {
      token: () => 'in the step: env: { SYSTEM_ACCESSTOKEN: $(System.AccessToken) }',
      choosesAudience: false,
    },
  ],
  [
    'hcp-terraform',
    {
      token: (audience) => `in the workspace: TFC_WORKLOAD_IDENTITY_AUDIENCE_EDGEMINT=${audience}`,
      choosesAudience: true,
    },
  ],
  [
    'kubernetes',
    {
      token: (audience) =>
        `in the pod: volumes: projected: sources: serviceAccountToken: { audience: ${audience}, path: token }`,
      choosesAudience: true,
    },
  ],
  [
    'spiffe',
    {
      token: (audience) => `spire-agent api fetch jwt -audience ${audience}`,
      choosesAudience: true,
    },
  ],
  [
    'aws',
    {
      token: (audience) =>
        `aws iam enable-outbound-web-identity-federation; then aws sts get-web-identity-token --audience ${audience} --signing-algorithm ES384`,
      choosesAudience: true,
    },
  ],
  [
    'google',
    {
      token: () =>
        'give the machine a service account: gcloud compute instances set-service-account',
      choosesAudience: true,
    },
  ],
  [
    'azure-managed-identity',
    {
      token: (audience) => `az ad app update --id APP_ID --identifier-uris ${audience}`,
      choosesAudience: true,
    },
  ],
  ['azure-workload-identity', { token: () => AZURE_LABEL, choosesAudience: false }],
  [
    'codefresh',
    {
      token: (audience) => `in an earlier step: type: obtain-oidc-id-token, AUDIENCE: ${audience}`,
      choosesAudience: true,
    },
  ],
  [
    'fly',
    { token: () => 'run on a Fly Machine, which has the socket /.fly/api', choosesAudience: true },
  ],
  [
    'cursor',
    { token: () => 'run on an agent machine, or set CURSOR_AGENT_SOCKET', choosesAudience: true },
  ],
  ['vercel', { token: () => VERCEL, choosesAudience: false }],
  ['semaphore', fixed('the organisation needs OpenID Connect')],
  ['spacelift', fixed('the account needs a paid plan for SPACELIFT_OIDC_TOKEN')],
  ['env0', fixed('the organisation needs OIDC: Organization Settings, Credentials')],
  ['modal', fixed('a sandbox needs include_oidc_identity_token=True')],
])

const AZURE_LABEL = 'on the pod: labels: { azure.workload.identity/use: "true" }'
const VERCEL = 'in the project: Settings, Security, Secure Backend Access with OIDC Federation'

function fixed(token: string): PlatformHint {
  return { token: () => token, choosesAudience: false }
}

/** The sources that have a hint. A test checks that no source is missing. */
export const HINTED_SOURCES: readonly string[] = [...HINTS.keys()]

export function hintToken(source: string, audience: string): string {
  return HINTS.get(source)?.token(audience) ?? 'npx edgemint token --list-sources'
}

/** Returns the hint for a wrong audience. A fixed audience must be set in the trust document. */
export function hintAudience(source: string, expected: string, found: readonly string[]): string {
  const hint = HINTS.get(source)
  const [first] = found
  if (hint !== undefined && !hint.choosesAudience && first !== undefined) {
    return `in the trust document, below the issuer: audience: ${first}; then --audience ${first}`
  }
  return hint?.audience?.(expected) ?? hintToken(source, expected)
}
