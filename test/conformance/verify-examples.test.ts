/** Runs the examples of docs/api-owners/ as their users do, with tokens of a real gateway. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp as createConnectApp } from '../../examples/verify-connect/app.ts'
import { createApp as createExpressApp } from '../../examples/verify-express/app.ts'
import { createApp as createFastifyApp } from '../../examples/verify-fastify/app.ts'
import { call } from '../verify/support/door-call.ts'
import { bearer } from '../verify/support/door-suite.ts'
import { startExample } from './support/example-worker.ts'
import { API, root, startWorld, type World } from './support/world.ts'

const WORKERS = [
  ['hono', 'examples/verify-hono/index.ts'],
  ['hono, with introspection', 'examples/protected-api/index.ts'],
  ['workers', 'examples/verify-workers/index.ts'],
] as const

let world: World
let reader: string
let writer: string
const urls: Record<string, string> = {}
const closers: (() => unknown)[] = []

async function newToken(scope: string): Promise<string> {
  const body = world.form(await world.mint(), { scope })
  const response = await fetch(`${world.url()}/token`, { method: 'POST', body })
  return ((await response.json()) as { access_token: string }).access_token
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

beforeAll(async () => {
  world = await startWorld()
  const settings = { issuer: world.url(), audience: API }
  urls.express = await listen(createServer(await createExpressApp(settings)))
  urls.connect = await listen(createConnectApp(settings))
  const fastify = await createFastifyApp(settings)
  urls.fastify = await fastify.listen({ port: 0, host: '127.0.0.1' })
  closers.push(() => fastify.close())
  const bindings = { ISSUER: world.url(), AUDIENCE: API }
  for (const [name, path] of WORKERS) {
    const worker = await startExample(path, bindings)
    urls[name] = worker.url
    closers.push(worker.close)
  }
  reader = await newToken('deploy:read')
  writer = await newToken('deploy:write')
})
afterAll(async () => {
  for (const close of closers) await close()
  await world?.close()
})

const NAMES = ['hono', 'hono, with introspection', 'express', 'connect', 'fastify', 'workers']

describe.each(NAMES)('the example for %s', (name) => {
  const ask = (headers: readonly string[]) => call(urls[name] ?? '', '/deployments', headers)

  it('accepts a job with the read scope', async () => {
    const answer = await ask(bearer(reader))
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.body)).toMatchObject({ caller: expect.stringContaining('github:') })
  })

  it('refuses other callers', async () => {
    const missing = await ask([])
    expect([missing.status, missing.challenge?.split(' ')[0]]).toEqual([401, 'Bearer'])
    const scope = await ask(bearer(writer))
    expect([scope.status, JSON.parse(scope.body).error]).toEqual([403, 'insufficient_scope'])
    expect((await ask(bearer(`${reader.slice(0, -4)}AAAA`))).status).toBe(401)
  })
})

describe.each(['express', 'fastify', 'hono'])('the example for %s', (name) => {
  it('requires another scope on a writing route', async () => {
    const both = await newToken('deploy:read deploy:write')
    const json = ['Content-Type', 'application/json']
    const post = (token: string) =>
      call(urls[name] ?? '', '/deployments', [...bearer(token), ...json], '{"version":"7"}')
    const answer = await post(both)
    expect(answer.status).toBe(201)
    expect(JSON.parse(answer.body)).toEqual({ deployed: '7', allowed_by: 'deploy' })
    expect((await post(reader)).status).toBe(403)
  })
})

it.each(['express', 'fastify', 'hono', 'workers'])(
  'the example for %s serves its metadata and sends the challenge of its page',
  async (name) => {
    const answer = await call(urls[name] ?? '', '/.well-known/oauth-protected-resource')
    expect(JSON.parse(answer.body)).toMatchObject({
      resource: API,
      authorization_servers: [world.url()],
    })
    const { challenge, body } = await call(urls[name] ?? '', '/deployments')
    expect(challenge).toContain(`resource_metadata="${API}/.well-known/oauth-protected-resource"`)
    const page = readFileSync(join(root, `docs/api-owners/${name}.md`), 'utf8')
    expect(page).toContain(`\nWWW-Authenticate: ${challenge}\n`)
    expect(page).toContain(`\n\n${body}\n`)
  },
)

it('a Worker that starts under load refuses no request while it loads keys', async () => {
  const bindings = { ISSUER: world.url(), AUDIENCE: API }
  const worker = await startExample('examples/verify-workers/index.ts', bindings)
  const answers = await Promise.all(
    Array.from({ length: 120 }, () => call(worker.url, '/deployments', bearer(reader))),
  )
  await worker.close()
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
})
