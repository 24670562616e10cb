/**
 * A request with a bound token that passes two guards, such as one for all routes and one for a route.
 * Its proof is used once by the request, and never by another one.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { describe, expect, test } from 'vitest'
import * as connect from '../../../src/verify/doors/connect.ts'
import * as fast from '../../../src/verify/doors/fastify.ts'
import { withToken } from '../../../src/verify/doors/fetch.ts'
import * as hono from '../../../src/verify/doors/hono.ts'
import type { Verifier } from '../../../src/verify/index.ts'
import { openBound, URL_OF_CALL } from '../support/bound.ts'

const bound = await openBound()

type Sent = Readonly<Record<string, string>>
type App = {
  readonly send: (headers: Sent) => Promise<number>
  readonly close?: () => unknown
}

async function openExpress(verifier: Verifier): Promise<App> {
  const app = express()
  app.use(connect.requireToken(verifier))
  // Code between the guards can change what the second one reads.
  app.use((request, _, next) => {
    request.headers.dpop = request.get('x-other-proof') ?? request.headers.dpop
    next()
  })
  const narrow = verifier.narrow({ scopes: ['deploy:write'] })
  app.get('/deployments', connect.requireToken(narrow), (_, response) => {
    response.end()
  })
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/deployments`
  return {
    send: async (headers) => (await fetch(url, { headers })).status,
    close: () => server.closeAllConnections() ?? server.close(),
  }
}

async function openFastify(verifier: Verifier): Promise<App> {
  const app = fastify()
  const onRequest = fast.requireToken(verifier.narrow({ scopes: ['deploy:write'] }))
  app.register(async (api) => {
    api.register(fast.guardRoutes, { verifier })
    api.get('/deployments', { onRequest }, async () => 'ok')
  })
  return {
    send: async (headers) => (await app.inject({ url: '/deployments', headers })).statusCode,
    close: () => app.close(),
  }
}

async function openHono(verifier: Verifier): Promise<App> {
  const app = new Hono<{ Variables: hono.TokenVariables }>()
  app.use(hono.requireToken(verifier))
  const narrow = verifier.narrow({ scopes: ['deploy:write'] })
  app.get('/deployments', hono.requireToken(narrow), (c) => c.text('ok'))
  return { send: async (headers) => (await app.request(URL_OF_CALL, { headers })).status }
}

async function openFetch(verifier: Verifier): Promise<App> {
  const inner = withToken(verifier.narrow({ scopes: ['deploy:write'] }), () => new Response('ok'))
  const outer = withToken(verifier, (request) => inner(request))
  return { send: async (headers) => (await outer(new Request(URL_OF_CALL, { headers }))).status }
}

async function newHeaders(htm = 'GET'): Promise<Sent> {
  const { headers } = await bound.request({ proof: { htm } })
  return { authorization: headers.get('authorization') ?? '', dpop: headers.get('dpop') ?? '' }
}

describe.each([
  ['Express', openExpress],
  ['Fastify', openFastify],
  ['Hono', openHono],
  ['fetch', openFetch],
])('two guards in %s', (_, open) => {
  test('DP-09 accept the proof of one request, and not of a second request', async () => {
    const claimed: string[] = []
    const claimProof = (id: string) => claimed.push(id) === 1
    const app = await open(bound.open({ claimProof }))
    const headers = await newHeaders()
    expect(await app.send(headers)).toBe(200)
    expect(claimed).toHaveLength(1)
    expect(await app.send(headers)).toBe(401)
    await app.close?.()
  })
})

test('DPOP-02 the second guard refuses another proof that was used before', async () => {
  const app = await openExpress(bound.open())
  const [first, second] = [await newHeaders(), await newHeaders()]
  expect(await app.send(first)).toBe(200)
  expect(await app.send({ ...second, 'x-other-proof': first.dpop ?? '' })).toBe(401)
  await app.close?.()
})

test('DP-09 the second guard of Hono accepts the proof after other middleware has replaced the request', async () => {
  const app = new Hono<{ Variables: hono.TokenVariables }>()
  const verifier = bound.open()
  app.use(hono.requireToken(verifier), bodyLimit({ maxSize: 100 }))
  app.post('/deployments', hono.requireToken(verifier), async (c) => c.text(await c.req.text()))
  // `bodyLimit` replaces only a request without a length.
  const send = (headers: Sent) =>
    app.request(URL_OF_CALL, { method: 'POST', headers, body: 'all of it' })
  const headers = await newHeaders('POST')
  const answer = await send(headers)
  expect([answer.status, await answer.text()]).toEqual([200, 'all of it'])
  expect((await send(headers)).status).toBe(401)
})
