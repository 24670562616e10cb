/** Forwards a WebSocket: adds the token to the handshake, then relays bytes in both directions. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { makeCredentials } from '../../../client/in-house.ts'
import type { KeptToken } from '../token-keeper.ts'
import type { Refusal } from './admission.ts'
import { asksForNonce, type ForwardPorts, urlOf } from './forward.ts'
import { type Fields, fieldsDown, fieldsUp, hasBody } from './headers.ts'
import { NO_TOKEN, refuseSocket, UPSTREAM_DOWN, UPSTREAM_SLOW } from './respond.ts'
import type { Destination } from './routes.ts'
import { openRequest, TooSlow } from './upstream.ts'

const NOT_A_WEBSOCKET: Refusal = {
  status: 400,
  title: 'Bad Request',
  detail: 'this proxy supports no upgrade other than websocket, by GET',
}

export function isWebSocket({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers.upgrade?.trim().toLowerCase() === 'websocket'
}

export async function forwardUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  destination: Destination,
  ports: ForwardPorts,
): Promise<void> {
  if (!isWebSocket(request) || request.method !== 'GET' || hasBody(request)) {
    refuseSocket(socket, NOT_A_WEBSOCKET)
    return
  }
  let token: KeptToken
  try {
    token = await ports.tokens.take()
  } catch {
    refuseSocket(socket, NO_TOKEN)
    return
  }
  await openTunnel({ request, socket, head, destination, ports, token }, true)
}

type Tunnel = {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
  readonly destination: Destination
  readonly ports: ForwardPorts
  readonly token: KeptToken
}

/** Sends the handshake, and once more if the upstream asks for a nonce: it has no body. */
async function openTunnel(tunnel: Tunnel, mayRepeat: boolean): Promise<void> {
  const { request, socket, head, destination, ports, token } = tunnel
  const target = { method: 'GET', url: urlOf(destination) }
  const credentials = await makeCredentials(target, token.accessToken, ports)
  // The client has disconnected meanwhile, so no event would end the request to the upstream.
  if (socket.destroyed || socket.readableEnded) {
    socket.destroy()
    return
  }
  const sent = openRequest({
    destination,
    method: 'GET',
    fields: fieldsUp(request),
    credentials,
    pseudonym: ports.pseudonym,
    agent: ports.agents.forUpgrade(destination.upstream),
  })
  sent.setHeader('connection', 'Upgrade')
  sent.setHeader('upgrade', 'websocket')
  const leave = () => sent.destroy()
  let isAnswered = false
  // A client that closes its connection only ends it, because nothing has read the socket yet.
  socket.once('close', leave).once('end', leave)
  sent.on('error', (error) => {
    if (isAnswered) socket.destroy()
    else refuseSocket(socket, error instanceof TooSlow ? UPSTREAM_SLOW : UPSTREAM_DOWN)
  })
  sent.once('upgrade', (answer, upstream, upstreamHead) => {
    isAnswered = true
    socket.off('close', leave).off('end', leave)
    asksForNonce(answer, destination, ports)
    const fields = fieldsDown(answer)
    socket.write(
      renderHead(answer, fields, ['Connection: Upgrade', 'Upgrade: websocket']),
      'latin1',
    )
    join(socket, upstream)
    socket.write(upstreamHead)
    upstream.write(head)
  })
  sent.once('response', (answer) => {
    isAnswered = true
    if (asksForNonce(answer, destination, ports) && mayRepeat) {
      answer.resume()
      socket.off('close', leave).off('end', leave)
      openTunnel(tunnel, false).catch(() => socket.destroy())
      return
    }
    if (answer.statusCode === 401) void ports.tokens.replace(token)
    socket.write(renderHead(answer, fieldsDown(answer), ['Connection: close']), 'latin1')
    answer.on('error', () => socket.destroy())
    answer.pipe(socket)
  })
  sent.end()
}

/** Connects two sockets. When one ends or fails, the other is closed. */
function join(one: Duplex, other: Duplex): void {
  one.on('error', () => other.destroy()).once('close', () => other.destroy())
  other.on('error', () => one.destroy()).once('close', () => one.destroy())
  one.pipe(other)
  other.pipe(one)
}

function renderHead(answer: IncomingMessage, fields: Fields, own: readonly string[]): string {
  const lines = [...fields.values()].flatMap(({ name, values }) =>
    values.map((value) => `${name}: ${value}`),
  )
  const status = `HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`
  return `${[status, ...lines, ...own].join('\r\n')}\r\n\r\n`
}
