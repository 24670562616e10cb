/**
 * Relays one request to workerd and its answer back. The length of a body is written anew, so that
 * both servers agree where a request ends (request smuggling).
 */
import {
  Agent,
  request as ask,
  type ClientRequestArgs,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { Socket, type SocketConstructorOpts, type TcpNetConnectOpts } from 'node:net'
import {
  FRONT_HEADER,
  type FrontConnection,
  formatFrontHeader,
} from '../../protocol/self-hosted/front.ts'
import { endAnswer } from '../early-answer/end-answer.ts'
import { keepReadable } from '../early-answer/keep-readable.ts'
import { describeRefusal } from '../early-answer/problem.ts'
import { closeUnasked } from '../early-answer/unasked.ts'
import { MAX_REUSED_BODY_BYTES, UPSTREAM_IDLE_MILLISECONDS } from '../limits.ts'
import type { Upstream } from '../serve/front.ts'

export type Relay = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly upstream: Upstream
  readonly agent: Agent
  readonly key: string
  readonly connection: FrontConnection
}

/** The fields of one connection (RFC 9110 §7.6.1), and those that Node or the front writes. */
const OWN_FIELDS = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  FRONT_HEADER,
])
/** A caller must not speak as the edge of Cloudflare or as Miniflare. */
const RESERVED = /^(?:cf-|mf-|edgemint-front)/

/** The connections to workerd, which are kept for further requests. */
export class UpstreamAgent extends Agent {
  constructor() {
    super({ keepAlive: true, timeout: UPSTREAM_IDLE_MILLISECONDS })
    closeUnasked(this)
  }

  override createConnection(options: ClientRequestArgs & SocketConstructorOpts): Socket {
    const socket = keepReadable(new Socket(options))
    socket.setTimeout(UPSTREAM_IDLE_MILLISECONDS)
    return socket.connect(options as TcpNetConnectOpts)
  }
}

export function relayRequest({ request, response, upstream, agent, key, connection }: Relay): void {
  if (response.destroyed) return
  const outgoing = ask({
    ...upstream,
    agent,
    method: request.method,
    path: request.url,
    headers: [...requestFields(request), FRONT_HEADER, formatFrontHeader(key, connection)],
  })
  let bytes = 0
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
  })
  outgoing.once('response', (answer) => {
    const { socket } = answer
    // Tell a client that is still sending that it can stop.
    if (!request.complete) response.shouldKeepAlive = false
    try {
      response.writeHead(answer.statusCode ?? 502, fieldsOf(answer))
    } catch {
      // Node reads a status such as 000, and does not write it.
      outgoing.destroy()
      refuse(response, 502, 'the answer of the gateway is not valid HTTP')
      return
    }
    answer.pipe(response, { end: false })
    answer.once('error', () => response.destroy())
    answer.once('end', () => {
      // workerd closes a connection without notice after an answer to a body that it has not read.
      // A further request there would be lost.
      if (!outgoing.writableFinished || bytes > MAX_REUSED_BODY_BYTES) socket.destroy()
      endAnswer(response)
    })
  })
  outgoing.once('error', (error: NodeJS.ErrnoException) => {
    // workerd resets a connection when it has not read the whole body, which can lose its answer.
    // Answering 503 would report a body that is too large as a fault of the gateway.
    const isCut = error.code === 'ECONNRESET' || error.code === 'EPIPE'
    if (response.headersSent || (isCut && !request.complete)) response.destroy()
    else refuse(response, 503, 'the gateway is starting')
  })
  // Node closes a request without an answer or an error when its answer is an upgrade.
  outgoing.once('close', () => refuse(response, 502, 'the gateway gave no answer'))
  response.once('close', () => {
    if (!response.writableFinished) outgoing.destroy()
  })
  request.pipe(outgoing)
}

function requestFields(request: IncomingMessage): readonly string[] {
  const { headers, method } = request
  const fields = fieldsOf(request)
  // `findFramingFault` accepts only `chunked`, with no length beside it.
  if (headers['transfer-encoding'] !== undefined) {
    return [...fields, 'transfer-encoding', 'chunked']
  }
  const mayHaveBody = method !== 'GET' && method !== 'HEAD' && method !== 'DELETE'
  const isEmpty = headers['content-length'] === undefined && mayHaveBody
  return isEmpty ? [...fields, 'content-length', '0'] : fields
}

function fieldsOf({ rawHeaders }: IncomingMessage): string[] {
  const fields: string[] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2)
    const own = name.toLowerCase()
    if (!OWN_FIELDS.has(own) && !RESERVED.test(own)) fields.push(name, value)
  }
  return fields
}

/** Answers with problem details. */
export function refuse(
  response: ServerResponse,
  status: number,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent || response.destroyed) return
  const { fields, body } = describeRefusal(status, detail, headers)
  response.writeHead(status, fields)
  endAnswer(response, body)
}
