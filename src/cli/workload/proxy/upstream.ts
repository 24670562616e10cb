/** Opens one request to an upstream, with the credentials and the forwarded fields. */
import http from 'node:http'
import https from 'node:https'
import { ANSWER_MILLISECONDS, CONNECT_MILLISECONDS, MAX_HEAD_BYTES } from '../../shell/limits.ts'
import { type Fields, setFields } from './headers.ts'
import type { Destination } from './routes.ts'

/** The request took too long. Distinguishes a time limit from an error of the network. */
export class TooSlow extends Error {}

export type UpstreamRequest = {
  readonly destination: Destination
  readonly method: string
  readonly fields: Fields
  /** Header fields with the token and, if it is bound to a key, with a proof for this request. */
  readonly credentials: Readonly<Record<string, string>>
  readonly pseudonym: string
  readonly agent: http.Agent
}

/** Opens a request. A redirect is an answer like any other and is not followed. */
export function openRequest(request: UpstreamRequest): http.ClientRequest {
  const { destination, method, fields, credentials, pseudonym, agent } = request
  const { upstream, path } = destination
  const isTls = upstream.protocol === 'https:'
  const sent = (isTls ? https : http).request({
    host: upstream.hostname.replace(/^\[|\]$/g, ''),
    port: upstream.port === '' ? undefined : Number(upstream.port),
    path,
    method,
    agent,
    insecureHTTPParser: false,
    maxHeaderSize: MAX_HEAD_BYTES,
  })
  setFields(sent, fields)
  sent.setHeader('host', upstream.host)
  for (const [name, value] of Object.entries(credentials)) sent.setHeader(name, value)
  const via = fields.get('via')?.values ?? []
  sent.setHeader('via', [...via, `1.1 ${pseudonym}`].join(', '))
  limitTime(sent)
  return sent
}

/** Limits the time to connect, and then the time without an answer. A body has no time limit. */
function limitTime(sent: http.ClientRequest): void {
  const giveUp = () => sent.destroy(new TooSlow('the upstream is too slow'))
  const timer = setTimeout(giveUp, CONNECT_MILLISECONDS)
  const stop = () => clearTimeout(timer)
  sent.once('socket', (socket) => {
    if (!socket.connecting) stop()
    else socket.once('encrypted' in socket ? 'secureConnect' : 'connect', stop)
  })
  sent.setTimeout(ANSWER_MILLISECONDS, giveUp)
  sent.once('response', () => sent.setTimeout(0))
  sent.once('upgrade', (_answer, socket) => socket.setTimeout(0))
  sent.once('close', stop)
}
