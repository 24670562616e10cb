/** The middleware in Express 5, and with Node's servers as Connect calls it. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo, Server } from 'node:net'
import { text } from 'node:stream/consumers'
import express, { type ErrorRequestHandler } from 'express'
import { expect, test } from 'vitest'
import {
  type ConnectMiddleware,
  requireToken,
  serveMetadata,
  tokenOf,
} from '../../../src/verify/doors/connect.ts'
import {
  createVerifier,
  describeResource,
  type Verifier,
  type VerifierOptions,
} from '../../../src/verify/index.ts'
import { call, type DoorApp } from '../support/door-call.ts'
import { bearer, describeDoor } from '../support/door-suite.ts'
import { startGateway } from '../support/gateway.ts'
import { AUDIENCE, createSigner, mint, NOW } from '../support/tokens.ts'

async function listen(server: Server & { closeAllConnections?: () => void }): Promise<DoorApp> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections?.()
      server.close()
    },
  }
}

function newExpressApp(verifier: Verifier): express.Express {
  const canRead = requireToken(verifier.narrow({ scopes: ['deploy:read'] }))
  const app = express()
  app.get('/read', canRead, (req, res) => {
    const { subject, scopes } = tokenOf(req)
    res.json({ subject, scopes })
  })
  app.post('/write', canRead, express.json(), (req, res) => {
    res.json(req.body)
  })
  app.get('/admin', requireToken(verifier.narrow({ scopes: ['admin'] })), (_, res) => {
    res.send('never')
  })
  app.get('/fails', requireToken(verifier), () => {
    throw new Error('a bug of the app')
  })
  const onError: ErrorRequestHandler = (_error, _req, res, _next) => {
    res.status(500).end()
  }
  app.use(onError)
  return app
}

describeDoor('requireToken in Express 5', (verifier) =>
  listen(createServer(newExpressApp(verifier))),
)

describeDoor(
  'requireToken in an Express app below a path of another',
  async (verifier) => {
    const outer = express()
    outer.use('/v1', newExpressApp(verifier))
    const { url, close } = await listen(
      createServer((request, response) => {
        request.url = `/v1${request.url}`
        outer(request, response)
      }),
    )
    return { url, close }
  },
  '/v1',
)

/** Calls middleware as Connect does: in order, errors go to the end, promises are ignored. */
function newPlainServer(verifier: Verifier) {
  const scopes = new Map<string, ConnectMiddleware>([
    ['/read', requireToken(verifier.narrow({ scopes: ['deploy:read'] }))],
    ['/write', requireToken(verifier.narrow({ scopes: ['deploy:read'] }))],
    ['/admin', requireToken(verifier.narrow({ scopes: ['admin'] }))],
    ['/fails', requireToken(verifier)],
  ])
  return createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?')
    scopes.get(path)?.(request, response, async (error) => {
      if (error !== undefined || path === '/fails') {
        response.writeHead(500).end()
        return
      }
      const { subject, scopes: granted } = tokenOf(request)
      const body = await text(request)
      response.end(path === '/write' ? body : JSON.stringify({ subject, scopes: granted }))
    })
  })
}

describeDoor('requireToken under node:http, as Connect calls it', (verifier) =>
  listen(newPlainServer(verifier)),
)

const gateway = await startGateway()
const signer = await createSigner()
gateway.publishKeys([signer.publicJwk])
const options = { issuer: gateway.issuer, audience: AUDIENCE, now: () => NOW }

test('accepts exactly one token in an HTTP/2 request', async () => {
  const guard = requireToken({ ...options, scopes: ['deploy:read'] })
  const server = createHttp2Server((request, response) =>
    guard(request, response, () => response.end(tokenOf(request).subject)),
  )
  const { url, close } = await listen(server)
  const session = connect(url)
  const ask = async (headers: Record<string, string>) => {
    const stream = session.request({ ':path': '/read?x=1', ...headers })
    const [answer] = await once(stream, 'response')
    return [(answer as { ':status': number })[':status'], await text(stream)]
  }
  const authorization = `Bearer ${await mint(signer, gateway.issuer)}`
  expect(await ask({ authorization })).toEqual([200, 'github:8123456:production'])
  expect((await ask({}))[0]).toBe(401)
  expect((await ask({ authorization, ':path': '/?access_token=x' }))[0]).toBe(400)
  session.close()
  await close()
})

