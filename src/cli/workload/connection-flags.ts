/** Flags for the connection that a `condition` reads, in commands that decide without a gateway. */
import { isIP } from 'node:net'
import type { RequestContext } from '../../core/policy/decide/decision-request.ts'
import type { Flags, Values } from '../shell/command.ts'
import { usageFailure } from '../shell/failure.ts'
import { parseNumber } from '../shell/flags.ts'

export const CONNECTION_FLAGS = {
  country: {
    value: 'CODE',
    about: 'the country code of the caller, for rules with a `condition`',
    default: 'absent',
  },
  asn: {
    value: 'NUMBER',
    about: 'the autonomous system number of the caller, such as 64500',
    default: 'absent',
  },
  ip: { value: 'ADDRESS', about: 'the IP address of the caller', default: 'absent' },
  tls: { value: 'VERSION', about: 'the TLS version of the connection', default: 'absent' },
} as const satisfies Flags

export type ConnectionValues = Partial<Values<typeof CONNECTION_FLAGS>>

/** An autonomous system number has 32 bits (RFC 6793). */
const ASN_RANGE = { least: 0, most: 4_294_967_295 }

/** ISO 3166-1, or a code of the platform such as `T1`. A gateway compares the text exactly. */
const COUNTRY = /^[A-Z][A-Z0-9]$/
const TLS = /^TLSv1(?:\.[0-3])?$/

/** Leaves out the members without a flag, as a gateway does with values that it does not know. */
export function readConnection({ country, asn, ip, tls }: ConnectionValues): RequestContext {
  if (country !== undefined && !COUNTRY.test(country)) {
    throw usageFailure('--country must be a code such as DE')
  }
  if (ip !== undefined && isIP(ip) === 0) throw usageFailure('--ip must be an IP address')
  if (tls !== undefined && !TLS.test(tls)) {
    throw usageFailure('--tls must be a version such as TLSv1.3')
  }
  return {
    ...(country === undefined ? {} : { country }),
    ...(asn === undefined ? {} : { asn: parseNumber('--asn', asn, ASN_RANGE) }),
    ...(ip === undefined ? {} : { ip }),
    ...(tls === undefined ? {} : { tls }),
  }
}
