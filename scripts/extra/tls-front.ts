/**
 * Starts TLS in front of a gateway that starts later, because its issuer URL contains the port of
 * this server. For programs that accept only `https` issuers.
 */
import { mkdirSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { makeCertificates } from './certificates.ts'

type TlsFront = {
  readonly url: string
  /** The gateway. Requests that arrive before it is set fail. */
  target: URL | undefined
  readonly close: () => void
}

/** `certificate` is the path of the certificate of the authority. */
export async function startTlsFront(
  scratch: string,
): Promise<{ readonly front: TlsFront; readonly certificate: string }> {
  const folder = join(scratch, 'certificates')
  mkdirSync(folder)
  const certificates = makeCertificates(folder)
  const { cert, key } = certificates.gateway
  const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `https://localhost:${(server.address() as AddressInfo).port}`
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  const front: TlsFront = { url, target: undefined, close }
  server.on('request', (incoming, answer) => {
    const { method, url: path, headers } = incoming
    const { hostname, port } = front.target ?? new URL(url)
    const outgoing = request({ hostname, port, method, path, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers)
      response.pipe(answer)
    })
    outgoing.once('error', () => answer.destroy())
    incoming.pipe(outgoing)
  })
  return { front, certificate: certificates.authority }
}
