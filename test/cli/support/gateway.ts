/** A fake gateway: an HTTP server on 127.0.0.1 with the answers that a test sets. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach } from 'vitest'

export type Asked = {
  readonly method: string
  readonly path: string
  readonly authorization: string | undefined
  readonly ifMatch: string | undefined
  readonly body: string
}

export type Reply = {
  readonly status: number
  /** The connection ends in place of the answer. */
  readonly isLost?: true
  readonly body?: unknown
  /** Sent in place of `body`. */
  readonly text?: string
  readonly headers?: Readonly<Record<string, string>>
}

export type Gateway = {
  readonly url: string
  readonly asked: readonly Asked[]
  readonly answer: (answer: (asked: Asked) => Reply) => void
}

export async function startGateway(): Promise<Gateway> {
  const asked: Asked[] = []
  let answer: (asked: Asked) => Reply = () => ({ status: 404 })
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const { method = '', url: path = '', headers } = request
    const { authorization, 'if-match': ifMatch } = headers
    const question = { method, path, authorization, ifMatch, body }
    asked.push(question)
    const reply = answer(question)
    if (reply.isLost) {
      response.destroy()
      return
    }
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers })
    response.end(reply.text ?? (reply.body === undefined ? '' : JSON.stringify(reply.body)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterEach(() => {
    asked.length = 0
    answer = () => ({ status: 404 })
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer: (next) => {
      answer = next
    },
  }
}
