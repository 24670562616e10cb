/** `edgemint issuers`: how the trusted issuers fare at a gateway. */

import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { parseFlags, requireFlag } from '../../shell/flags.ts'
import { printJson, printPlain } from '../../shell/output.ts'
import { readToken } from '../../shell/read-input.ts'
import { requireGatewayUrl } from '../../workload/gateway-url.ts'
import { getIssuers } from '../admin-api.ts'
import { renderIssuers } from '../render-issuers.ts'

export const usage = `Usage: edgemint issuers --url URL --token-file FILE [FLAGS]

Shows each trusted issuer of a gateway: when its keys were fetched and are fetched next, key ids and
ages, clock skew, the last failure, and how many of its tokens were granted and denied.

  --url URL           the gateway
  --token-file FILE   a token of the gateway for itself, with trust:read; - reads stdin
  --json              print what the gateway says as JSON

Example:
  npx edgemint issuers --url https://sts.example.com --token-file admin.jwt`

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, {
    url: { type: 'string' },
    'token-file': { type: 'string' },
    json: { type: 'boolean' },
  })
  const url = requireGatewayUrl(values.url)
  const token = await readToken(requireFlag('token-file', values['token-file']))
  const issuers = await getIssuers({ url, token })
  if (values.json === true) printJson({ issuers }, 2)
  else printPlain(renderIssuers(issuers, Math.floor(Date.now() / 1000)))
  return EXIT_CODES.done
}
