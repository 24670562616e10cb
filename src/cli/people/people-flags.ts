/** The flags of `login`, `logout` and `whoami`. */
import type { Flags } from '../shell/command.ts'
import { usageFailure } from '../shell/failure.ts'
import { requireGatewayUrl } from '../workload/gateway-url.ts'
import { listSessions } from './session-file.ts'

export const PERSON_FLAGS = {
  url: {
    value: 'URL',
    about: 'the issuer URL of the gateway',
    variables: ['EDGEMINT_URL'],
    default: 'the only gateway that you have logged in at',
  },
} as const satisfies Flags

/** Returns the named gateway, or the only one with a session. */
export function readGateway(url: string | undefined): string {
  if (url !== undefined) return requireGatewayUrl(url)
  const [only, ...others] = listSessions().map(({ gateway }) => gateway)
  if (only === undefined) throw usageFailure('--url is required')
  if (others.length === 0) return only
  const known = [only, ...others].toSorted().join(', ')
  throw usageFailure('--url is required: you are logged in at several gateways', `one of ${known}`)
}
