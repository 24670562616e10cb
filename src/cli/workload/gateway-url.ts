/** `--url`: the gateway that a command speaks to, in the one spelling that its issuer has. */
import { canonicalGatewayUrl, findGatewayUrlFault } from '../../client/in-house.ts'
import { usageFailure } from '../shell/failure.ts'
import { requireFlag } from '../shell/flags.ts'

export function requireGatewayUrl(value: string | undefined): string {
  const url = requireFlag('url', value)
  const fault = findGatewayUrlFault(url)
  if (fault !== undefined) throw usageFailure(`--url ${fault}`)
  return canonicalGatewayUrl(url)
}
