/**
 * The listening socket of a local gateway. It relays bytes between a client and workerd, and reads only
 * whether the first are a `CONNECT`. It limits the number of connections and their silence, and answers
 * 503 while workerd is down. workerd itself has no such limits, and ends when it runs out of descriptors.
 */
import { createServer, type Server, Socket } from 'node:net'
import { linger } from '../early-answer/end-answer.ts'
import { keepReadable } from '../early-answer/keep-readable.ts'
import { refuseOnSocket } from '../early-answer/problem.ts'
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

/** The refusal of `CONNECT`, with and without `--production`. */
export const NO_TUNNEL = 'the gateway is no proxy'
export const GATEWAY_METHODS = 'GET, HEAD, POST, PUT'
const CONNECT = 'CONNECT '

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
  readMethod(client, (isConnect) => {
    client.setTimeout(options.silenceMilliseconds)
    if (isConnect) {
      refuseOnSocket(client, 405, NO_TUNNEL, { allow: GATEWAY_METHODS })
      return
    }
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
  client.setTimeout(REFUSAL_MILLISECONDS, () => client.destroy())
  refuseOnSocket(client, 503, detail)
}

/**
 * Calls `decide` once it is known whether the first request is a `CONNECT`, which may arrive in parts.
 * workerd answers it with 500. A client that wants a tunnel sends it first on its connection.
 */
function readMethod(client: Socket, decide: (isConnect: boolean) => void): void {
  let first = Buffer.alloc(0)
  const read = () => {
    const more: Buffer | null = client.read()
    first = Buffer.concat([first, more ?? Buffer.alloc(0)])
    const begin = first.subarray(0, CONNECT.length).toString('latin1')
    const isOpen = more !== null && begin.length < CONNECT.length && CONNECT.startsWith(begin)
    if (isOpen) return
    client.off('readable', read)
    // After its end, a client has sent no whole request.
    if (more === null && first.length > 0) client.destroy()
    else {
      if (more !== null) client.unshift(first)
      decide(begin === CONNECT)
    }
  }
  client.on('readable', read)
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
