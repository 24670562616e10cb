/** Sources that run a platform's command to get a token for an audience: CI agents, AWS and SPIRE. */
import { AWS_TOKEN_LIFETIME_SECONDS } from '../limits.ts'
import { systemCode } from '../system-code.ts'
import { readVariable, SourceFault, type SourceRow } from './row.ts'

/** A Buildkite token contains the permanent ids only on request. */
const BUILDKITE_CLAIMS = ['--claim', 'organization_id,pipeline_id']

export const BUILDKITE: SourceRow = {
  name: 'buildkite',
  all: ['BUILDKITE_JOB_ID', 'BUILDKITE_AGENT_ACCESS_TOKEN'],
  ask(platform, { audience, signal }) {
    const hasClaims = readVariable(platform, 'BUILDKITE_OIDC_TOKEN_CLAIMS') !== undefined
    const command = ['buildkite-agent', 'oidc', 'request-token', '--audience', audience]
    return platform.run([...command, ...(hasClaims ? [] : BUILDKITE_CLAIMS)], signal)
  },
}

/** Without the command, such as in a custom image, the variable has a token with a fixed audience. */
export const CIRCLECI: SourceRow = {
  name: 'circleci',
  any: ['CIRCLECI', 'CIRCLE_OIDC_TOKEN_V2'],
  async ask(platform, { audience, signal }) {
    const claims = JSON.stringify({ aud: audience })
    try {
      return await platform.run(['circleci', 'run', 'oidc', 'get', '--claims', claims], signal)
    } catch (error) {
      const token = readVariable(platform, 'CIRCLE_OIDC_TOKEN_V2')
      if (systemCode(error) !== 'ENOENT' || token === undefined) throw error
      return token
    }
  },
}

/** Uses the command `aws`, which finds credentials and region in its usual way. */
export const AWS: SourceRow = {
  name: 'aws',
  any: [
    'AWS_LAMBDA_FUNCTION_NAME',
    'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
    'AWS_CONTAINER_CREDENTIALS_FULL_URI',
    'AWS_WEB_IDENTITY_TOKEN_FILE',
    'AWS_EXECUTION_ENV',
  ],
  ask: (platform, { audience, signal }) =>
    platform.run(
      [
        ...['aws', 'sts', 'get-web-identity-token', '--audience', audience],
        ...['--signing-algorithm', 'ES384', '--duration-seconds', `${AWS_TOKEN_LIFETIME_SECONDS}`],
        ...['--query', 'WebIdentityToken', '--output', 'text'],
      ],
      signal,
    ),
}

const SOCKET = 'SPIFFE_ENDPOINT_SOCKET'

/** The output of spire-agent: the SPIFFE ID, then the token on its own line. */
const SVID = /^token\([^)\n]*\):\s+(\S+)/m

export const SPIFFE: SourceRow = {
  name: 'spiffe',
  all: [SOCKET],
  async ask(platform, { audience, signal }) {
    const socket = readVariable(platform, SOCKET)?.replace(/^unix:(\/\/)?/, '')
    const place = socket === undefined ? [] : ['-socketPath', socket]
    const command = ['spire-agent', 'api', 'fetch', 'jwt', '-audience', audience, ...place]
    const svid = SVID.exec(await platform.run(command, signal))?.[1]
    if (svid === undefined) throw new SourceFault('spire-agent printed no token')
    return svid
  },
}
