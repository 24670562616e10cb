/**
 * Checks the URL of a gateway. Tokens are sent in the body of requests to it, so every scheme except
 * https is refused. Plain http is accepted only for loopback addresses.
 */
import { isLoopbackName } from '../../web/host.ts'
import { OptionError } from '../option-error.ts'

const SCHEME_FAULT = 'must be https; http is for loopback addresses only'

/** Describes what is wrong with the URL of a gateway. Returns undefined for a valid URL. */
export function findGatewayUrlFault(text: string): string | undefined {
  if (!URL.canParse(text)) return 'must be the URL of a gateway'
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') return 'must not contain a user name or password'
  if (/[?#]/.test(text)) return 'must have no query and no fragment'
  if (url.hostname.endsWith('.')) return 'must have no dot at the end of its host'
  return findSchemeFault(url)
}

/** Refuses http except for loopback addresses. `isLocal` allows http for another local address. */
export function findSchemeFault({ protocol, hostname }: URL, isLocal = false): string | undefined {
  if (protocol === 'https:') return undefined
  const isLoopback = isLocal || isLoopbackName(hostname)
  return protocol === 'http:' && isLoopback ? undefined : SCHEME_FAULT
}

/**
 * Returns the canonical spelling of a gateway's URL, which is its issuer: a lower-case host, no
 * default port and no trailing slash. Requests and the audience of the subject token use it. Throws
 * `TypeError` for an invalid URL.
 */
export function canonicalGatewayUrl(text: string): string {
  const fault = typeof text === 'string' ? findGatewayUrlFault(text) : 'must be a string'
  if (fault !== undefined) throw new OptionError(`url ${fault}`)
  return new URL(text).href.replace(/\/+$/, '')
}

/** Returns the URL of a gateway's endpoint. Throws `TypeError` for an invalid gateway URL. */
export function endpointUrl(gatewayUrl: string, path: string): string {
  return canonicalGatewayUrl(gatewayUrl) + path
}
