/** The names and origins that a proxy lets in, from its flags. */
import { usageFailure } from '../failure.ts'
import type { Admission } from './admission.ts'
import type { ListenAddress } from './listen-address.ts'

export type AdmissionFlags = {
  readonly address: ListenAddress
  readonly hosts: readonly string[]
  readonly origins: readonly string[]
  readonly pseudonym: string
}

const HOST = /^(?:\[[0-9a-f:.]+\]|[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)(?::[0-9]{1,5})?$/

export function parseAdmission({ address, hosts, origins, pseudonym }: AdmissionFlags): Admission {
  const names = hosts.map((text) => text.toLowerCase())
  if (names.some((name) => !HOST.test(name))) {
    throw usageFailure('--allow-host must be NAME or NAME:PORT, without a scheme')
  }
  if (origins.some((text) => !isOrigin(text))) {
    throw usageFailure('--allow-origin must be an origin, such as https://app.example.com')
  }
  return {
    allowsAnyHost: address.kind === 'socket',
    hosts: [...names, ...ownNames(address)],
    origins,
    pseudonym,
  }
}

/** All addresses at once are no name of the proxy. */
function ownNames(address: ListenAddress): readonly string[] {
  if (address.kind === 'socket' || address.host === '0.0.0.0' || address.host === '::') return []
  return [address.host.includes(':') ? `[${address.host}]` : address.host]
}

function isOrigin(text: string): boolean {
  return (
    URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text
  )
}
