/** `--url`: the gateway that a command speaks to. */
import { findGatewayUrlFault } from '../client/endpoint.ts'
import { usageFailure } from './failure.ts'
import { requireFlag } from './flags.ts'

export function requireGatewayUrl(value: string | undefined): string {
  const url = requireFlag('url', value)
  const fault = findGatewayUrlFault(url)
  if (fault !== undefined) throw usageFailure(`--url ${fault}`)
  return url
}
