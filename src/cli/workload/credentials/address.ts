/**
 * Which addresses a token may go to: https anywhere, http on this machine alone, and of those only
 * the hosts that were listed. A tool asks for whatever address a URL, a submodule or an image name
 * leads it to.
 */
import { isLoopbackName } from '../../../web/host.ts'
import { usageFailure } from '../../shell/failure.ts'

/** A host as it stands in URLs, with a port where it is not the usual one. */
const HOST = /^(?:[a-z0-9_](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?$/i

/** Says what is wrong with an address that a token is sent to, or nothing. */
export function findAddressFault(text: string): string | undefined {
  if (!URL.canParse(text)) return 'must be a URL'
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') return 'must not contain a user name or password'
  if (/[?#]/.test(text)) return 'must have no query and no fragment'
  if (isAllowedScheme(url)) return undefined
  return 'must be https; http is for loopback addresses only'
}

function isAllowedScheme({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && isLoopbackName(hostname))
}

/** The listed hosts in the form of `hostOf`. A list that is empty or odd is a mistake. */
export function readHosts(what: string, hosts: readonly string[]): ReadonlySet<string> {
  if (hosts.length === 0) throw usageFailure(`${what} is required`)
  return new Set(
    hosts.map((host) => {
      const url = parseHost('https', host)
      if (url === undefined) {
        throw usageFailure(`${what} must be host names such as git.example.com or localhost:3000`)
      }
      return url.host
    }),
  )
}

/** The address of a host under a scheme, or undefined where the two do not make one. */
export function parseHost(scheme: string, host: string): URL | undefined {
  if (!/^https?$/.test(scheme) || !HOST.test(host)) return undefined
  const text = `${scheme}://${host}`
  return URL.canParse(text) ? new URL(text) : undefined
}

/** Lists are compared without regard to the scheme, so http on a port of its own must name it. */
export function isListed(url: URL, hosts: ReadonlySet<string>): boolean {
  return isAllowedScheme(url) && hosts.has(url.host)
}
