/**
 * An origin for the tests: an HTTP server on 127.0.0.1 that records each request as it was sent,
 * and gives the answer that the test sets.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach } from 'vitest'

type Seen = {
  readonly method: string | undefined
  /** The request target, unchanged. */
  readonly target: string | undefined
  /** By name in lower case. Several values are joined as Node does it. */
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void

export type Origin = {
  readonly url: string
  readonly seen: readonly Seen[]
  /** Replaces the answer until the end of the test. */
  readonly answer: (answer: Answer) => void
}

const sayHello: Answer = (_, response) => {
  response.end('hello')
}

export async function startOrigin(): Promise<Origin> {
  const seen: Seen[] = []
  let current = sayHello
  const server = createServer(async (request, response) => {
    const { method, url: target, headers } = request
    if (current !== sayHello) {
      seen.push({ method, target, headers, body: '' })
      current(request, response)
      return
    }
    seen.push({ method, target, headers, body: await text(request) })
    current(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterEach(() => {
    seen.length = 0
    current = sayHello
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    answer: (answer) => {
      current = answer
    },
  }
}
