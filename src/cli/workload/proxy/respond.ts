/** The errors of the proxy itself: problem details (RFC 9457), as HTTP responses or on a socket. */
import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Refusal } from './admission.ts'

export const NO_TOKEN: Refusal = {
  status: 503,
  title: 'Service Unavailable',
  detail: 'the proxy has no token now; its stderr says why',
}
export const NO_ROUTE: Refusal = {
  status: 404,
  title: 'Not Found',
  detail: 'no route of this proxy matches the path',
}
export const UPSTREAM_DOWN: Refusal = {
  status: 502,
  title: 'Bad Gateway',
  detail: 'the upstream cannot be reached, or closed the connection before it answered',
}
export const UPSTREAM_SLOW: Refusal = {
  status: 504,
  title: 'Gateway Timeout',
  detail: 'the upstream did not answer in time',
}
export const ENDING: Refusal = {
  status: 503,
  title: 'Service Unavailable',
  detail: 'the proxy is shutting down',
}

function renderProblem(refusal: Refusal) {
  const body = JSON.stringify({ type: 'about:blank', ...refusal })
  const headers: Record<string, string> = {
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(refusal.status === 503 ? { 'retry-after': '1' } : {}),
  }
  return { body, headers }
}

/** Sends a refusal. Closes the connection if an unread body could be taken for the next request. */
export function refuse(response: ServerResponse, refusal: Refusal, isBodyUnread: boolean): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  // Nothing may be left of an answer of the upstream that could not be sent.
  for (const name of response.getHeaderNames()) response.removeHeader(name)
  response.sendDate = true
  const { body, headers } = renderProblem(refusal)
  if (isBodyUnread) response.shouldKeepAlive = false
  response.writeHead(refusal.status, STATUS_CODES[refusal.status] ?? refusal.title, headers)
  response.end(body)
}

export function refuseSocket(socket: Duplex, refusal: Refusal): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const { body, headers } = renderProblem(refusal)
  const lines = Object.entries({ ...headers, connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  )
  const status = `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? refusal.title}\r\n`
  socket.end(`${status}${lines.join('')}\r\n${body}`)
}
