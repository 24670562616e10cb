/**
 * Starts a job environment from real parts. A runner returns tokens of the dev issuer like a GitHub
 * runner. A gateway on workerd accepts each of them once. An API verifies the issued tokens.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startDevIssuer } from '../../dist/dev/index.js'
import { createVerifier } from '../../dist/verify/index.js'
import { type Started, startProcess } from '../processes.ts'

export const CLI = join(import.meta.dirname, '../../dist/cli/shell/main.js')
const RESOURCE = 'https://api.example.com'

export type JobWorld = {
  readonly gatewayUrl: string
  readonly apiUrl: string
  /** A temporary directory. `close` deletes it. */
  readonly scratch: string
  /** The environment of a job on this runner, with the gateway and the API that it uses. */
  readonly environment: Readonly<Record<string, string>>
  /** What the API counted since it started. */
  readonly api: ApiCounts
  readonly stopGateway: () => Promise<void>
  readonly startGateway: () => Promise<void>
  /** Returns the status of an API request with this token. */
  readonly ask: (token: string) => Promise<number>
  readonly close: () => Promise<void>
}

type ApiCounts = {
  refused: number
  /** The accepted tokens, by path. */
  readonly tokens: Map<string, Set<string>>
}

/** How long the API caches an introspection response. */
export const REVOCATION_SECONDS = 1

export async function startJobWorld(): Promise<JobWorld> {
  const scratch = mkdtempSync(join(tmpdir(), 'edgemint-job-'))
  const issuer = await startDevIssuer()
  const trustFile = join(scratch, 'trust.json')
  writeFileSync(trustFile, JSON.stringify(trustDocument(issuer.issuer)))
  const flags = ['serve', '--state', join(scratch, 'state'), '--local-issuers']
  const start = (port: string, more: readonly string[] = []) =>
    startProcess(process.execPath, [CLI, ...flags, '--port', port, ...more])
  let gateway: Started | undefined = await start('0', ['--trust', trustFile])
  const gatewayUrl = String(gateway.ready.url)

  const runner = await serve(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://runner')
    const isOurs = request.headers.authorization === 'bearer runner-secret'
    if (!isOurs) {
      response.writeHead(401).end()
      return
    }
    const audience = url.searchParams.get('audience') ?? ''
    const value = await issuer.mint({ provider: 'github-actions', audience }, 'github')
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ value }))
  })

  const api: ApiCounts = { refused: 0, tokens: new Map() }
  const verifier = createVerifier({
    issuer: gatewayUrl,
    audience: RESOURCE,
    scopes: ['deploy:read'],
    revocation: { introspect: true, maxAgeSeconds: REVOCATION_SECONDS },
  })
  const apiServer = await serve(async (request, response) => {
    const [, token = ''] = (request.headers.authorization ?? '').split(' ')
    const isGood = await verifier.verify(token).then(
      () => true,
      () => false,
    )
    const path = request.url ?? '/'
    if (isGood) api.tokens.set(path, (api.tokens.get(path) ?? new Set()).add(token))
    else api.refused += 1
    request.resume()
    response.writeHead(isGood ? 200 : 401, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ isGood }))
  })

  return {
    gatewayUrl,
    apiUrl: apiServer.url,
    scratch,
    environment: {
      PATH: process.env.PATH ?? '',
      EDGEMINT_URL: gatewayUrl,
      EDGEMINT_RESOURCE: RESOURCE,
      ACTIONS_ID_TOKEN_REQUEST_URL: `${runner.url}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'runner-secret',
    },
    api,
    async stopGateway() {
      await gateway?.stop('SIGKILL')
      gateway = undefined
      // Its workerd ends a little later and serves requests until then.
      while (await isThere(gatewayUrl)) await new Promise((resolve) => setTimeout(resolve, 20))
    },
    async startGateway() {
      gateway ??= await start(new URL(gatewayUrl).port)
    },
    async ask(token) {
      const headers = { authorization: `Bearer ${token}` }
      const response = await fetch(apiServer.url, { headers })
      await response.arrayBuffer()
      return response.status
    },
    async close() {
      await gateway?.stop()
      await Promise.all([apiServer.close(), runner.close(), issuer.close()])
      rmSync(scratch, { recursive: true, force: true })
    },
  }
}

function trustDocument(issuerUrl: string): object {
  return {
    version: 1,
    issuers: { github: { provider: 'github-actions', issuer: `${issuerUrl}/github` } },
    resources: { [RESOURCE]: { scopes: ['deploy:read', 'deploy:write'] } },
    rules: [
      {
        name: 'deploy',
        owner: 'platform@example.com',
        expires: '2099-12-31',
        from: 'github',
        when: {
          repository_owner_id: '1234567',
          repository_id: '456789012',
          ref: 'refs/heads/main',
          event_name: ['push'],
        },
        grant: { resource: RESOURCE, scopes: ['deploy:read'], lifetime: '1h', replay: 'once' },
      },
    ],
  }
}

function isThere(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  )
}

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>

async function serve(answer: Answer): Promise<{ url: string; close: () => Promise<void> }> {
  const server: Server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
