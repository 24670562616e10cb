/**
 * A stand-in for the gateway: real HTTP on 127.0.0.1. It answers as the test says and records the
 * requests.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach } from 'vitest'

type Asked = {
  readonly method: string
  readonly path: string
  readonly contentType: string | undefined
  readonly dpop: string | undefined
  readonly form: URLSearchParams
}

export type Gateway = {
  readonly url: string
  readonly asked: readonly Asked[]
  /** Sets the answer to every request until the test ends. */
  readonly answer: (answer: (response: ServerResponse) => void) => void
  readonly answerJson: (
    status: number,
    body: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => void
}

/** Starts a gateway for one test file. It closes when the file ends. */
export async function startGateway(): Promise<Gateway> {
  const asked: Asked[] = []
  const nothing = (response: ServerResponse): void => {
    response.writeHead(404).end()
  }
  let answer = nothing
  const server = createServer((request, response) => {
    readForm(request).then((form) => {
      const { method = '', url = '', headers } = request
      const dpop = headers.dpop === undefined ? undefined : String(headers.dpop)
      asked.push({ method, path: url, contentType: headers['content-type'], dpop, form })
      answer(response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterEach(() => {
    asked.length = 0
    answer = nothing
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
    answerJson: (status, body, headers = {}) => {
      answer = (response) => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers })
        response.end(JSON.stringify(body))
      }
    },
  }
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return new URLSearchParams(text)
}

export const GRANTED = {
  access_token: 'header.payload.signature',
  issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  token_type: 'Bearer',
  expires_in: 600,
  scope: 'deploy:read deploy:write',
  decision_id: 'dec_1',
}
