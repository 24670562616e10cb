/**
 * Parses the `Host` header (RFC 9110 §7.2) and recognises loopback hosts. The callers decide which
 * hosts they accept and where plain http is allowed.
 */

/** A DNS name has at most 253 characters, plus brackets and a port. */
const LONGEST = 262
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)\.?(:[0-9]{1,5})?$/

/** A host in lower case, without a trailing dot. An IPv6 address keeps its brackets. */
export type Host = {
  readonly name: string
  /** `name:port`, or only the name if there is no port. */
  readonly nameAndPort: string
}

/**
 * Parses a host with an optional port. Returns undefined for any other text, such as one with a
 * path, user, query or list.
 */
export function parseHost(text: string): Host | undefined {
  if (text.length > LONGEST) return undefined
  const [, name, port = ''] = HOST.exec(text.toLowerCase()) ?? []
  return name === undefined ? undefined : { name, nameAndPort: `${name}${port}` }
}

/** Splits a list of hosts that are separated by spaces or commas. */
export function splitHosts(list: string): readonly string[] {
  return list.split(/[\s,]+/).filter((host) => host !== '')
}

/**
 * Whether a host is a loopback name. Every resolver resolves these names to this machine, so no
 * website can own one. The host comes from a `Host` header or a URL; an IPv6 address may have
 * brackets.
 */
export function isLoopbackName(name: string): boolean {
  const bare = name.replace(/^\[|\]$/g, '')
  return bare === 'localhost' || bare === '::1' || /^127(?:\.[0-9]{1,3}){3}$/.test(bare)
}

/** Whether the host is a loopback name or one of the known hosts. */
export function isKnownHost(host: Host, known: readonly string[]): boolean {
  return isLoopbackName(host.name) || known.includes(host.name) || known.includes(host.nameAndPort)
}

/** Returns an address in the form for a URL: an IPv6 address gets brackets if it has none. */
export function renderHost(address: string): string {
  return address.includes(':') && !address.startsWith('[') ? `[${address}]` : address
}
