/** Refusals of a local server: problem details (RFC 9457), never with text of the caller. */
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { RETRY_AFTER_SECONDS } from '../../core/limits.ts'
import { linger } from './end-answer.ts'

type Fields = Readonly<Record<string, string>>

/** The title, the header fields and the body of a refusal. */
export function describeRefusal(status: number, detail: string, headers: Fields = {}) {
  const title = STATUS_CODES[status] ?? ''
  const body = JSON.stringify({ type: 'about:blank', title, status, detail })
  const fields: Fields = {
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 503 ? { 'retry-after': String(RETRY_AFTER_SECONDS) } : {}),
    ...headers,
  }
  return { title, fields, body }
}

/** Writes a refusal to a connection that has no parser, and closes it. */
export function refuseOnSocket(
  socket: Socket,
  status: number,
  detail: string,
  headers: Fields = {},
): void {
  const { title, fields, body } = describeRefusal(status, detail, headers)
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    ...Object.entries(fields).map(([name, value]) => `${name}: ${value}`),
    'connection: close',
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  linger(socket)
}
