/** What the front tells the Worker about the connection of a request. */
import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import type { FrontConnection } from '../../protocol/self-hosted/front.ts'
import { findClientAddress, type TrustedProxies } from './client-address.ts'

export function describeConnection(
  { socket, headersDistinct }: IncomingMessage,
  proxies: TrustedProxies,
): FrontConnection {
  const forwardedFor = headersDistinct['x-forwarded-for'] ?? []
  const ip = findClientAddress(socket.remoteAddress ?? '', forwardedFor, proxies)
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
