/**
 * `edgemint credential google`: the executable of an `external_account` configuration. A refusal is
 * an answer of its own here, with exit code 0: the libraries read no other.
 */

import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { parseFlags } from '../../shell/flags.ts'
import { currentIo } from '../../shell/io.ts'
import { print } from '../../shell/output.ts'
import {
  defaultResource,
  readGoogleRequest,
  renderGoogleAnswer,
  renderGoogleFailure,
} from '../credentials/google.ts'
import { issueToken } from '../credentials/issue.ts'
import { checkTokenOutput, PRINT_FLAG } from '../issued-output.ts'
import { HELPER_FLAGS } from '../workload.ts'

export const command = {
  synopsis: '[FLAGS]',
  about: `Answers Google's libraries as the executable of an external_account configuration, which
"edgemint credential google-config" writes. Without --resource it asks for the provider that
GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE names, as an https URL.`,
  flags: {
    ...PRINT_FLAG,
    ...HELPER_FLAGS,
    resource: {
      value: 'URI',
      about: 'the provider as the trust document names it',
      variables: ['EDGEMINT_RESOURCE'],
      default: '`https:` and `GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE`',
    },
  },
  example:
    'npx edgemint credential google --url https://sts.example.com --resource https://gcp.example.com',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  checkTokenOutput(values)
  try {
    const { audience, tokenType } = readGoogleRequest(currentIo().environment)
    const resource = values.resource ?? defaultResource(audience)
    // The libraries read stderr as a part of the answer.
    const token = await issueToken({ ...values, resource }, () => {})
    print(renderGoogleAnswer(token, tokenType))
  } catch (error) {
    print(renderGoogleFailure(error))
  }
  return EXIT_CODES.done
}
