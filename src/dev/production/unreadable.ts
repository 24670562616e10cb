/**
 * Answers requests that Node does not pass on: those that are not HTTP, and `CONNECT`. Node itself
 * sends a status line without a reason, or closes the connection. What can be read is refused in
 * `front.ts`.
 */
import type { ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { linger } from '../early-answer/end-answer.ts'
import { MAX_REQUEST_HEAD_BYTES } from '../limits.ts'
import { describeRefusal } from './relay.ts'

/** By the code of Node's error. */
const REFUSALS: ReadonlyMap<string | undefined, readonly [status: number, detail: string]> =
  new Map([
    [
      'HPE_HEADER_OVERFLOW',
      [431, `the head of a request may have at most ${MAX_REQUEST_HEAD_BYTES} bytes`],
    ],
    ['HPE_CHUNK_EXTENSIONS_OVERFLOW', [413, 'the chunk extensions are too long']],
    ['ERR_HTTP_REQUEST_TIMEOUT', [408, 'the request took too long to arrive']],
  ])

/**
 * Returns a handler of `clientError`, which Node calls again for what follows on the connection.
 * `open` are the answers that have not ended.
 */
export function createRefuseUnreadable(open: Iterable<ServerResponse>) {
  const refused = new WeakSet<Duplex>()
  return function refuseUnreadable({ code }: NodeJS.ErrnoException, socket: Duplex): void {
    if (refused.has(socket)) return
    refused.add(socket)
    const waiting = [...open].filter(({ req }) => req.socket === socket)
    const [status, detail] = REFUSALS.get(code) ?? [400, 'the request is not valid HTTP/1.1']
    if (waiting.length > 0 && socket.writable && waiting.every(({ req }) => req.complete)) {
      endAfter(waiting, socket)
    } else if (waiting.length > 1 || waiting.some(({ headersSent }) => headersSent)) {
      socket.destroy()
    } else {
      send(socket, status, detail)
    }
  }
}

/**
 * Lets earlier requests of the connection get their answers. A refusal would be read as one of them.
 */
function endAfter(waiting: readonly ServerResponse[], socket: Duplex): void {
  const last = waiting.at(-1)
  if (last === undefined) return
  last.shouldKeepAlive = false
  // The fields of its answer may have been sent.
  last.once('close', () => socket.end())
}

/** A handler of `connect`: the gateway is no proxy. */
export function refuseConnect(_request: unknown, socket: Duplex): void {
  socket.on('error', () => socket.destroy())
  send(socket, 405, 'the gateway is no proxy', { allow: 'GET, HEAD, POST, PUT' })
}

function send(
  socket: Duplex,
  status: number,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (!(socket instanceof Socket) || !socket.writable) {
    socket.destroy()
    return
  }
  const { title, fields, body } = describeRefusal(status, detail, headers)
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    ...Object.entries(fields).map(([name, value]) => `${name}: ${value}`),
    'connection: close',
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  linger(socket)
}
