/**
 * An origin for the tests: real HTTP on 127.0.0.1 that remembers each request as it came over the
 * wire, and answers as the test says.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach } from 'vitest'

type Seen = {
  readonly method: string | undefined
  /** The request target, letter by letter. */
  readonly target: string | undefined
  /** By name in lower case; several values are joined as Node does. */
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void

export type Origin = {
  readonly url: string
  readonly seen: readonly Seen[]
  /** Replaces the answer until the test is over. */
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
