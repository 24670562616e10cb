/** `edgemint exchange`: a subject token in, a token of one API out, or why not. */
import { ExchangeError } from '../../../client/index.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags, requireFlag } from '../../shell/flags.ts'
import { describeExchangeFailure } from '../exchange-failure.ts'
import { checkTokenOutput, maskInCi, OUTPUT_FLAGS, printIssued } from '../issued-output.ts'
import { readRetrySeconds, sayPause } from '../retry-seconds.ts'
import { readTarget, TARGET_FLAGS } from '../target-flags.ts'
import { exchangeAnew, openTokenFile } from '../workload.ts'

export const usage = `Usage: edgemint exchange --url URL --token-file FILE --resource URI [FLAGS]

Prints the issued token alone on stdout.

  --url URL           the gateway
  --token-file FILE   the subject token; - reads stdin
  --resource URI      the API the token is for
  --scope SCOPE       a scope to ask for; may be repeated; all of the rule by default
  --rule NAME         let only this rule decide
  --lifetime SECONDS  ask for a shorter life
  --json              print the whole answer as JSON
  --print             print the token even to a terminal

Example:
  npx edgemint exchange --url https://sts.example.com --token-file token.jwt \\
    --resource https://api.example.com --scope deploy:read > issued.jwt`

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, {
    ...TARGET_FLAGS,
    ...OUTPUT_FLAGS,
    'token-file': { type: 'string' },
  })
  const target = readTarget(values, process.env)
  const tokenFile = requireFlag('token-file', values['token-file'])
  checkTokenOutput(values)
  const source = openTokenFile(tokenFile)
  const retrySeconds = readRetrySeconds(process.env)
  try {
    const issued = await exchangeAnew({ ...target, source, retrySeconds }, { onPause: sayPause })
    maskInCi(issued.accessToken)
    printIssued(issued, values)
    return EXIT_CODES.done
  } catch (error) {
    if (error instanceof ExchangeError) throw describeExchangeFailure(error)
    if (error instanceof TypeError) throw usageFailure(error.message)
    throw error
  }
}
