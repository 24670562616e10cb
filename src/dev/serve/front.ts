/**
 * The listening socket of a local gateway. Bytes pass between a client and workerd unread. What
 * this file owns is the number of connections, how long they may be silent, and the answer while
 * workerd is away: workerd itself has no bound, and ends when its descriptors are used up.
 */
import { connect, createServer, type Server, type Socket } from 'node:net'
import { RETRY_AFTER_SECONDS } from '../../core/limits.ts'
import { MAX_REFUSALS, REFUSAL_MILLISECONDS } from '../limits.ts'

export type Upstream = { readonly host: string; readonly port: number }

export type FrontOptions = {
  /** 0 picks a free one. */
  readonly port: number
  readonly host: string
  readonly maxConnections: number
  /** Until the first byte of a connection. */
  readonly headMilliseconds: number
  /** Between two bytes, in either direction. */
  readonly silenceMilliseconds: number
  /** Where workerd listens. Rejects while there is none. */
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
  // workerd gets no connection before there is something to read on it.
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
  const upstream = connect({ ...address, allowHalfOpen: true, noDelay: true })
  upstream.on('error', (error: NodeJS.ErrnoException) => {
    // workerd resets a connection whose body it did not read to its end, and an answer may be lost
    // with it. Only the client knows what it asked: 503 would call a body that is too large a fault
    // of ours.
    if (error.code === 'ECONNRESET' || error.code === 'EPIPE') client.destroy()
    else refuse(client, 'the gateway is starting')
  })
  upstream.once('close', () => client.destroySoon())
  client.once('close', () => upstream.destroy())
  client.pipe(upstream)
  upstream.pipe(client)
}

/** One answer, whatever was asked, and the end of the connection. */
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
  // What was sent must be read, or closing would take the answer from the client.
  client.resume()
  client.once('end', () => client.destroySoon())
  client.end(`${head.join('\r\n')}\r\n\r\n${body}`)
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
