/** `edgemint credential aws`: a `credential_process` of AWS, by way of AssumeRoleWithWebIdentity. */

import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { parseFlags, requireFlag } from '../../shell/flags.ts'
import { print } from '../../shell/output.ts'
import { assumeRole } from '../credentials/assume-role.ts'
import { issueToken } from '../credentials/issue.ts'
import {
  checkSessionName,
  chooseEndpoint,
  defaultSessionName,
  readDuration,
  readRoleArn,
} from '../credentials/role-options.ts'
import { TOKEN_USAGE } from '../credentials/token-usage.ts'
import { checkTokenOutput } from '../issued-output.ts'
import { readRetrySeconds, sayPause } from '../retry-seconds.ts'
import { WORKLOAD_FLAGS } from '../workload.ts'

export const usage = `Usage: edgemint credential aws --role-arn ARN [FLAGS]

Prints credentials of a role of AWS as credential_process wants them. The resource is what the
trust document calls AWS, and the OIDC provider in the account lists it as an audience.

  --role-arn ARN      the role; required
  --region REGION     whose STS is asked; AWS_REGION or AWS_DEFAULT_REGION by default
  --endpoint URL      an STS at another address: https, or http on this machine
  --session-name NAME the name of the session; the id of the decision by default
  --duration SECONDS  how long the credentials live: 900 to 43200, at most what the role allows
  --print             print the credentials even to a terminal

${TOKEN_USAGE}

Example:
  npx edgemint credential aws --url https://sts.example.com --resource https://sts.amazonaws.com \\
    --role-arn arn:aws:iam::123456789012:role/deploy --region eu-central-1`

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, {
    ...WORKLOAD_FLAGS,
    'role-arn': { type: 'string' },
    region: { type: 'string' },
    endpoint: { type: 'string' },
    'session-name': { type: 'string' },
    duration: { type: 'string' },
    print: { type: 'boolean' },
  })
  const roleArn = readRoleArn(requireFlag('role-arn', values['role-arn']))
  const { AWS_REGION, AWS_DEFAULT_REGION } = process.env
  const endpoint = chooseEndpoint(
    values.endpoint,
    values.region ?? (AWS_REGION || AWS_DEFAULT_REGION),
    roleArn,
  )
  checkSessionName(values['session-name'])
  const durationSeconds = readDuration(values.duration)
  checkTokenOutput(values)
  const retrySeconds = readRetrySeconds(process.env)
  const credentials = await assumeRole(
    {
      endpoint,
      roleArn,
      durationSeconds,
      async issue() {
        const { accessToken: token, decisionId, expiresAt } = await issueToken(values)
        const sessionName = values['session-name'] ?? defaultSessionName(decisionId)
        return { token, sessionName, expiresAt }
      },
    },
    { seconds: retrySeconds, onPause: sayPause },
  )
  print(
    JSON.stringify({
      Version: 1,
      AccessKeyId: credentials.accessKeyId,
      SecretAccessKey: credentials.secretAccessKey,
      SessionToken: credentials.sessionToken,
      Expiration: credentials.expiration,
    }),
  )
  return EXIT_CODES.done
}
