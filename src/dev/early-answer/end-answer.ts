/**
 * Lets a client that is still sending read an answer that came early, as 413 does. A connection that
 * is closed with unread data is reset, and the client loses its answer (RFC 9112 §9.6). So what the
 * client still sends is read and discarded, within limits of bytes and time.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { LINGER_MILLISECONDS, MAX_LINGER_BYTES } from '../limits.ts'

/** Ends the answer on a socket, discards what the client still sends, and closes the connection. */
export function linger(client: Socket): void {
  if (client.destroyed) return
  limitRest(client, client)
  client.once('end', () => client.destroySoon())
  client.end(() => {
    const timer = setTimeout(() => client.destroy(), LINGER_MILLISECONDS)
    client.once('close', () => clearTimeout(timer))
    if (client.readableEnded) client.destroy()
  })
  client.resume()
}

/**
 * Ends an answer when all of its request was read. Beyond the limits, the connection is closed, so
 * that the rest of a body is never taken for the next request.
 */
export function endAnswer(response: ServerResponse, body?: string): void {
  const request: IncomingMessage = response.req
  if (response.destroyed) return
  request.unpipe()
  request.resume()
  if (request.readableEnded || !hasBody(request)) {
    response.end(body)
    return
  }
  limitRest(request, request.socket)
  let timer: NodeJS.Timeout | undefined
  request.once('end', () => response.end())
  response.once('close', () => clearTimeout(timer))
  const close = () => response.end(() => request.socket.destroySoon())
  // The time counts from when the client could read the answer.
  response.write(body ?? Buffer.alloc(0), () => {
    if (!response.destroyed) timer = setTimeout(close, LINGER_MILLISECONDS)
  })
  // Node sends it only later, and not at all if a malformed body follows.
  response.socket?.uncork()
}

/** Discards what arrives, and closes the connection beyond the limit. */
function limitRest(rest: Readable, connection: Socket): void {
  let left = MAX_LINGER_BYTES
  rest.on('data', ({ length }: Buffer) => {
    left -= length
    if (left < 0) connection.destroy()
  })
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
}