test('tokenOf throws for a route without requireToken', async () => {
  const app = express()
  app.get('/open', (req, res) => {
    // Other code can set this property, so its value is not a verified token.
    Object.assign(req, { token: { subject: 'admin' } })
    res.json({ subject: tokenOf(req).subject })
  })
  const onError: ErrorRequestHandler = (error, _req, res, _next) => {
    res.status(500).json({ message: error instanceof Error ? error.message : '' })
  }
  app.use(onError)
  const { url, close } = await listen(createServer(app))
  const answer = await call(url, '/open', bearer(await mint(signer, gateway.issuer)))
  await close()
  expect([answer.status, JSON.parse(answer.body).message]).toEqual([
    500,
    'edgemint/verify: requireToken does not protect this route',
  ])
})

test('sends nothing when other code has already answered', async () => {
  const guard = requireToken(options)
  let hasPassed = false
  const server = createServer((request, response) => {
    guard(request, response, () => {
      hasPassed = true
    })
    response.writeHead(504).end('too slow')
  })
  const { url, close } = await listen(server)
  const answer = await call(url, '/read')
  await close()
  expect([answer.status, answer.body, hasPassed]).toEqual([504, 'too slow', false])
})

test('passes an error other than a refusal to the framework', async () => {
  let isBroken = false
  const guard = requireToken({
    ...options,
    now: () => {
      if (isBroken) throw new RangeError('a broken clock')
      return NOW
    },
  })
  isBroken = true
  const server = createServer((request, response) =>
    guard(request, response, (error) => response.end(String(error))),
  )
  const { url, close } = await listen(server)
  const answer = await call(url, '/', bearer(await mint(signer, gateway.issuer)))
  await close()
  expect(answer.body).toBe('RangeError: a broken clock')
})

test('throws at once for a wrong option', () => {
  const misspelt = { ...options, scope: ['admin'] }
  expect(() => requireToken(misspelt)).toThrow('unknown option "scope"')
  expect(() => requireToken({ ...options, issuer: 'http://x' } as VerifierOptions)).toThrow(
    TypeError,
  )
  expect(() => requireToken(createVerifier(options))).not.toThrow()
})

test('PR-15 serveMetadata serves the well-known path and passes every other request on', async () => {
  const resource = describeResource({
    resource: `${AUDIENCE}/v1`,
    authorizationServers: [gateway.issuer],
  })
  const path = new URL(resource.url).pathname
  const app = express()
  app.use('/.well-known', serveMetadata(resource))
  app.use(serveMetadata(resource))
  app.get('/open', (_, res) => {
    res.send('open')
  })
  const { url, close } = await listen(createServer(app))
  const served = await call(url, path)
  expect([served.status, JSON.parse(served.body)]).toEqual([200, resource.metadata])
  expect(served.headers).toMatchObject({
    'access-control-allow-origin': '*',
    'cache-control': 'public, max-age=300',
    'content-type': 'application/json',
  })
  const head = await fetch(`${url}${path}`, { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([200, ''])
  expect((await fetch(`${url}${path}`, { method: 'OPTIONS' })).status).toBe(204)
  expect((await fetch(`${url}${path}`, { method: 'POST' })).status).toBe(405)
  expect((await call(url, '/open')).body).toBe('open')
  for (const other of [`${path}/`, '/.well-known/other', '//', '/%zz']) {
    expect((await call(url, other)).body).not.toContain('authorization_servers')
  }
  await close()
})

test('serveMetadata throws at once for anything but a described resource', () => {
  const wrong = { resource: AUDIENCE, authorizationServers: [gateway.issuer] }
  expect(() => serveMetadata(wrong as never)).toThrow('resource must be made by describeResource')
})
