/** `edgemint token`: finds and exchanges the token of the platform, and prints the issued token. */

import { OptionError } from '../../../client/in-house.ts'
import { ExchangeError, listSources } from '../../../client/index.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags } from '../../shell/flags.ts'
import { print, say } from '../../shell/output.ts'
import { describeExchangeFailure } from '../exchange-failure.ts'
import { checkTokenOutput, maskInCi, PRINT_FLAG, printIssued } from '../issued-output.ts'
import { sayPause } from '../retry-seconds.ts'
import { openPlatform, openWorkload, WORKLOAD_FLAGS } from '../workload.ts'

export const command = {
  synopsis: '--url URL --resource URI [FLAGS]',
  about: `Finds the token of the platform that it runs on, exchanges it, and prints only the issued token on
stdout.`,
  flags: {
    ...WORKLOAD_FLAGS,
    'list-sources': {
      about:
        'print every source, whether it fits here, and why or what is missing; needs no other flag and makes no request',
    },
    json: { about: 'print the whole answer of the gateway, or the list of sources, as JSON' },
    ...PRINT_FLAG,
  },
  example:
    'npx edgemint token --url https://sts.example.com --resource https://api.example.com > issued.jwt',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  if (values['list-sources']) return showSources(values.json)
  const workload = await openWorkload(values)
  checkTokenOutput(values)
  try {
    const issued = await workload.getNewToken({ onPause: sayPause })
    // Mask before any other output: some systems show stderr while the command runs.
    maskInCi(issued.accessToken)
    say(`source ${workload.source}: ${workload.reason}`)
    printIssued(issued, values)
    return EXIT_CODES.done
  } catch (error) {
    if (error instanceof ExchangeError) {
      say(`source ${workload.source}: ${workload.reason}`)
      throw describeExchangeFailure(error)
    }
    if (error instanceof OptionError) throw usageFailure(error.message)
    throw error
  }
}

async function showSources(asJson: boolean): Promise<ExitCode> {
  const sources = await listSources({ platform: openPlatform() })
  if (asJson) print(JSON.stringify(sources))
  else {
    const rows = sources.map(({ source, fits, reason }) => {
      return `${fits ? 'fits' : '-   '}  ${source.padEnd(25)}${reason}`
    })
    print(rows.join('\n'))
  }
  return EXIT_CODES.done
}
