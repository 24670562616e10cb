/** A proxy in this process, and an upstream whose answers a test sets. Both use real HTTP. */
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { connect } from 'node:net'
import { afterAll } from 'vitest'
import type { TokenPort } from '../../../src/cli/workload/proxy/forward.ts'
import { parseAdmission } from '../../../src/cli/workload/proxy/parse-admission.ts'
import { parseRoutes } from '../../../src/cli/workload/proxy/routes.ts'
import { createProxy } from '../../../src/cli/workload/proxy/server.ts'
import type { KeptToken } from '../../../src/cli/workload/token-keeper.ts'
import type { ProofKey } from '../../../src/client/index.ts'

export type Upstream = {
  readonly url: string
  readonly server: Server
  readonly asked: IncomingMessage[]
  readonly answer: (listener: RequestListener) => void
}

export async function startUpstream(): Promise<Upstream> {
  const asked: IncomingMessage[] = []
  let listener: RequestListener = (_request, response) => response.end('ok')
  const server = createServer((request, response) => {
    asked.push(request)
    listener(request, response)
  })
  server.maxHeadersCount = 0
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    asked,
    answer: (next) => {
      listener = next
    },
  }
}

export const TOKEN: KeptToken = { accessToken: 'issued.token.one', expiresAt: 4_000_000_000 }
export const HELD: TokenPort = { take: async () => TOKEN, replace: async () => undefined }

export type ProxyFlags = {
  readonly tokens?: TokenPort
  readonly proofKey?: ProofKey
  /** Prefixes that alone lead to the upstream. Every path does by default. */
  readonly routes?: readonly string[]
  readonly origins?: readonly string[]
  readonly onAnswer?: (line: string) => void
}

export async function startProxy(upstream: string, flags: ProxyFlags = {}) {
  const address = { kind: 'tcp', host: '127.0.0.1', port: 0 } as const
  const admission = parseAdmission({
    address,
    hosts: [],
    origins: flags.origins ?? [],
    pseudonym: 'edgemint-test',
  })
  const proxy = createProxy({
    routes:
      flags.routes === undefined
        ? parseRoutes(upstream, [])
        : parseRoutes(
            undefined,
            flags.routes.map((prefix) => `${prefix}=${upstream}`),
          ),
    admission,
    tokens: flags.tokens ?? HELD,
    proofKey: flags.proofKey,
    onAnswer: flags.onAnswer,
  })
  const bound = await proxy.listen(address)
  const port = bound.kind === 'tcp' ? bound.port : 0
  afterAll(() => proxy.close())
  return { proxy, port, url: `http://127.0.0.1:${port}` }
}

/**
 * Sends these bytes, and returns all bytes that the server sends until it closes the connection.
 */
export function sendRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1')
    })
    socket.once('error', reject)
    socket.once('close', () => resolve(answer))
    socket.write(text)
  })
}

export async function readBody(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  return body
}
