/** Reads the allowed hosts and origins of a proxy from its flags. */
import { renderHost } from '../../../web/host.ts'
import { parseAllowedHosts } from '../../operate/listen-flags.ts'
import { usageFailure } from '../../shell/failure.ts'
import type { Admission } from './admission.ts'
import type { ListenAddress } from './listen-address.ts'

export type AdmissionFlags = {
  readonly address: ListenAddress
  readonly hosts: readonly string[]
  readonly origins: readonly string[]
  readonly pseudonym: string
}

export function parseAdmission({ address, hosts, origins, pseudonym }: AdmissionFlags): Admission {
  if (origins.some((text) => !isOrigin(text))) {
    throw usageFailure('--allow-origin must be an origin, such as https://app.example.com')
  }
  return {
    allowsAnyHost: address.kind === 'socket',
    hosts: [...parseAllowedHosts(hosts), ...ownNames(address)],
    origins,
    pseudonym,
  }
}

/** Returns the host that the proxy listens on. A wildcard address is not a host. */
function ownNames(address: ListenAddress): readonly string[] {
  if (address.kind === 'socket' || address.host === '0.0.0.0' || address.host === '::') return []
  return [renderHost(address.host)]
}

function isOrigin(text: string): boolean {
  return (
    URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text
  )
}
