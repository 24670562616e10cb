/**
 * Finds the address of the client of a request. Only proxies that the operator names may speak for
 * a client, and only by `X-Forwarded-For`. The header `Forwarded` is not read: two headers could
 * name two clients.
 */
import { BlockList, isIP } from 'node:net'
import {
  LEAST_PROXY_BITS_IPV4,
  LEAST_PROXY_BITS_IPV6,
  LEAST_PROXY_BITS_MAPPED,
  MAX_FORWARDED_HOPS,
} from '../limits.ts'

export type TrustedProxies = { readonly has: (address: string) => boolean }

/**
 * Returns undefined if a text is neither an address nor a network such as `10.0.0.0/8`, or if a network
 * is wider than those that one operator has. Callers in a wider one could name their own address.
 */
export function parseProxies(texts: readonly string[]): TrustedProxies | undefined {
  const list = new BlockList()
  for (const text of texts) {
    const [address = '', length, ...rest] = text.replace(/^\[(.*)\]/, '$1').split('/')
    const family = isIP(address)
    const bits = Number(length ?? (family === 4 ? 32 : 128))
    const isNumber = length === undefined || /^[0-9]{1,3}$/.test(length)
    if (family === 0 || rest.length > 0 || !isNumber) return undefined
    if (bits > (family === 4 ? 32 : 128) || bits < leastBits(address)) return undefined
    list.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6')
    // A network such as `::/8` also has every IPv4 address, in its form within IPv6.
    if (family === 6 && bits < LEAST_PROXY_BITS_MAPPED && hasMapped(address, bits)) return undefined
  }
  return {
    has: (address) => list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6'),
  }
}

function leastBits(address: string): number {
  if (isIP(address) === 4) return LEAST_PROXY_BITS_IPV4
  const isMapped = isIP(normalizeAddress(address) ?? '') === 4
  return isMapped ? LEAST_PROXY_BITS_MAPPED : LEAST_PROXY_BITS_IPV6
}

function hasMapped(address: string, bits: number): boolean {
  const network = new BlockList()
  network.addSubnet(address, bits, 'ipv6')
  return network.check('::ffff:0:0', 'ipv6')
}

/**
 * Returns the last address that a trusted proxy did not name as its own: from right to left, each
 * trusted proxy says who connected to it. What stands further left was written by the client. If a
 * proxy wrote something else than an address, the proxy itself is the client.
 */
export function findClientAddress(
  peer: string,
  forwardedFor: readonly string[],
  proxies: TrustedProxies,
): string {
  let client = normalizeAddress(peer) ?? peer
  const hops = forwardedFor.join(',').split(',')
  for (let left = MAX_FORWARDED_HOPS; left > 0 && hops.length > 0; left -= 1) {
    if (isIP(client) === 0 || !proxies.has(client)) return client
    const named = normalizeAddress(hops.pop()?.trim() ?? '')
    if (named === undefined) return client
    client = named
  }
  return client
}

/**
 * Returns an IPv4 address or an IPv6 address in its shortest form, without port, brackets and zone.
 * An IPv4 address within IPv6 becomes IPv4, so that a client has one address.
 */
export function normalizeAddress(text: string): string | undefined {
  const bare =
    /^\[([0-9a-f:.]+)\](?::[0-9]{1,5})?$/i.exec(text)?.[1] ??
    /^([0-9.]+):[0-9]{1,5}$/.exec(text)?.[1] ??
    text.replace(/%.*$/, '')
  const family = isIP(bare)
  if (family === 4) return bare
  if (family === 0) return undefined
  const short = new URL(`http://[${bare}]`).hostname.slice(1, -1)
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(short) ?? []
  if (high === undefined || low === undefined) return short
  const [first, second] = [Number.parseInt(high, 16), Number.parseInt(low, 16)]
  return [first >> 8, first & 255, second >> 8, second & 255].join('.')
}
