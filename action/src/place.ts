/**
 * Parses the one origin to which programs may send the token. As for gateways, every scheme except
 * https is refused. Plain http is accepted only for loopback addresses.
 */
import { isLoopbackName } from '../../src/web/host.ts'
import { StepFailure } from './step-failure.ts'

export type Place = {
  /** Such as `https://npm.example.com:8443`. */
  readonly origin: string
  /** Includes the port if it is not the default port. */
  readonly host: string
  readonly hostname: string
  /** Begins with `/`. */
  readonly path: string
}

const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[::1\])(?::[0-9]{1,5})?$/
const PATH = /^(?:\/[A-Za-z0-9._~@-]+)*\/?$/

/** Accepts `npm.example.com`, `npm.example.com/team` and `https://npm.example.com/team`. */
export function parsePlace(input: string, text: string): Place {
  const [, scheme = 'https', rest = ''] = /^(?:(https?):\/\/)?(.*)$/s.exec(text) ?? []
  const slash = rest.indexOf('/')
  const host = slash === -1 ? rest : rest.slice(0, slash)
  const path = slash === -1 ? '/' : rest.slice(slash)
  const address = `${scheme}://${host}`
  if (!HOST.test(host) || !PATH.test(path) || !URL.canParse(address)) {
    throw new StepFailure(`${input} must be a host, such as packages.example.com`)
  }
  const url = new URL(address)
  if (scheme === 'http' && !isLoopbackName(url.hostname)) {
    throw new StepFailure(`${input} must be https; http is for loopback addresses only`)
  }
  return { origin: url.origin, host: url.host, hostname: url.hostname, path }
}

/** Parses a host without a path, for programs that do not support paths. */
export function parseHost(input: string, text: string): Place {
  const place = parsePlace(input, text)
  if (place.path !== '/') throw new StepFailure(`${input} must be a host, without a path`)
  return place
}
