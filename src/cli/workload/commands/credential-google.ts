/**
 * `edgemint credential google`: the executable of an `external_account` configuration. It prints
 * failures as JSON with exit code 0, because Google's libraries read JSON only after exit code 0.
 */

import { PassThrough } from 'node:stream'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { parseFlags } from '../../shell/flags.ts'
import { currentIo, withIo } from '../../shell/io.ts'
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
  about: `The executable of an external_account configuration, which Google's libraries run and
"edgemint credential google-config" prints. Without --resource, the resource is https: followed by
GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE.`,
  flags: {
    ...PRINT_FLAG,
    ...HELPER_FLAGS,
    resource: {
      value: 'URI',
      about: 'the provider, by its URI in the trust document',
      variables: ['EDGEMINT_RESOURCE'],
      default: '`https:` followed by `GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE`',
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
    // The libraries read stderr as part of the answer: no pauses, and no masks for a log.
    const io = { ...currentIo(), stderr: new PassThrough().resume() }
    const token = await withIo(io, () => issueToken({ ...values, resource }))
    print(renderGoogleAnswer(token, tokenType))
  } catch (error) {
    print(renderGoogleFailure(error))
  }
  return EXIT_CODES.done
}
