/**
 * The listening socket of a local gateway. It relays bytes between a client and workerd without
 * reading them. It limits the number of connections and their silence, and answers 503 while
 * workerd is down. workerd itself has no such limits, and ends when it runs out of descriptors.
 */
import { createServer, type Server, Socket } from 'node:net'
import { RETRY_AFTER_SECONDS } from '../../core/limits.ts'
import { linger } from '../early-answer/end-answer.ts'
import { keepReadable } from '../early-answer/keep-readable.ts'
import { MAX_REFUSALS, REFUSAL_MILLISECONDS } from '../limits.ts'

export type Upstream = { readonly host: string; readonly port: number }

export type FrontOptions = {
  /** 0 picks a free port. */
  readonly port: number
  readonly host: string
  readonly maxConnections: number
  /** The longest wait for the first byte of a connection. */
  readonly headMilliseconds: number
  /** The longest silence between two bytes, in either direction. */
  readonly silenceMilliseconds: number
  /** Returns where workerd listens. Rejects while workerd is down. */
  readonly findUpstream: () => Promise<Upstream>
}

export type Front = { readonly port: number; readonly close: () => Promise<void> }

/** Rejects with the error of the system when the address cannot be used. */
export async function openFront(options: FrontOptions): Promise<Front> {
  const open = new Set<Socket>()
  let served = 0
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    open.add(client)
    client.on('error', () => client.destroy())
    client.once('close', () => open.delete(client))
    if (served >= options.maxConnections) {
      refuse(client, 'too many connections are open')
      return
    }
    served += 1
    client.once('close', () => {
      served -= 1
    })
    serve(client, options)
  })
  server.maxConnections = options.maxConnections + MAX_REFUSALS
  return {
    port: await listen(server, options),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const client of open) client.destroy()
      }),
  }
}

function serve(client: Socket, options: FrontOptions): void {
  // Connect to workerd only when the client has sent data.
  client.setTimeout(options.headMilliseconds, () => client.destroy())
  client.once('readable', () => {
    client.setTimeout(options.silenceMilliseconds)
    options.findUpstream().then(
      (address) => relay(client, address),
      () => refuse(client, 'the gateway is starting'),
    )
  })
}

function relay(client: Socket, address: Upstream): void {
  if (client.destroyed) return
  const socket = keepReadable(new Socket({ allowHalfOpen: true }))
  const upstream = socket.setNoDelay(true).connect(address)
  let isReachable = true
  upstream.on('error', ({ code }: NodeJS.ErrnoException) => {
    // workerd resets a connection when it has not read the whole body.
    // Answering 503 would report a body that is too large as a fault of the gateway.
    isReachable = code === 'ECONNRESET' || code === 'EPIPE'
  })
  // workerd ends its side only after its last answer, and reads nothing more.
  upstream.once('end', () => upstream.destroy())
  upstream.once('close', () => {
    client.unpipe(upstream)
    if (isReachable) linger(client)
    else refuse(client, 'the gateway is starting')
  })
  client.once('close', () => upstream.destroy())
  client.pipe(upstream)
  upstream.pipe(client)
}

/** Answers any request with 503 and closes the connection. */
function refuse(client: Socket, detail: string): void {
  if (client.destroyed || client.writableEnded) return
  const body = JSON.stringify({
    type: 'about:blank',
    status: 503,
    title: 'Service Unavailable',
    detail,
  })
  const head = [
    'HTTP/1.1 503 Service Unavailable',
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'x-content-type-options: nosniff',
    `retry-after: ${RETRY_AFTER_SECONDS}`,
    'connection: close',
  ]
  client.setTimeout(REFUSAL_MILLISECONDS, () => client.destroy())
  client.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  linger(client)
}

function listen(server: Server, { port, host }: FrontOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}
