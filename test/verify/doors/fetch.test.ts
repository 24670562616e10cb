/** The wrapper of a fetch handler: which requests and which platform arguments reach the handler. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { withToken } from '../../../src/verify/doors/fetch.ts'
import { requireToken, type TokenVariables } from '../../../src/verify/doors/hono.ts'
import type { Verifier } from '../../../src/verify/index.ts'
import { createVerifier } from '../../../src/verify/index.ts'
import { KEYS_REFRESH_SECONDS } from '../../../src/verify/limits.ts'
import type { DoorApp } from '../support/door-call.ts'
import { describeDoor } from '../support/door-suite.ts'
import { KEYS_PATH, startGateway } from '../support/gateway.ts'
import { AUDIENCE, createSigner, mint, NOW } from '../support/tokens.ts'

const gateway = await startGateway()

/** Serves a fetch handler on Node. An error of the handler becomes a 500. */
async function serve(fetch: (request: Request) => Promise<Response>): Promise<DoorApp> {
  const server = createServer(async (incoming, outgoing) => {
    const headers = new Headers()
    for (let index = 0; index < incoming.rawHeaders.length; index += 2) {
      headers.append(incoming.rawHeaders[index] ?? '', incoming.rawHeaders[index + 1] ?? '')
    }
    const chunks: Uint8Array[] = []
    for await (const chunk of incoming) chunks.push(chunk as Uint8Array)
    const { method = 'GET', url = '/' } = incoming
    const body = method === 'GET' ? null : Buffer.concat(chunks)
    const request = new Request(`http://api.acme.dev${url}`, { method, headers, body })
    const response = await fetch(request).catch(() => new Response(null, { status: 500 }))
    outgoing.writeHead(response.status, Object.fromEntries(response.headers))
    outgoing.end(await response.text())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

describeDoor('withToken', (verifier: Verifier) => {
  const read = verifier.narrow({ scopes: ['deploy:read'] })
  const routes: Record<string, (request: Request) => Promise<Response>> = {
    '/read': withToken(read, (_, { subject, scopes }) => Response.json({ subject, scopes })),
    '/write': withToken(read, async (request) => Response.json(await request.json())),
    '/admin': withToken(verifier.narrow({ scopes: ['admin'] }), () => new Response('never')),
    '/fails': withToken(verifier, () => {
      throw new Error('a bug of the app')
    }),
  }
  return serve(async (request) => {
    const route = routes[new URL(request.url).pathname]
    return route === undefined ? new Response(null, { status: 404 }) : route(request)
  })
})

describeDoor('requireToken in Hono', (verifier: Verifier) => {
  const app = new Hono<{ Variables: TokenVariables }>()
  const canRead = requireToken(verifier.narrow({ scopes: ['deploy:read'] }))
  app.get('/read', canRead, (c) => {
    const { subject, scopes } = c.get('token')
    return c.json({ subject, scopes })
  })
  app.post('/write', canRead, async (c) => c.json(await c.req.json()))
  app.get('/admin', requireToken(verifier.narrow({ scopes: ['admin'] })), (c) => c.text('never'))
  app.get('/fails', requireToken(verifier), () => {
    throw new Error('a bug of the app')
  })
  app.onError((_, c) => c.body(null, 500))
  return serve(async (request) => app.fetch(request))
})

describe('on a platform with an execution context', () => {
  test.each(['withToken', 'requireToken in Hono'])(
    '%s refreshes keys after the answer',
    async (door) => {
      const signer = await createSigner()
      gateway.publishKeys([signer.publicJwk])
      let now = NOW
      const verifier = createVerifier({
        issuer: gateway.issuer,
        audience: AUDIENCE,
        now: () => now,
      })
      await verifier.prefetch()
      now += KEYS_REFRESH_SECONDS
      const token = await mint(signer, gateway.issuer, { claims: { exp: now + 60 } })
      const headers = { authorization: `Bearer ${token}` }
      const works: Promise<unknown>[] = []
      const context = {
        waitUntil: (work: Promise<unknown>) => void works.push(work),
        passThroughOnException: () => {},
        props: {},
      }
      const bindings = { NAME: 'api' }
      const app = new Hono<{ Variables: TokenVariables; Bindings: typeof bindings }>()
      app.get('*', requireToken(verifier), (c) => c.json(c.env))
      const wrapped = withToken(
        verifier,
        (_request, _token, env: typeof bindings, _context: typeof context) => Response.json(env),
      )
      const fetch = door === 'withToken' ? wrapped : app.fetch
      const answer = await fetch(
        new Request('https://api.acme.dev/', { headers }),
        bindings,
        context,
      )
      expect(await answer.json()).toEqual(bindings)
      expect(works).toHaveLength(1)
      await Promise.all(works)
      expect(gateway.asked(KEYS_PATH)).toBe(2)
    },
  )
})

test('withToken throws at once for a wrong option', () => {
  const misspelt = { issuer: 'https://sts.acme.dev', audience: AUDIENCE, scope: ['admin'] }
  expect(() => withToken(misspelt, () => new Response())).toThrow('unknown option "scope"')
})

test('withToken throws at once without a handler', () => {
  const options = { issuer: 'https://sts.acme.dev', audience: AUDIENCE }
  expect(() => withToken(options, undefined as never)).toThrow('handler must be a function')
})
