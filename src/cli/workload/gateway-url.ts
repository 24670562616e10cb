/** Reads `--url`, the gateway that a command calls, in the canonical spelling of its issuer URL. */
import { canonicalGatewayUrl, findGatewayUrlFault } from '../../client/in-house.ts'
import { flagFailure } from '../shell/failure.ts'
import { requireFlag } from '../shell/flags.ts'

export function requireGatewayUrl(value: string | undefined): string {
  return parseGatewayUrl('url', requireFlag('url', value))
}

/** Returns the canonical spelling. Throws a failure of the flag. */
export function parseGatewayUrl(flag: string, url: string): string {
  const fault = findGatewayUrlFault(url)
  if (fault !== undefined) throw flagFailure(flag, fault)
  return canonicalGatewayUrl(url)
}
