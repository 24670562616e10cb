/**
 * A client of the API behind a proxy. It sends the path exactly as given, without resolving dots.
 */
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { WebSocket } from 'ws'
import type { Places } from './proxies.ts'

export type Sent = {
  readonly token?: string
  readonly method?: string
  readonly path?: string
  /** A list sends the header several times. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string
}

/** What the API received. */
export type Received = {
  readonly method: string
  readonly url: string
  readonly body: string
  readonly header: (name: string) => readonly string[]
  /** Header names as an API reads them if it does not distinguish dash and underscore. */
  readonly names: readonly string[]
}

export type Answer = {
  readonly status: number
  readonly challenge: string | undefined
  readonly retryAfter: string | undefined
  /** Undefined when the request did not reach the API. */
  readonly received: Received | undefined
}

export function send(places: Places, sent: Sent = {}): Promise<Answer> {
  const { token, method = 'GET', path = '/deployments', headers = {}, body } = sent
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: places.port,
        servername: 'api.example.com',
        ca: readFileSync(places.certificates.authority),
        agent: false,
        method,
        path,
        headers: { host: 'api.example.com', ...authorization, ...(headers as object) },
        timeout: 20_000,
      },
      async (response) => {
        let text = ''
        for await (const chunk of response) text += String(chunk)
        const { statusCode: status = 0, headers: answered } = response
        const reached = answered['x-origin'] === 'reached' && method !== 'HEAD'
        resolve({
          status,
          challenge: answered['www-authenticate'],
          retryAfter: answered['retry-after'],
          received: reached ? readEcho(text) : undefined,
        })
      },
    )
    outgoing.once('timeout', () => outgoing.destroy(new Error('no answer for 20 seconds')))
    outgoing.once('error', reject)
    outgoing.end(body)
  })
}

/**
 * Opens a WebSocket and sends one message. Returns the handshake as the API received it, and the
 * echo.
 */
export function sendOverSocket(
  places: Places,
  token: string | undefined,
  message: string,
): Promise<{ readonly status: number; readonly received?: Received; readonly echo?: string }> {
  const socket = new WebSocket(`wss://127.0.0.1:${places.port}/events`, {
    agent: new Agent({
      servername: 'api.example.com',
      ca: readFileSync(places.certificates.authority),
    }),
    headers: {
      host: 'api.example.com',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    handshakeTimeout: 20_000,
  })
  return new Promise((resolve, reject) => {
    const heard: string[] = []
    socket.on('unexpected-response', (request, response) => {
      request.destroy()
      resolve({ status: response.statusCode ?? 0 })
    })
    socket.on('error', reject)
    socket.on('open', () => socket.send(message))
    socket.on('message', (data) => {
      heard.push(String(data))
      const [handshake, echo] = heard
      if (handshake === undefined || echo === undefined) return
      socket.terminate()
      resolve({ status: 101, received: readEcho(handshake), echo })
    })
  })
}

function readEcho(text: string): Received {
  const { method, url, body, rawHeaders } = JSON.parse(text) as {
    readonly method: string
    readonly url: string
    readonly body: string
    readonly rawHeaders: readonly string[]
  }
  const pairs = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name.toLowerCase(), rawHeaders[index + 1] ?? ''] as const] : [],
  )
  return {
    method,
    url,
    body,
    header: (name) => pairs.flatMap(([found, value]) => (found === name ? [value] : [])),
    names: pairs.map(([name]) => name.replaceAll('_', '-')),
  }
}
