/**
 * `edgemint credential google`: the executable of an `external_account` configuration. A refusal is
 * an answer of its own here, with exit code 0: the libraries read no other.
 */

import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { parseFlags } from '../../shell/flags.ts'
import { print } from '../../shell/output.ts'
import {
  defaultResource,
  readGoogleRequest,
  renderGoogleAnswer,
  renderGoogleFailure,
} from '../credentials/google.ts'
import { issueToken } from '../credentials/issue.ts'
import { TOKEN_USAGE } from '../credentials/token-usage.ts'
import { checkTokenOutput } from '../issued-output.ts'
import { WORKLOAD_FLAGS } from '../workload.ts'

export const usage = `Usage: edgemint credential google [FLAGS]

Answers Google's libraries as the executable of an external_account configuration, which
"edgemint credential google-config" writes. Without --resource it asks for the provider that
GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE names, as an https URL.

  --print             print the token even to a terminal

${TOKEN_USAGE}

Example:
  npx edgemint credential google --url https://sts.example.com --resource https://gcp.example.com`

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, { ...WORKLOAD_FLAGS, print: { type: 'boolean' } })
  checkTokenOutput(values)
  try {
    const { audience, tokenType } = readGoogleRequest(process.env)
    const resource = values.resource ?? (process.env.EDGEMINT_RESOURCE || defaultResource(audience))
    // The libraries read stderr as a part of the answer.
    const token = await issueToken({ ...values, resource }, () => {})
    print(renderGoogleAnswer(token, tokenType))
  } catch (error) {
    print(renderGoogleFailure(error))
  }
  return EXIT_CODES.done
}
