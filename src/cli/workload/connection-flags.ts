/** What a `condition` reads of the caller's connection, for commands that decide without a gateway. */
import type { RequestContext } from '../../core/policy/decide/decision-request.ts'
import { usageFailure } from '../shell/failure.ts'

export const CONNECTION_FLAGS = {
  country: { type: 'string' },
  asn: { type: 'string' },
  ip: { type: 'string' },
  tls: { type: 'string' },
} as const

export type ConnectionValues = {
  readonly country?: string | undefined
  readonly asn?: string | undefined
  readonly ip?: string | undefined
  readonly tls?: string | undefined
}

export const CONNECTION_USAGE = `  --country CODE      what the platform would see of the connection, for rules with a condition:
  --asn NUMBER        country, number of the autonomous system, address and TLS version;
  --ip ADDRESS        each is absent by default
  --tls VERSION`

/** A member that was not given is absent, as at a gateway that does not see it. */
export function readConnection({ country, asn, ip, tls }: ConnectionValues): RequestContext {
  if (asn !== undefined && !/^[0-9]{1,10}$/.test(asn)) {
    throw usageFailure('--asn must be a number such as 64500')
  }
  return {
    ...(country === undefined ? {} : { country }),
    ...(asn === undefined ? {} : { asn: Number(asn) }),
    ...(ip === undefined ? {} : { ip }),
    ...(tls === undefined ? {} : { tls }),
  }
}
