/**
 * Answers requests that Node does not pass on to a handler: those that are not HTTP, and `CONNECT`.
 * Node itself sends a status line without a reason, or closes the connection.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { linger } from './end-answer.ts'
import { refuseOnSocket } from './problem.ts'

export type UnreadableOptions = {
  /** The `maxHeaderSize` of the server. */
  readonly maxHeadBytes: number
  /** Why `CONNECT` is refused. */
  readonly noTunnel: string
  /** The methods of the server, as in `Allow`. */
  readonly allow: string
  /** The answers that have not ended. */
  readonly open: Iterable<ServerResponse>
}

/** The open answers of a server that does not list them itself. */
export function listOpen(server: Pick<Server, 'on'>): ReadonlySet<ServerResponse> {
  const open = new Set<ServerResponse>()
  server.on('request', (_request: IncomingMessage, response: ServerResponse) => {
    open.add(response)
    response.once('close', () => open.delete(response))
  })
  return open
}

/** By the code of Node's error. */
const REFUSALS: ReadonlyMap<string | undefined, readonly [status: number, detail: string]> =
  new Map([
    ['HPE_CHUNK_EXTENSIONS_OVERFLOW', [413, 'the chunk extensions are too long']],
    ['ERR_HTTP_REQUEST_TIMEOUT', [408, 'the request took too long to arrive']],
  ])
const NOT_HTTP = [400, 'the request is not valid HTTP/1.1'] as const

/** Sets how a server, with or without TLS, answers such requests. */
export function answerUnreadable(
  server: Pick<Server, 'on' | 'prependListener' | 'emit'> & { maxHeadersCount: number | null },
  { maxHeadBytes, noTunnel, allow, open }: UnreadableOptions,
): void {
  const refused = new WeakSet<Duplex>()
  // By default, Node hides the fields after the first 1,000 from a handler, but reads the body by them.
  // What is relayed without its length would be read as further requests (request smuggling).
  server.maxHeadersCount = 0
  // Node emits `clientError` for it too. Without a handshake, an answer waits for one forever.
  server.prependListener('tlsClientError', (_error: Error, socket: Duplex) => socket.destroy())
  const leave = (socket: Socket) => {
    socket.once('close', () => endUnsent(open, socket))
  }
  server.on('connection', leave).on('secureConnection', leave)
  // Otherwise Node refuses an unknown expectation, which may be ignored (RFC 9110 §10.1.1).
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    server.emit('request', request, response)
  })
  // Node takes what arrives together with such a request for another protocol, and discards it. The
  // rest of a request that was cut so would be read as one of its own (request smuggling).
  server.prependListener('request', ({ headers }: IncomingMessage, response: ServerResponse) => {
    if (headers.upgrade !== undefined) response.shouldKeepAlive = false
  })
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => socket.destroy())
    if (!endAfterOpen(open, socket)) send(socket, 405, noTunnel, { allow })
  })
  // Node emits it again for what follows on the connection.
  server.on('clientError', ({ code }: NodeJS.ErrnoException, socket: Duplex) => {
    if (refused.has(socket)) return
    refused.add(socket)
    const waiting = answersOn(socket, open)
    const tooLong = `the head of a request may have at most ${maxHeadBytes} bytes`
    const [status, detail] =
      code === 'HPE_HEADER_OVERFLOW' ? [431, tooLong] : (REFUSALS.get(code) ?? NOT_HTTP)
    // The body of the last one may be at fault. It gets no answer if an earlier one gets one.
    const whole = waiting.filter(({ req }) => req.complete)
    if (whole.length > 0 && socket.writable) endAfter(whole, socket)
    else if (waiting.some(({ headersSent }) => headersSent)) socket.destroy()
    else send(socket, status, detail)
  })
}

/**
 * Ends a connection that Node has handed over (`connect`, `upgrade`) after its earlier answers, if
 * there are open ones. Returns whether there are. What is written to it before would be read as one.
 */
export function endAfterOpen(open: Iterable<ServerResponse>, socket: Duplex): boolean {
  const waiting = answersOn(socket, open)
  endAfter(waiting, socket)
  return waiting.length > 0
}

/**
 * Returns whether an earlier answer is the last one of the connection. A request behind it must not
 * run, because it would get no answer (RFC 9112 §9.6). The connection ends after that answer.
 */
export function isBehindLast(open: Iterable<ServerResponse>, response: ServerResponse): boolean {
  const { socket } = response.req
  // Node ends the connection when such an answer is written.
  if (!socket.writable) return true
  // Node gives the connection to a response when no earlier one is open, as for nearly every request.
  if (response.socket !== null) return false
  const answers = answersOn(socket, open)
  const own = answers.indexOf(response)
  const earlier = own === -1 ? answers : answers.slice(0, own)
  const last = earlier.filter((one) => !one.shouldKeepAlive)
  endAfter(last, socket)
  return last.length > 0
}

/** Node does not close an answer that waits for an earlier one when its connection closes. */
function endUnsent(open: Iterable<ServerResponse>, socket: Duplex): void {
  for (const response of answersOn(socket, open)) {
    if (response.socket === null) response.destroy().emit('close')
  }
}

function answersOn(socket: Duplex, open: Iterable<ServerResponse>): readonly ServerResponse[] {
  return [...open].filter(({ req }) => req.socket === socket)
}

/**
 * Lets earlier requests of the connection get their answers. A refusal would be read as one of them.
 */
function endAfter(waiting: readonly ServerResponse[], socket: Duplex): void {
  const last = waiting.at(-1)
  if (last === undefined) return
  last.shouldKeepAlive = false
  // The fields of its answer may have been sent.
  last.once('close', () => {
    if (socket instanceof Socket) linger(socket)
  })
}

function send(
  socket: Duplex,
  status: number,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (socket instanceof Socket && socket.writable) refuseOnSocket(socket, status, detail, headers)
  else socket.destroy()
}
