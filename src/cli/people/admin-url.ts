/** The gateway of a command that calls the admin API, which `--url` always names. */
import { usageFailure } from '../shell/failure.ts'
import { requireGatewayUrl } from '../workload/gateway-url.ts'
import { listSessions } from './session-file.ts'

/**
 * Returns the canonical spelling. A login never chooses the gateway, because the same command line would
 * then change another gateway after another login. The failure names the logins.
 */
export function requireAdminUrl(url: string | undefined): string {
  if (url !== undefined) return requireGatewayUrl(url)
  throw usageFailure('--url is required', ...hintOfLogins())
}

export function hintOfLogins(): readonly string[] {
  const [first, ...others] = listSessions()
    .map(({ gateway }) => gateway)
    .toSorted()
  if (first === undefined) return []
  const rest = others.length === 0 ? `add --url ${first}` : 'add --url with one of them'
  return [`you are logged in at ${[first, ...others].join(', ')}: ${rest}`]
}
