/** Reads `--url`, the gateway that a command calls, in the canonical spelling of its issuer URL. */
import { canonicalGatewayUrl, findGatewayUrlFault } from '../../client/in-house.ts'
import { usageFailure } from '../shell/failure.ts'
import { requireFlag } from '../shell/flags.ts'

export function requireGatewayUrl(value: string | undefined): string {
  const url = requireFlag('url', value)
  const fault = findGatewayUrlFault(url)
  if (fault !== undefined) throw usageFailure(`--url ${fault}`)
  return canonicalGatewayUrl(url)
}
