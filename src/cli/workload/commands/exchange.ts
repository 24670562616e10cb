/** `edgemint exchange`: exchanges a subject token and prints the issued token. */

import { OptionError } from '../../../client/in-house.ts'
import { ExchangeError } from '../../../client/index.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags, requireFlag } from '../../shell/flags.ts'
import { describeExchangeFailure } from '../exchange-failure.ts'
import {
  checkTokenOutput,
  maskInCi,
  maskTokens,
  OUTPUT_FLAGS,
  printIssued,
} from '../issued-output.ts'
import { readRetrySeconds, sayPause } from '../retry-seconds.ts'
import { readTarget, TARGET_FLAGS } from '../target-flags.ts'
import { exchangeAnew, openTokenFile } from '../workload.ts'

const { url, ...OTHER_TARGET_FLAGS } = TARGET_FLAGS

export const command = {
  synopsis: '--url URL --token-file FILE --resource URI [FLAGS]',
  about: 'Exchanges a subject token, and prints only the issued token on stdout.',
  flags: {
    url,
    'token-file': {
      value: 'FILE',
      about: 'a file with the subject token; `-` reads stdin',
      required: true,
      completes: 'files',
    },
    ...OTHER_TARGET_FLAGS,
    ...OUTPUT_FLAGS,
  },
  example: `npx edgemint exchange --url https://sts.example.com --token-file token.jwt \\
  --resource https://api.example.com --scope deploy:read > issued.jwt`,
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  const target = readTarget(values)
  const tokenFile = requireFlag('token-file', values['token-file'])
  checkTokenOutput(values)
  const source = maskTokens(openTokenFile(tokenFile))
  const retrySeconds = readRetrySeconds()
  try {
    const issued = await exchangeAnew({ ...target, source, retrySeconds }, { onPause: sayPause })
    maskInCi(issued.accessToken)
    printIssued(issued, values)
    return EXIT_CODES.done
  } catch (error) {
    if (error instanceof ExchangeError) throw describeExchangeFailure(error)
    if (error instanceof OptionError) throw usageFailure(error.message)
    throw error
  }
}
