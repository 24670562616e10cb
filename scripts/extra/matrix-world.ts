/**
 * Starts the environment of a job matrix: the dev issuer, a runner that gives each job its own
 * token, and a gateway on workerd with rate limits. The default limits are those of
 * `wrangler.toml`.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RateLimit, startDevIssuer, startGateway } from '../../dist/dev/index.js'

const root = join(import.meta.dirname, '../..')
export const CLI = join(root, 'dist/cli/shell/main.js')
export const RESOURCE = 'https://api.example.com'

export type MatrixWorld = {
  readonly gatewayUrl: string
  /** The environment of one job. */
  readonly environment: Readonly<Record<string, string>>
  /** Returns a token of one job. All jobs have the same `sub`. */
  readonly mint: () => Promise<string>
  /** Sends one exchange without retries and without a time limit. Returns the status. */
  readonly exchange: (subjectToken: string) => Promise<number>
  readonly close: () => Promise<void>
}

/** Returns the limits of `wrangler.toml`, by the name of the binding. */
export function readShippedLimits(): Readonly<Record<string, RateLimit>> {
  const text = readFileSync(join(root, 'wrangler.toml'), 'utf8')
  const row = /name = "(RATE_LIMIT_\w+)"\n.*\nsimple = \{ limit = (\d+), period = (10|60) \}/g
  const limits = [...text.matchAll(row)].map(([, name = '', limit, period]) => {
    return [name, { limit: Number(limit), period: period === '10' ? 10 : 60 }] as const
  })
  if (limits.length !== 2) throw new Error('wrangler.toml does not have two rate limits')
  return Object.fromEntries(limits)
}

/** `prepare` can write a signing key into the state directory. */
export async function startMatrixWorld(
  rateLimits: Readonly<Record<string, RateLimit>> = readShippedLimits(),
  prepare: (stateDir: string) => Promise<void> = async () => {},
): Promise<MatrixWorld> {
  const stateDir = mkdtempSync(join(tmpdir(), 'edgemint-matrix-'))
  await prepare(stateDir)
  const issuer = await startDevIssuer()
  const gateway = await startGateway({
    stateDir,
    localIssuers: true,
    rateLimits,
    onLog: () => {},
  })
  const applied = await gateway.applyTrust(JSON.stringify(trustDocument(issuer.issuer)), 'matrix')
  if (applied.kind === 'refused') throw new Error(JSON.stringify(applied.problems))
  const mint = () => issuer.mint({ provider: 'github-actions', audience: gateway.issuer }, 'github')
  const runner = await serve(async (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ value: await mint() }))
  })
  return {
    gatewayUrl: gateway.url,
    environment: {
      PATH: process.env.PATH ?? '',
      EDGEMINT_URL: gateway.url,
      EDGEMINT_RESOURCE: RESOURCE,
      EDGEMINT_AUDIENCE: gateway.issuer,
      ACTIONS_ID_TOKEN_REQUEST_URL: `${runner.url}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'runner-secret',
    },
    mint,
    async exchange(subjectToken) {
      const body = new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: subjectToken,
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
        resource: RESOURCE,
      })
      const response = await fetch(`${gateway.url}/token`, { method: 'POST', body })
      await response.arrayBuffer()
      return response.status
    },
    async close() {
      await gateway.close()
      await Promise.all([runner.close(), issuer.close()])
      rmSync(stateDir, { recursive: true, force: true })
    },
  }
}

export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>,
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    Promise.resolve(answer(request, response)).catch(() => response.destroy())
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

/**
 * Starts a server in front of a gateway. `stand` can respond in its place. Other requests are
 * forwarded, and `change` can edit the headers of the response.
 */
export function startFront(
  target: string,
  stand: (request: IncomingMessage, response: ServerResponse) => boolean,
  change: (headers: Headers) => void = () => {},
) {
  return serve(async (request, response) => {
    if (stand(request, response)) return
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(Buffer.from(chunk))
    const sent = new Headers()
    for (const name of ['authorization', 'content-type']) {
      const value = request.headers[name]
      if (typeof value === 'string') sent.set(name, value)
    }
    const answer = await fetch(new URL(request.url ?? '/', target), {
      method: request.method ?? 'GET',
      headers: sent,
      ...(request.method === 'POST' ? { body: Buffer.concat(chunks) } : {}),
    })
    const headers = new Headers({ 'content-type': 'application/json' })
    const retryAfter = answer.headers.get('retry-after')
    if (retryAfter !== null) headers.set('retry-after', retryAfter)
    change(headers)
    response.writeHead(answer.status, Object.fromEntries(headers)).end(await answer.text())
  })
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
        grant: { resource: RESOURCE, scopes: ['deploy:read'], lifetime: '5m', replay: 'once' },
      },
    ],
  }
}
