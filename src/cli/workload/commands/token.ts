/** `edgemint token`: the platform's own token found, exchanged, and the issued one printed. */
import { ExchangeError, listSources } from '../../../client/index.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags } from '../../shell/flags.ts'
import { print, say } from '../../shell/output.ts'
import { describeExchangeFailure } from '../exchange-failure.ts'
import { checkTokenOutput, maskInCi, OUTPUT_FLAGS, printIssued } from '../issued-output.ts'
import { sayPause } from '../retry-seconds.ts'
import { openWorkload, WORKLOAD_FLAGS } from '../workload.ts'

export const usage = `Usage: edgemint token --url URL --resource URI [FLAGS]

Finds the token of the platform it runs on, exchanges it, and prints the issued token alone on
stdout.

  --url URL           the gateway; EDGEMINT_URL by default
  --resource URI      the API the token is for; EDGEMINT_RESOURCE by default
  --scope SCOPE       a scope to ask for; may be repeated; all of the rule by default
  --rule NAME         let only this rule decide
  --lifetime SECONDS  ask for a shorter life
  --audience AUD      what the gateway expects of the platform's token; --url by default
  --source NAME       take this source instead of finding one
  --token-file FILE   take the platform's token from a file; - reads stdin
  --list-sources      print every source and whether it fits here, as JSON with --json; then end
  --json              print the whole answer as JSON
  --print             print the token even to a terminal

Example:
  npx edgemint token --url https://sts.example.com --resource https://api.example.com > issued.jwt`

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, {
    ...WORKLOAD_FLAGS,
    ...OUTPUT_FLAGS,
    'list-sources': { type: 'boolean' },
  })
  if (values['list-sources'] === true) return showSources(values.json === true)
  const workload = await openWorkload(values)
  checkTokenOutput(values)
  try {
    const issued = await workload.getNewToken({ onPause: sayPause })
    // Before anything is said: some systems show stderr as it comes.
    maskInCi(issued.accessToken)
    say(`source ${workload.source}: ${workload.reason}`)
    printIssued(issued, values)
    return EXIT_CODES.done
  } catch (error) {
    if (error instanceof ExchangeError) {
      say(`source ${workload.source}: ${workload.reason}`)
      throw describeExchangeFailure(error)
    }
    if (error instanceof TypeError) throw usageFailure(error.message)
    throw error
  }
}

async function showSources(asJson: boolean): Promise<ExitCode> {
  const sources = await listSources()
  if (asJson) print(JSON.stringify(sources))
  else {
    const rows = sources.map(({ source, fits, reason }) => {
      return `${fits ? 'fits' : '-   '}  ${source.padEnd(25)}${reason}`
    })
    print(rows.join('\n'))
  }
  return EXIT_CODES.done
}
