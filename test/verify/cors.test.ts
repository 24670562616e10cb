/**
 * CORS with each entry point, as docs/api-owners.md shows it: the app's CORS handler runs before the
 * verifier, so that it answers preflights and adds its headers to refusals. The verifier itself lets
 * no preflight pass.
 */
import { once } from 'node:events'
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  request as send,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requireToken as guardConnect } from '../../src/verify/doors/connect.ts'
import { requireToken as guardFastify } from '../../src/verify/doors/fastify.ts'
import { withToken } from '../../src/verify/doors/fetch.ts'
import { requireToken as guardHono, type TokenVariables } from '../../src/verify/doors/hono.ts'
import { createVerifier } from '../../src/verify/index.ts'
import { startGateway } from './support/gateway.ts'
import { AUDIENCE, createSigner, mint, NOW } from './support/tokens.ts'

const gateway = await startGateway()
const signer = await createSigner()
gateway.publishKeys([signer.publicJwk])
const token = await mint(signer, gateway.issuer)
const verifier = createVerifier({ issuer: gateway.issuer, audience: AUDIENCE, now: () => NOW })

const PAGE = 'https://app.example.com'
const ALLOWED = {
  'access-control-allow-origin': PAGE,
  'access-control-allow-methods': 'GET, POST',
  'access-control-allow-headers': 'authorization, content-type',
  vary: 'Origin',
}

type Ask = (
  method: string,
  headers: Readonly<Record<string, string>>,
) => Promise<{
  readonly status: number | undefined
  readonly origin: string | null | undefined
}>
type Server = { readonly ask: Ask; readonly close: () => unknown }

function overHttp(port: number, close: () => unknown): Server {
  const ask: Ask = async (method, headers) => {
    const at = { host: '127.0.0.1', port, path: '/deployments', method, headers, agent: false }
    const request = send(at).end()
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    response.resume()
    return { status: response.statusCode, origin: response.headers['access-control-allow-origin'] }
  }
  return { ask, close }
}

async function listen(app: RequestListener): Promise<Server> {
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return overHttp((server.address() as AddressInfo).port, () => server.close())
}

function inProcess(handle: (request: Request) => Response | Promise<Response>): Server {
  const ask: Ask = async (method, headers) => {
    const response = await handle(new Request('https://api.test/deployments', { method, headers }))
    return {
      status: response.status,
      origin: response.headers.get('access-control-allow-origin') ?? undefined,
    }
  }
  return { ask, close: () => undefined }
}

function startExpress(): Promise<Server> {
  const app = express()
  app.use((req, res, next) => {
    if (req.headers.origin === PAGE) res.set(ALLOWED)
    const asks = req.headers['access-control-request-method'] !== undefined
    if (req.method === 'OPTIONS' && req.headers.origin === PAGE && asks) res.sendStatus(204)
    else next()
  })
  app.use(guardConnect(verifier))
  app.use((_, res) => {
    res.json({ passed: true })
  })
  return listen(app)
}

async function startFastify(): Promise<Server> {
  const app = fastify()
  app.addHook('onRequest', async (request, reply) => {
    if (request.headers.origin !== PAGE) return undefined
    reply.headers(ALLOWED)
    const asks = request.headers['access-control-request-method'] !== undefined
    return request.method === 'OPTIONS' && asks ? reply.code(204).send() : undefined
  })
  app.addHook('onRequest', guardFastify(verifier) as never)
  app.route({ method: ['GET', 'OPTIONS'], url: '/*', handler: async () => ({ passed: true }) })
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  return overHttp(Number(new URL(address).port), () => app.close())
}

async function startHono(): Promise<Server> {
  const app = new Hono<{ Variables: TokenVariables }>()
  app.use(cors({ origin: PAGE, allowHeaders: ['authorization', 'content-type'] }))
  app.use('*', guardHono(verifier))
  app.all('*', (c) => c.json({ passed: true }))
  return inProcess(app.fetch)
}

async function startFetch(): Promise<Server> {
  const guarded = withToken(verifier, () => Response.json({ passed: true }))
  async function handle(request: Request): Promise<Response> {
    if (request.headers.get('origin') !== PAGE) return guarded(request)
    const asks = request.headers.has('access-control-request-method')
    if (request.method === 'OPTIONS' && asks) {
      return new Response(null, { status: 204, headers: ALLOWED })
    }
    const response = await guarded(request)
    for (const [name, value] of Object.entries(ALLOWED)) response.headers.set(name, value)
    return response
  }
  return inProcess(handle)
}

const QUESTION = { origin: PAGE, 'access-control-request-method': 'POST' }

describe.each([
  ['connect', startExpress, 401],
  ['fastify', startFastify, 401],
  // Hono's CORS handler answers every OPTIONS request, so none reaches the code behind it.
  ['hono', startHono, 204],
  ['fetch', startFetch, 401],
] as const)('the entry point %s behind a CORS handler', (_, start, otherOptions) => {
  let app: Server
  beforeAll(async () => {
    app = await start()
  })
  afterAll(async () => {
    await app.close()
  })

  test('answers a preflight without a token', async () => {
    const answer = await app.ask('OPTIONS', QUESTION)
    expect(answer).toEqual({ status: 204, origin: PAGE })
  })

  test.each([
    ['a requested method', { origin: PAGE }],
    ['an origin', { 'access-control-request-method': 'POST' }],
  ])('does not pass OPTIONS without %s to the API', async (__, headers) => {
    expect((await app.ask('OPTIONS', headers)).status).toBe(otherOptions)
  })

  test.each([
    ['GET with the headers of a preflight', 'GET', QUESTION],
    ['GET', 'GET', { origin: PAGE }],
    ['GET without an origin', 'GET', {}],
  ])('refuses %s', async (__, method, headers) => {
    expect((await app.ask(method, headers)).status).toBe(401)
  })

  test('lets the page read a refusal and an answer', async () => {
    const refused = await app.ask('GET', { origin: PAGE })
    expect(refused).toEqual({ status: 401, origin: PAGE })
    const headers = { origin: PAGE, authorization: `Bearer ${token}` }
    expect(await app.ask('GET', headers)).toEqual({ status: 200, origin: PAGE })
  })

  test('sends no CORS headers to a page of another origin', async () => {
    const headers = { origin: 'https://evil.example' }
    expect((await app.ask('GET', headers)).origin).not.toBe('https://evil.example')
  })
})

describe.each([
  ['connect', () => listen(express().use(guardConnect(verifier)))],
  ['fetch', async () => inProcess(withToken(verifier, () => Response.json({ passed: true })))],
])('the entry point %s without a CORS handler', (_, start) => {
  test('refuses a preflight', async () => {
    const app = await start()
    expect((await app.ask('OPTIONS', QUESTION)).status).toBe(401)
    await app.close()
  })
})
