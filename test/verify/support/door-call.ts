/** Sends one raw HTTP request to an app under test: headers may repeat, and the path is unchanged. */
import { once } from 'node:events'
import { type IncomingMessage, request as send } from 'node:http'
import { text } from 'node:stream/consumers'

export type DoorApp = { readonly url: string; readonly close: () => Promise<void> }

export type Answered = {
  readonly status: number | undefined
  readonly challenge: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** One raw request: headers may repeat, and the path is sent unchanged. */
export async function call(
  url: string,
  path: string,
  headers: readonly string[] = [],
  body?: string,
): Promise<Answered> {
  const { hostname, port, host } = new URL(url)
  const length = body === undefined ? [] : ['Content-Length', String(Buffer.byteLength(body))]
  const method = body === undefined ? 'GET' : 'POST'
  const all = ['Host', host, ...headers, ...length]
  const request = send({ hostname, port, path, method, headers: all, agent: false })
  request.end(body)
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  return {
    status: response.statusCode,
    challenge: response.headers['www-authenticate'],
    headers: response.headers,
    body: await text(response),
  }
}
