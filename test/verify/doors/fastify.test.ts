/** The hook and the plugin in Fastify 5, and which routes they protect. */
import fastify, { type FastifyInstance } from 'fastify'
import { describe, expect, test } from 'vitest'
import {
  type GuardOptions,
  guardRoutes,
  requireToken,
  serveMetadata,
  tokenOf,
} from '../../../src/verify/doors/fastify.ts'
import { createVerifier, describeResource, type Verifier } from '../../../src/verify/index.ts'
import { call, type DoorApp } from '../support/door-call.ts'
import { bearer, describeDoor } from '../support/door-suite.ts'
import { startGateway } from '../support/gateway.ts'
import { AUDIENCE, createSigner, mint, NOW } from '../support/tokens.ts'

async function listen(app: FastifyInstance): Promise<DoorApp> {
  return { url: await app.listen({ port: 0, host: '127.0.0.1' }), close: () => app.close() }
}

function addRoutes(app: FastifyInstance): void {
  app.get('/read', async (request) => {
    const { subject, scopes } = tokenOf(request)
    return { subject, scopes }
  })
  app.post('/write', async (request) => request.body)
  app.get('/fails', async () => {
    throw new Error('a bug of the app')
  })
}

describeDoor('requireToken in Fastify 5', (verifier: Verifier) => {
  const app = fastify()
  const canRead = requireToken(verifier.narrow({ scopes: ['deploy:read'] }))
  app.get('/read', { onRequest: canRead }, async (request) => {
    const { subject, scopes } = tokenOf(request)
    return { subject, scopes }
  })
  app.post('/write', { onRequest: canRead }, async (request) => request.body)
  const canAdminister = requireToken(verifier.narrow({ scopes: ['admin'] }))
  app.get('/admin', { onRequest: canAdminister }, async () => 'never')
  app.get('/fails', { onRequest: requireToken(verifier) }, async () => {
    throw new Error('a bug of the app')
  })
  return listen(app)
})

describeDoor('guardRoutes in Fastify 5', (verifier: Verifier) => {
  const app = fastify()
  // Routes before and after it, and in nested scopes: all of them are protected.
  addRoutes(app)
  app.register(guardRoutes, { verifier: verifier.narrow({ scopes: ['deploy:read'] }) })
  app.register(async (scope) => {
    scope.register(guardRoutes, { verifier: verifier.narrow({ scopes: ['admin'] }) })
    scope.get('/admin', async () => 'never')
  })
  return listen(app)
})

const gateway = await startGateway()
const signer = await createSigner()
gateway.publishKeys([signer.publicJwk])
const options = { issuer: gateway.issuer, audience: AUDIENCE, now: () => NOW }

describe('guardRoutes', () => {
  test('protects the scope in which it is registered, and no sibling scope', async () => {
    const app = fastify()
    app.get('/open', async () => 'open')
    app.register(async (scope) => {
      scope.register(guardRoutes, options)
      scope.get('/closed', async () => 'closed')
      scope.register(async (inner) => {
        inner.get('/inner', async () => 'inner')
      })
    })
    const { url, close } = await listen(app)
    const statuses = await Promise.all(
      ['/open', '/closed', '/inner'].map(async (path) => (await call(url, path)).status),
    )
    const inner = await call(url, '/inner', bearer(await mint(signer, gateway.issuer)))
    await close()
    expect(statuses).toEqual([200, 401, 401])
    expect(inner.body).toBe('inner')
  })

  test('refuses a request before its body is read', async () => {
    const app = fastify()
    let hasParsed = false
    app.addContentTypeParser('application/json', async () => {
      hasParsed = true
    })
    app.register(guardRoutes, options)
    app.post('/write', async () => 'never')
    const { url, close } = await listen(app)
    const answer = await call(url, '/write', ['Content-Type', 'application/json'], '{}')
    await close()
    expect([answer.status, hasParsed]).toEqual([401, false])
  })

  test('protects the HEAD routes that Fastify adds for GET', async () => {
    const app = fastify()
    app.register(guardRoutes, options)
    app.get('/read', async () => 'read')
    const { url, close } = await listen(app)
    const answer = await fetch(`${url}/read`, { method: 'HEAD' })
    await close()
    expect(answer.status).toBe(401)
  })

  test('stops the start of an app with wrong options', async () => {
    const app = fastify()
    const misspelt = { ...options, scope: ['admin'] }
    app.register(guardRoutes, misspelt)
    await expect(app.ready()).rejects.toThrow('unknown option "scope"')
  })

  test('stops the start of an app with an option beside a verifier, which is a type error', async () => {
    const app = fastify()
    const verifier = createVerifier(options)
    // @ts-expect-error: nothing would apply the scopes
    const both: GuardOptions = { verifier, scopes: ['admin'] }
    app.register(guardRoutes, both)
    await expect(app.ready()).rejects.toThrow('scopes cannot be used with verifier')
  })
})

test('serveMetadata stops the start of an app without a described resource', async () => {
  const app = fastify()
  app.register(serveMetadata, { resource: { resource: AUDIENCE } as never })
  await expect(app.ready()).rejects.toThrow('resource must be made by describeResource')
})

test('requireToken throws at once for a wrong option', () => {
  const misspelt = { ...options, scope: ['admin'] }
  expect(() => requireToken(misspelt)).toThrow('unknown option "scope"')
  expect(() => requireToken(createVerifier(options))).not.toThrow()
})

test('PR-15 serveMetadata serves the well-known path next to protected scopes', async () => {
  const resource = describeResource({
    resource: `${AUDIENCE}/v1?tenant=a`,
    authorizationServers: [gateway.issuer],
  })
  const { pathname, search } = new URL(resource.url)
  const app = fastify()
  app.register(serveMetadata, { resource })
  app.register(async (scope) => {
    scope.register(guardRoutes, options)
    scope.get('/closed', async () => 'closed')
  })
  const { url, close } = await listen(app)
  const served = await call(url, `${pathname}${search}`)
  expect([served.status, JSON.parse(served.body)]).toEqual([200, resource.metadata])
  expect(served.headers['cache-control']).toBe('public, max-age=300')
  expect((await fetch(`${url}${pathname}${search}`, { method: 'OPTIONS' })).status).toBe(204)
  const head = await fetch(`${url}${pathname}${search}`, { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([200, ''])
  expect((await call(url, `${pathname}?tenant=b`)).status).toBe(404)
  expect((await call(url, '/closed')).status).toBe(401)
  await close()
})

test.each([
  'caf%C3%A9',
  'a%20b',
  'a%25b',
  'a%2Fb',
  'a%2Ab',
  'a%3Ab/c',
  // The other characters that decoding a whole path leaves alone.
  ...['%23', '%24', '%26', '%2B', '%2C', '%3B', '%3D', '%3F', '%40'].map((one) => `a${one}b`),
  'a:b',
  'a::b',
  'a:b(c)',
  'a*b',
  'a/*/b',
  'a;b@c',
])('PR-15 serveMetadata serves a path with special characters: %s', async (path) => {
  const resource = describeResource({
    resource: `${AUDIENCE}/${path}`,
    authorizationServers: [gateway.issuer],
  })
  const app = fastify()
  app.register(serveMetadata, { resource })
  const { pathname } = new URL(resource.url)
  const served = await app.inject(pathname)
  expect([served.statusCode, served.body]).toEqual([200, JSON.stringify(resource.metadata)])
  expect((await app.inject(`${pathname}x`)).statusCode).toBe(404)
  await app.close()
})
