/**
 * Which gateway the client may talk to. Tokens travel in the body of these requests, so anything
 * but https is refused, except to this machine.
 */
import { isLoopbackName } from '../../web/host.ts'
import { OptionError } from '../option-error.ts'

const SCHEME_FAULT = 'must be https; http is for loopback addresses only'

/** Says what is wrong with the URL of a gateway, or nothing. */
export function findGatewayUrlFault(text: string): string | undefined {
  if (!URL.canParse(text)) return 'must be the URL of a gateway'
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password'
  if (/[?#]/.test(text)) return 'must have no query and no fragment'
  if (url.hostname.endsWith('.')) return 'must have no dot at the end of its host'
  return findSchemeFault(url)
}

/** Plain http is for this machine; `isLocal` lets more of it in. */
export function findSchemeFault({ protocol, hostname }: URL, isLocal = false): string | undefined {
  if (protocol === 'https:') return undefined
  const isLoopback = isLocal || isLoopbackName(hostname)
  return protocol === 'http:' && isLoopback ? undefined : SCHEME_FAULT
}

/**
 * The one spelling of a gateway's URL, which is its issuer: lower-case host, no default port, no
 * slash at the end. Requests and the audience of the subject token are made of it. Throws
 * `TypeError` for a bad URL.
 */
export function canonicalGatewayUrl(text: string): string {
  const fault = typeof text === 'string' ? findGatewayUrlFault(text) : 'must be text'
  if (fault !== undefined) throw new OptionError(`url ${fault}`)
  return new URL(text).href.replace(/\/+$/, '')
}

/** The address of one endpoint below the URL of a gateway. Throws `TypeError` for a bad URL. */
export function endpointUrl(gatewayUrl: string, path: string): string {
  return canonicalGatewayUrl(gatewayUrl) + path
}
