/**
 * Serves the token endpoints of platforms over HTTP on 127.0.0.1 or on a Unix socket, with tokens
 * of the dev issuer. Each endpoint checks requests as its platform does.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { TOKEN_CANARY } from '../../support/canary/canary.ts'

/** Returns a token of this provider with this audience. */
export type Mint = (provider: string, audience: string) => Promise<string>

type Call = {
  readonly url: URL
  readonly method: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  readonly mint: (audience: string) => Promise<string>
}

type Reply =
  | { readonly headers?: Readonly<Record<string, string>>; readonly body: unknown }
  | undefined

/** The secret that a platform gives to a job with its URL. */
export const REQUEST_SECRET = `secret-of-the-platform-${TOKEN_CANARY}`

/** The endpoints, by method and path. Undefined means that the platform refuses. */
const ENDPOINTS: Readonly<Record<string, (call: Call) => Promise<Reply>>> = {
  async 'GET /github'({ url, headers, mint }) {
    if (headers.authorization !== `bearer ${REQUEST_SECRET}`) return undefined
    if (url.searchParams.get('api-version') !== '2.0') return undefined
    return { body: { value: await mint(url.searchParams.get('audience') ?? '') } }
  },
  async 'POST /azure-devops'({ url, headers, mint }) {
    if (headers.authorization !== `Bearer ${REQUEST_SECRET}`) return undefined
    if (url.searchParams.get('api-version') !== '7.1') return undefined
    return { body: { oidcToken: await mint('api://AzureADTokenExchange') } }
  },
  async 'GET /codefresh'({ url, headers, mint }) {
    if (headers.authorization !== REQUEST_SECRET) return undefined
    return { body: { id_token: await mint(url.searchParams.get('audience') ?? '') } }
  },
  async 'GET /computeMetadata/v1/instance/service-accounts/default/identity'(call) {
    const { url, headers, mint } = call
    if (headers['metadata-flavor'] !== 'Google') return undefined
    if (url.searchParams.get('format') !== 'full') return undefined
    const body = await mint(url.searchParams.get('audience') ?? '')
    return { headers: { 'metadata-flavor': 'Google' }, body }
  },
  async 'GET /metadata/identity/oauth2/token'({ url, headers, mint }) {
    if (headers.metadata !== 'true') return undefined
    if (url.searchParams.get('api-version') !== '2018-02-01') return undefined
    return { body: { access_token: await mint(url.searchParams.get('resource') ?? '') } }
  },
  async 'GET /msi/token'({ url, headers, mint }) {
    if (headers['x-identity-header'] !== REQUEST_SECRET) return undefined
    if (url.searchParams.get('api-version') !== '2019-08-01') return undefined
    return { body: { access_token: await mint(url.searchParams.get('resource') ?? '') } }
  },
  async 'POST /v1/tokens/oidc'({ body, mint }) {
    return { body: await mint((JSON.parse(body) as { aud: string }).aud) }
  },
}

export type PlatformServer = {
  /** `http://127.0.0.1:PORT`, or the path of the socket. */
  readonly address: string
  readonly close: () => Promise<void>
}

/** Starts the server of one provider, on a port or on the given socket. */
export async function startPlatform(
  provider: string,
  mint: Mint,
  socketPath?: string,
): Promise<PlatformServer> {
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const { method = '', headers } = request
    const answer = ENDPOINTS[`${method} ${url.pathname}`]
    const mintHere = (audience: string) => mint(provider, audience)
    const reply = await answer?.({ url, method, headers, body, mint: mintHere })
    if (reply === undefined) {
      // Platforms can repeat the request in an error. Clients must not print it.
      response.writeHead(403).end(`denied: ${JSON.stringify(headers)}`)
      return
    }
    response.writeHead(200, reply.headers)
    response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body))
  })
  await listen(server, socketPath)
  const port = (server.address() as AddressInfo | null)?.port
  return {
    address: socketPath ?? `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function listen(server: Server, socketPath: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    if (socketPath === undefined) server.listen(0, '127.0.0.1', resolve)
    else server.listen(socketPath, resolve)
  })
}
