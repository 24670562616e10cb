/**
 * Runs the example Worker on workerd between a real gateway and a real origin, and checks which
 * requests reach the origin, byte by byte.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createLocalJWKSet, exportJWK, generateKeyPair, type JSONWebKeySet, jwtVerify } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { startProcess } from '../../scripts/processes.ts'
import { revoke } from '../../src/client/index.ts'
import { call } from '../verify/support/door-call.ts'
import { bearer } from '../verify/support/door-suite.ts'
import { type ExampleWorker, startExample } from './support/example-worker.ts'
import { API, root, startWorld, type World } from './support/world.ts'

let world: World
let worker: ExampleWorker
let origin: Awaited<ReturnType<typeof startOrigin>>
let token: string

/** The requests that reached the origin, as they were on the wire. */
async function startOrigin() {
  const seen: {
    method?: string | undefined
    target: string
    headers: IncomingMessage['headers']
    body: string
  }[] = []
  const sockets = new WebSocketServer({ noServer: true })
  // workerd uses an idle connection again for five seconds, and this process can be late.
  const server = createServer({ keepAliveTimeout: 30_000 }, async (request, response) => {
    seen.push({
      method: request.method,
      target: request.url ?? '',
      headers: request.headers,
      body: await text(request),
    })
    response.setHeader('cache-control', 'public, max-age=60')
    response.end('from the origin')
  })
  server.on('upgrade', (request, socket, head) => {
    seen.push({ target: request.url ?? '', headers: request.headers, body: '' })
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('message', (message) => client.send(`echo ${message}`))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () => {
      sockets.close()
      server.closeAllConnections()
      server.close()
    },
  }
}

async function newToken(scope = 'deploy:read'): Promise<string> {
  const body = world.form(await world.mint(), { scope })
  const response = await fetch(`${world.url()}/token`, { method: 'POST', body })
  return ((await response.json()) as { access_token: string }).access_token
}

beforeAll(async () => {
  world = await startWorld()
  origin = await startOrigin()
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  worker = await startExample('examples/edge-gateway/index.ts', {
    ISSUER: world.url(),
    AUDIENCE: API,
    ORIGIN: origin.url,
    IDENTITY_KEY: JSON.stringify({ ...(await exportJWK(privateKey)), alg: 'ES256' }),
  })
  token = await newToken()
})
afterAll(async () => {
  await worker?.close()
  origin?.close()
  await world?.close()
})
beforeEach(() => {
  origin.seen.length = 0
})

async function edgeKeys(): Promise<JSONWebKeySet> {
  const answer = await fetch(`${worker.url}/.well-known/edge-keys.json`)
  return (await answer.json()) as JSONWebKeySet
}

describe('a token of the gateway', () => {
  it('allows the routes of its scope, and the origin can verify the identity of the caller', async () => {
    const answer = await call(worker.url, '/deployments/7?all=1', bearer(token))
    expect([answer.status, answer.body]).toEqual([200, 'from the origin'])
    expect(answer.headers['cache-control']).toBe('private, max-age=60')
    const [seen] = origin.seen
    expect(seen?.target).toBe('/deployments/7?all=1')
    expect(seen?.headers.authorization).toBeUndefined()
    const identity = String(seen?.headers['x-edgemint-identity'])
    const { payload } = await jwtVerify(identity, createLocalJWKSet(await edgeKeys()), {
      issuer: API,
      audience: 'deployments-origin',
      typ: 'edgemint-identity+jwt',
    })
    expect(payload).toMatchObject({ client_id: 'deploy', scope: 'deploy:read' })
  })

  it('forwards a body to the origin', async () => {
    const writer = await newToken('deploy:write')
    const body = JSON.stringify({ version: 'x'.repeat(200_000) })
    const answer = await call(worker.url, '/deployments', bearer(writer), body)
    expect(answer.status).toBe(200)
    expect(origin.seen[0]?.body).toBe(body)
  })

  it('is required to open a WebSocket to the origin', async () => {
    const url = `${worker.url.replace('http', 'ws')}/deployments/live`
    const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } })
    await once(socket, 'open')
    socket.send('hello')
    const [message] = await once(socket, 'message')
    expect(String(message)).toBe('echo hello')
    socket.close()
    expect(origin.seen[0]?.headers['x-edgemint-identity']).toBeDefined()
    expect(origin.seen[0]?.headers.authorization).toBeUndefined()
    const [error] = await once(new WebSocket(url), 'error')
    expect(String(error)).toContain('401')
    expect(origin.seen).toHaveLength(1)
  })

  it('is for the method that the origin sees, also with a WebSocket asked for', async () => {
    const writer = await newToken('deploy:write')
    const asks = ['connection', 'upgrade', 'upgrade', 'websocket']
    await call(worker.url, '/deployments', [...bearer(writer), ...asks], '{}')
    expect(origin.seen).toMatchObject([{ method: 'POST', body: '{}' }])
  })

  it('is refused after its revocation', async () => {
    const revoked = await newToken()
    await revoke({ url: world.url(), token: revoked })
    const answer = await call(worker.url, '/deployments', bearer(revoked))
    expect(answer.status).toBe(401)
    expect(answer.challenge).toContain('error="invalid_token"')
    expect(origin.seen).toEqual([])
  })
})

