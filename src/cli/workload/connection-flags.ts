/** What a `condition` reads of the caller's connection, for commands that decide without a gateway. */
import type { RequestContext } from '../../core/policy/decide/decision-request.ts'
import type { Flags, Values } from '../shell/command.ts'
import { usageFailure } from '../shell/failure.ts'

export const CONNECTION_FLAGS = {
  country: {
    value: 'CODE',
    about: 'the country that the platform would see, for rules with a `condition`',
    default: 'absent',
  },
  asn: {
    value: 'NUMBER',
    about: 'the number of the autonomous system, such as 64500',
    default: 'absent',
  },
  ip: { value: 'ADDRESS', about: 'the address of the caller', default: 'absent' },
  tls: { value: 'VERSION', about: 'the version of TLS', default: 'absent' },
} as const satisfies Flags

export type ConnectionValues = Partial<Values<typeof CONNECTION_FLAGS>>

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
