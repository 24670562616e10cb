/** What the front tells the Worker about the connection of a request. */
import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import type { FrontConnection } from '../../protocol/self-hosted/front.ts'
import { findClientAddress, type TrustedProxies } from './client-address.ts'

/** Returns undefined when the client has left: its address is unknown then. */
export function describeConnection(
  { socket, rawHeaders }: IncomingMessage,
  proxies: TrustedProxies,
): FrontConnection | undefined {
  const peer = socket.remoteAddress
  if (peer === undefined) return undefined
  // Not `headersDistinct`: before Node 22.22, a field named `constructor` makes reading it throw.
  const forwardedFor = rawHeaders.filter(
    (_value, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === 'x-forwarded-for',
  )
  const ip = findClientAddress(peer, forwardedFor, proxies)
  if (!(socket instanceof TLSSocket)) return { ip }
  const tls = socket.getProtocol()
  const certificate = readCertificate(socket)
  return {
    ip,
    ...(tls === null ? {} : { tls }),
    ...(certificate === undefined ? {} : { certificate }),
  }
}

/** A proxy in front would present its own certificate, so only the client's own connection counts. */
function readCertificate(socket: TLSSocket): string | undefined {
  if (!socket.authorized) return undefined
  const { fingerprint256 } = socket.getPeerCertificate()
  return fingerprint256?.replaceAll(':', '').toLowerCase()
}
