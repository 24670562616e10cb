/**
 * The grammar of a `Host` header (RFC 9110 §7.2), and the one list of hosts that mean this machine.
 * Which hosts a server accepts, and where plain http is allowed, is decided by its callers.
 */

/** A DNS name is at most 253 characters; brackets and a port come on top. */
const LONGEST = 262
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)\.?(:[0-9]{1,5})?$/

/** A host in lower case, without the dot at its end. An IPv6 address keeps its brackets. */
export type Host = {
  readonly name: string
  /** `name:port`, or the name alone where there is no port. */
  readonly nameAndPort: string
}

/** Undefined for everything that is not a host with an optional port: a path, user, query or list. */
export function parseHost(text: string): Host | undefined {
  if (text.length > LONGEST) return undefined
  const [, name, port = ''] = HOST.exec(text.toLowerCase()) ?? []
  return name === undefined ? undefined : { name, nameAndPort: `${name}${port}` }
}

/** The hosts of a list that separates them by spaces or commas. */
export function splitHosts(list: string): readonly string[] {
  return list.split(/[\s,]+/).filter((host) => host !== '')
}

/**
 * Loopback names resolve to this machine for every resolver, so no website can own one of them.
 * Takes the host of a `Host` header or of a URL; an IPv6 address may have brackets.
 */
export function isLoopbackName(name: string): boolean {
  const bare = name.replace(/^\[|\]$/g, '')
  return bare === 'localhost' || bare === '::1' || /^127(?:\.[0-9]{1,3}){3}$/.test(bare)
}

/** Whether a server that listens on loopback or is known by one of these hosts is meant. */
export function isKnownHost(host: Host, known: readonly string[]): boolean {
  return isLoopbackName(host.name) || known.includes(host.name) || known.includes(host.nameAndPort)
}

/** As it stands in a URL: an IPv6 address in brackets. Brackets that are there stay. */
export function renderHost(address: string): string {
  return address.includes(':') && !address.startsWith('[') ? `[${address}]` : address
}
