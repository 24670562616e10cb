/**
 * `edgemint credential aws`: a `credential_process` for AWS that calls AssumeRoleWithWebIdentity.
 */

import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { parseFlags, requireFlag } from '../../shell/flags.ts'
import { print } from '../../shell/output.ts'
import { assumeRole } from '../credentials/assume-role.ts'
import { issueToken } from '../credentials/issue.ts'
import { MAX_ROLE_SECONDS, MIN_ROLE_SECONDS } from '../credentials/limits.ts'
import {
  checkSessionName,
  chooseEndpoint,
  defaultSessionName,
  readDuration,
  readRoleArn,
} from '../credentials/role-options.ts'
import { checkTokenOutput } from '../issued-output.ts'
import { readRetrySeconds, sayPause } from '../retry-seconds.ts'
import { HELPER_FLAGS } from '../workload.ts'

export const command = {
  synopsis: '--role-arn ARN [FLAGS]',
  about: `Prints the credentials of an AWS role in the format of credential_process. The OIDC provider in the
AWS account must list the --resource as an audience.`,
  flags: {
    'role-arn': { value: 'ARN', about: 'the role to assume', required: true },
    region: {
      value: 'REGION',
      about: 'the region whose STS is called',
      variables: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
    },
    endpoint: {
      value: 'URL',
      about:
        'the URL of another STS, such as a private endpoint: `https`, or `http` on this machine',
    },
    'session-name': {
      value: 'NAME',
      about: 'the name of the session',
      default: 'the decision id',
    },
    duration: {
      value: 'SECONDS',
      about: `how long the credentials are valid: ${MIN_ROLE_SECONDS} to ${MAX_ROLE_SECONDS}, at most what the role allows`,
    },
    print: { about: 'print the credentials even to a terminal' },
    ...HELPER_FLAGS,
  },
  example: `npx edgemint credential aws --url https://sts.example.com --resource https://sts.amazonaws.com \\
  --role-arn arn:aws:iam::123456789012:role/deploy --region eu-central-1`,
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  const roleArn = readRoleArn(requireFlag('role-arn', values['role-arn']))
  const endpoint = chooseEndpoint(values.endpoint, values.region, roleArn)
  checkSessionName(values['session-name'])
  const durationSeconds = readDuration(values.duration)
  checkTokenOutput(values)
  const retrySeconds = readRetrySeconds()
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
