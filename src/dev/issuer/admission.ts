/**
 * Decides which requests a local server accepts: those that name one of its hosts. A page in a
 * browser can reach every loopback address, by its own DNS name (DNS rebinding) or by a host of the
 * server.
 */
import type { IncomingMessage } from 'node:http'
import { networkInterfaces } from 'node:os'
import { isForeignPage } from '../../protocol/foreign-page.ts'
import { isKnownHost, parseHost, renderHost } from '../../web/host.ts'
import { settleTarget } from '../production/target.ts'

/** Lists the hosts of a listening address. For a wildcard, lists all addresses of this machine. */
export function listOwnHosts(address: string): readonly string[] {
  if (address !== '0.0.0.0' && address !== '::') return [renderHost(address.toLowerCase())]
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ address: own }) => !own.includes('%'))
    .map(({ address: own }) => renderHost(own.toLowerCase()))
}

/**
 * Returns the URL by which this machine reaches a server. A wildcard becomes a loopback address.
 */
export function reachableUrl(address: string, port: number): string {
  const reachable = { '0.0.0.0': '127.0.0.1', '::': '::1' }[address] ?? address
  // `origin` leaves out port 80, as an issuer URL must.
  return new URL(`http://${renderHost(reachable)}:${port}`).origin
}

export type HostRefusal = { readonly status: number; readonly message: string }

/**
 * Refuses unknown hosts. Lets pages of other origins read documents, but not make or change any. The
 * target of an accepted request is a path, also if it was absolute.
 */
export function refuseRequest(
  request: IncomingMessage,
  hosts: readonly string[],
): HostRefusal | undefined {
  // Node reads a request line of `HTTP/2.0` too, as one of HTTP/1.1.
  if (request.httpVersionMajor !== 1) return { status: 505, message: 'use HTTP/1.1' }
  const fault = settleTarget(request)
  const { headers, method } = request
  const host = parseHost(headers.host ?? '')
  if (fault !== undefined || host === undefined) {
    return { status: 400, message: 'the Host header must be one host with an optional port' }
  }
  if (!isKnownHost(host, hosts)) {
    const message = 'this issuer is not known by that host; --allow-host adds one'
    return { status: 421, message }
  }
  if (method === 'GET' || method === 'HEAD') return undefined
  const page = { origin: headers.origin, site: [headers['sec-fetch-site']].flat()[0] }
  if (!isForeignPage(page, [`http://${host.nameAndPort}`])) return undefined
  return { status: 403, message: 'pages of other origins may not use this issuer' }
}
