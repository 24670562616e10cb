/** A front before a fake workerd that remembers what it gets. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, afterEach } from 'vitest'
import { parseProxies } from '../../../../src/dev/production/client-address.ts'
import {
  openProductionFront,
  type ProductionFront,
  type ProductionFrontOptions,
} from '../../../../src/dev/production/front.ts'
import { FRONT_HEADER, type FrontConnection } from '../../../../src/protocol/self-hosted/front.ts'

const FRONT_KEY = 'key-of-the-front'

export type Got = {
  readonly method: string
  readonly url: string
  readonly rawHeaders: readonly string[]
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** What the front says of the connection. */
  readonly connection: FrontConnection
}

export async function prepareFront() {
  const got: Got[] = []
  let answer = (response: ServerResponse, request: Got) => {
    response.end(`answer to ${request.url}`)
  }
  const upstream = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const { method = '', url = '', headers, rawHeaders } = request
    const said = String(headers[FRONT_HEADER] ?? '').replace(FRONT_KEY, '')
    const connection = JSON.parse(said) as FrontConnection
    const asked = { method, url, headers, rawHeaders, body, connection }
    got.push(asked)
    answer(response, asked)
  })
  upstream.maxHeadersCount = 0
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  const { port: upstreamPort } = upstream.address() as AddressInfo
  const fronts: ProductionFront[] = []
  const first = answer
  afterEach(async () => {
    got.length = 0
    answer = first
    await Promise.all(fronts.splice(0).map((front) => front.close()))
  })
  afterAll(() => {
    upstream.closeAllConnections()
    upstream.close()
  })
  return {
    got,
    answerWith(next: typeof answer) {
      answer = next
    },
    async open(options: Partial<ProductionFrontOptions> = {}): Promise<ProductionFront> {
      const front = await openProductionFront({
        host: '127.0.0.1',
        port: 0,
        maxConnections: 20,
        frontKey: FRONT_KEY,
        proxies: parseProxies(['127.0.0.1']) ?? { has: () => false },
        certificate: undefined,
        findUpstream: async () => ({ host: '127.0.0.1', port: upstreamPort }),
        describeReadiness: async () => ({ isReady: true, report: { status: 'ready' } }),
        ...options,
      })
      fronts.push(front)
      return front
    },
  }
}

/** Sends bytes and returns all that comes back until the connection ends. */
export async function send(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString('latin1')
  })
  socket.on('error', () => {})
  socket.write(text, 'latin1')
  await once(socket, 'close')
  return answer
}

/** A request of these lines, after which the connection ends. */
export function lines(...head: readonly string[]): string {
  return `${[...head, 'Connection: close'].join('\r\n')}\r\n\r\n`
}
