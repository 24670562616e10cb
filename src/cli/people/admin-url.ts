/** The gateway of a command that calls the admin API, which `--url` always names. */
import { usageFailure } from '../shell/failure.ts'
import { readVariable } from '../shell/io.ts'
import { requireGatewayUrl } from '../workload/gateway-url.ts'
import { listSessions } from './session-file.ts'

/**
 * Returns the canonical spelling. Neither a login nor `EDGEMINT_URL` chooses the gateway, because the same
 * command line would then change another gateway after another login or in another shell. The failure
 * names both.
 */
export function requireAdminUrl(url: string | undefined): string {
  if (url !== undefined) return requireGatewayUrl(url)
  throw usageFailure('--url is required', ...hintGateways())
}

/** Says what names a gateway on this machine, although these commands do not use it. */
export function hintGateways(): readonly string[] {
  const isSet = readVariable('EDGEMINT_URL') !== undefined
  const variable = 'this command does not read EDGEMINT_URL: add --url "$EDGEMINT_URL"'
  return [...(isSet ? [variable] : []), ...hintLogins()]
}

function hintLogins(): readonly string[] {
  const [first, ...others] = listSessions()
    .map(({ gateway }) => gateway)
    .toSorted()
  if (first === undefined) return []
  const rest = others.length === 0 ? `add --url ${first}` : 'add --url with one of them'
  return [`you are logged in at ${[first, ...others].join(', ')}: ${rest}`]
}