describe('refuses before the origin:', () => {
  it.each([
    ['a request without a token', '/deployments', false, 401, 'token_missing'],
    ['a token without the scope', '/deployments', true, 403, 'insufficient_scope'],
    ['a path without a route', '/admin', true, 404, 'not_found'],
  ])('%s', async (_, path, hasToken, status, error) => {
    const headers = hasToken ? bearer(await newToken('deploy:write')) : []
    const answer = await call(worker.url, path, headers)
    expect([answer.status, JSON.parse(answer.body).error]).toEqual([status, error])
    if (status < 404)
      expect(answer.challenge).toContain('resource_metadata="https://api.example.com')
    expect(origin.seen).toEqual([])
  })

  it.each([
    '/deployments/../admin',
    '/deployments/./7',
    '/deployments/%2e%2e/admin',
    '/deployments%2f7',
    '/deployments%5c7',
    '/deployments\\7',
    '//deployments/7',
    '/deployments//7',
    '/deployments/%00',
    '/deployments;a=b/7',
    '/%64eployments/7',
    '/deployments/%252e%252e/admin',
    '/health/..',
  ])('EXC-16 the path %s, even with a token', async (path) => {
    expect(await askRaw(path, token)).toEqual({
      status: 400,
      body: expect.stringContaining('the path is ambiguous'),
    })
    expect(origin.seen).toEqual([])
  })

  it('EXC-16 a path in another case', async () => {
    expect(await askRaw('/Deployments/7', token)).toMatchObject({ status: 404 })
    expect(await askRaw('/HEALTH', token)).toMatchObject({ status: 404 })
    expect(origin.seen).toEqual([])
  })

  it.each(['x-edgemint-identity', 'X_Edgemint_Identity', 'x-edgemint_identity'])(
    'an identity that a caller sends as %s',
    async (name) => {
      await call(worker.url, '/deployments', [...bearer(token), name, 'spoof'])
      await call(worker.url, '/health', [name, 'spoof'])
      expect(origin.seen).toHaveLength(2)
      for (const { headers } of origin.seen) expect(Object.values(headers)).not.toContain('spoof')
      expect(origin.seen[1]?.headers['x-edgemint-identity']).toBeUndefined()
    },
  )
})

it('the example origin accepts only identities that the edge signed', async () => {
  const program = join(root, 'examples/edge-gateway/origin.ts')
  const environment = { WORKER: worker.url, AUDIENCE: API, PORT: '0' }
  const example = await startProcess(process.execPath, [program], environment)
  const url = String(example.ready.url)
  await call(worker.url, '/deployments', bearer(token))
  const identity = String(origin.seen[0]?.headers['x-edgemint-identity'])
  const taken = await call(url, '/deployments', ['x-edgemint-identity', identity])
  expect([taken.status, JSON.parse(taken.body)]).toMatchObject([200, { allowed_by: 'deploy' }])
  expect((await call(url, '/deployments', ['x-edgemint-identity', token])).status).toBe(403)
  expect((await call(url, '/deployments')).status).toBe(403)
  await example.stop()
})

it('REV-02 refuses a token without a fresh introspection while the gateway is down', async () => {
  const unseen = await newToken()
  await world.kill('SIGTERM')
  const answer = await call(worker.url, '/deployments', bearer(unseen))
  expect(answer.status).toBe(503)
  expect(answer.headers['retry-after']).toMatch(/^\d+$/)
  expect(origin.seen).toEqual([])
  expect((await call(worker.url, '/health')).status).toBe(200)
})

/** Writes the request byte by byte, because HTTP clients normalize the path. */
async function askRaw(
  path: string,
  bearerToken: string,
): Promise<{ readonly status: number; readonly body: string }> {
  const { hostname, port, host } = new URL(worker.url)
  const socket = connect({ host: hostname, port: Number(port) })
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${bearerToken}\r\nConnection: close\r\n\r\n`,
  )
  const answer = await text(socket)
  return { status: Number(answer.split(' ')[1]), body: answer }
}
