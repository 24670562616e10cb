/**
 * Decides which addresses a token may be sent to: listed hosts, by https, or by http on this
 * machine. A URL, a submodule or an image name can make a tool request a token for any address.
 */
import { isLoopbackName } from '../../../web/host.ts'
import { usageFailure } from '../../shell/failure.ts'

/** A host as in a URL, with its port if that is not the default port. */
const HOST = /^(?:[a-z0-9_](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?$/i

/** Returns what is wrong with an address for a token, or undefined. */
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

/** Returns the listed hosts as `URL.host` writes them. Refuses an empty list and invalid hosts. */
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

/** Returns the URL of a host with a scheme, or undefined when they do not form a valid URL. */
export function parseHost(scheme: string, host: string): URL | undefined {
  if (!/^https?$/.test(scheme) || !HOST.test(host)) return undefined
  const text = `${scheme}://${host}`
  return URL.canParse(text) ? new URL(text) : undefined
}

/** Tells whether a host is listed. The scheme does not count: a port other than 80 or 443 does. */
export function isListed(url: URL, hosts: ReadonlySet<string>): boolean {
  return isAllowedScheme(url) && hosts.has(url.host)
}
