/**
 * Starts the servers around the proxies. The dev issuer and the gateway are processes. A TLS server
 * is in front of the gateway: it can be stopped and started, and it records requests. The API
 * returns what it received.
 */
import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type RequestListener, request } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { join } from 'node:path'
import { WebSocketServer } from 'ws'
import { type DevIssuer, startDevIssuer } from '../../src/dev/issuer/issuer.ts'
import { makeDpopProof } from '../../src/protocol/dpop/make-proof.ts'
import type { SigningPair } from '../../src/web/signature.ts'
import { startProcess } from '../processes.ts'
import type { Certificate, Certificates } from './certificates.ts'

const root = join(import.meta.dirname, '../..')
export const API = 'https://api.example.com'
export const OTHER_API = 'https://other.example.com'
/** An API whose tokens are always bound to a key. */
export const BOUND_API = 'https://bound.example.com'
/** Longer together than a page of memory, which is what nginx reads of an answer by default. */
export const MANY_SCOPES = Array.from(
  { length: 60 },
  (_, at) => `resources.warehouse-${at}.example:read-and-write-every-object-of-a-tenant`,
)
const AUDIENCE = 'https://sts.example.com'

type Question = {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
}

export type World = {
  readonly gatewayPort: number
  readonly originPort: number
  /** The requests of the proxies to the gateway, oldest first. */
  readonly questions: Question[]
  readonly newToken: (resource?: string, scope?: string) => Promise<string>
  readonly newBoundToken: (key: SigningPair, resource?: string) => Promise<string>
  readonly revoke: (token: string) => Promise<void>
  readonly gatewayDown: () => Promise<void>
  /** Uses the certificate of the gateway unless another is given. */
  readonly gatewayUp: (certificate?: Certificate) => Promise<void>
  readonly close: () => Promise<void>
}

export async function startWorld(scratch: string, certificates: Certificates): Promise<World> {
  const issuer = await startDevIssuer()
  const trust = join(scratch, 'trust.json')
  writeFileSync(trust, JSON.stringify(trustDocument(issuer.issuer)))
  const gateway = await startProcess(process.execPath, [
    ...[join(root, 'dist/cli/shell/main.js'), 'serve', '--port', '0', '--local-issuers'],
    ...['--state', join(scratch, 'state'), '--trust', trust],
  ])
  const url = String(gateway.ready.url)
  const questions: Question[] = []
  const front = forwardTo(url, questions)
  let tls = await listenTls(front, certificates.gateway, 0)
  const gatewayPort = portOf(tls)
  // A request for another protocol gets a normal response, so that a check can see what the proxy
  // forwarded.
  const origin = createServer({ shouldUpgradeCallback: isWebSocket }, echo)
  echoSockets(origin)
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve))
  return {
    gatewayPort,
    originPort: portOf(origin),
    questions,
    newToken: (resource = API, scope) => exchange(issuer, url, { resource, scope }),
    newBoundToken: async (key, resource = API) => {
      const now = Math.floor(Date.now() / 1000)
      const request = { method: 'POST', url: `${url}/token`, now, jti: randomUUID() }
      return exchange(issuer, url, { resource, dpop: await makeDpopProof(key, request) })
    },
    revoke: async (token) => {
      const body = new URLSearchParams({ token })
      const response = await fetch(`${url}/revoke`, { method: 'POST', body })
      if (response.status !== 200) throw new Error(`/revoke answered ${response.status}`)
    },
    gatewayDown: () => closeServer(tls),
    gatewayUp: async (certificate = certificates.gateway) => {
      tls = await listenTls(front, certificate, gatewayPort)
    },
    close: async () => {
      await Promise.all([closeServer(tls), closeServer(origin), gateway.stop(), issuer.close()])
    },
  }
}

function trustDocument(issuerUrl: string) {
  const scopes = ['deploy:read', 'deploy:write']
  const rule = (name: string, resource: string, granted = scopes) => ({
    name,
    owner: 'platform@example.com',
    expires: '2099-12-31',
    from: 'github',
    when: { repository_owner_id: '1234567', repository_id: '456789012' },
    grant: { resource, scopes: granted, replay: 'reuse' },
  })
  const resource = { scopes }
  return {
    version: 1,
    issuers: {
      github: {
        provider: 'github-actions',
        issuer: `${issuerUrl}/github`,
        audience: AUDIENCE,
      },
    },
    resources: {
      [API]: { scopes: [...scopes, ...MANY_SCOPES] },
      [OTHER_API]: resource,
      [BOUND_API]: { ...resource, proof_of_possession: 'required' },
    },
    rules: [
      rule('deploy', API),
      rule('many', API, [...scopes, ...MANY_SCOPES]),
      rule('other', OTHER_API),
      rule('bound', BOUND_API),
    ],
  }
}

type Wanted = {
  readonly resource: string
  readonly scope?: string | undefined
  readonly dpop?: string
}

async function exchange(issuer: DevIssuer, url: string, { resource, scope, dpop }: Wanted) {
  const subjectToken = await issuer.mint(
    { provider: 'github-actions', audience: AUDIENCE },
    'github',
  )
  const response = await fetch(`${url}/token`, {
    method: 'POST',
    headers: dpop === undefined ? {} : { dpop },
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: subjectToken,
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      resource,
      ...(scope === undefined ? {} : { scope }),
    }),
  })
  const body = (await response.json()) as { access_token?: string }
  if (body.access_token === undefined) throw new Error(JSON.stringify(body))
  return body.access_token
}

/**
 * Forwards requests with the dots of the path resolved. A zone of Cloudflare does the same before
 * it calls the Worker, so the checks must pass with it.
 */
function forwardTo(gatewayUrl: string, questions: Question[]): RequestListener {
  return (incoming, answer) => {
    const { method = '', url = '', headers } = incoming
    questions.push({ method, url, headers })
    const { hostname, port, pathname, search } = new URL(url, gatewayUrl)
    const path = `${pathname}${search}`
    const outgoing = request({ hostname, port, method, path, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers)
      response.pipe(answer)
    })
    outgoing.once('error', () => answer.destroy())
    incoming.pipe(outgoing)
  }
}

/**
 * The `x-origin` header shows that the request reached the API. The body is a copy of the request.
 */
const echo: RequestListener = async (incoming, answer) => {
  let body = ''
  for await (const chunk of incoming) body += String(chunk)
  const { method, url, rawHeaders } = incoming
  answer.writeHead(200, { 'content-type': 'application/json', 'x-origin': 'reached' })
  answer.end(JSON.stringify({ method, url, rawHeaders, body }))
}

function isWebSocket({ headers }: { readonly headers: IncomingHttpHeaders }): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket'
}

/** Sends the headers of the handshake first, and then echoes each message. */
function echoSockets(server: ReturnType<typeof createServer>): void {
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket, { rawHeaders }) => {
    socket.send(JSON.stringify({ method: 'GET', url: '/', rawHeaders, body: '' }))
    socket.on('message', (message) => socket.send(String(message)))
  })
}

async function listenTls(listener: RequestListener, { cert, key }: Certificate, port: number) {
  const files = { cert: readFileSync(cert), key: readFileSync(key) }
  // As the gateway: a token has up to 16 KiB, and Node reads no longer head by default.
  const server = createTlsServer({ ...files, maxHeaderSize: 64 * 1024 }, listener)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return server
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

function closeServer(server: TlsServer | ReturnType<typeof createServer>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
