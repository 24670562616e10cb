/** Which requests reach the origin, and the answers to all others. */
import { describe, expect, test } from 'vitest'
import { hangUp, INTROSPECTION_PATH, sendJson } from '../verify/support/gateway.ts'
import { NOW } from '../verify/support/tokens.ts'
import { API, ask, bearer, startEdgeWorld } from './support/world.ts'

const { gateway, origin, newEdge, mint } = await startEdgeWorld()
const METADATA = `resource_metadata="${API}/.well-known/oauth-protected-resource"`

describe('a request', () => {
  test('with the scopes of its route reaches the origin unchanged', async () => {
    const answer = await ask(newEdge(), '/deployments/7?all=1&b=%2F', bearer(await mint()))
    expect([answer.status, await answer.text()]).toEqual([200, 'hello'])
    expect(origin.seen).toHaveLength(1)
    expect(origin.seen[0]).toMatchObject({ method: 'GET', target: '/deployments/7?all=1&b=%2F' })
  })

  test('AV-34 must have a token of a type in the option typ', async () => {
    const status = async (typ: 'at+jwt' | 'JWT', edge = newEdge()) =>
      (await ask(edge, '/deployments', bearer(await mint('deploy:read', {}, { typ })))).status
    expect([await status('at+jwt'), await status('JWT')]).toEqual([200, 401])
    const plain = newEdge({ typ: 'JWT' })
    expect([await status('at+jwt', plain), await status('JWT', plain)]).toEqual([401, 200])
  })

  test('for a public route needs no token, and an invalid one is ignored', async () => {
    expect((await ask(newEdge(), '/health')).status).toBe(200)
    expect((await ask(newEdge(), '/health', bearer('a.b.c'))).status).toBe(200)
    expect(gateway.askedInAll()).toBe(0)
  })

  const refused: readonly (readonly [
    string,
    string,
    () => Promise<RequestInit>,
    number,
    string,
  ])[] = [
    ['PR-09 without a token', '/deployments', async () => ({}), 401, 'token_missing'],
    ['PR-06 with an invalid token', '/deployments', async () => bearer('x'), 401, 'invalid_token'],
    [
      'PR-05 with an expired token',
      '/deployments',
      async () => bearer(await mint('deploy:read', { exp: NOW - 600 })),
      401,
      'invalid_token',
    ],
    [
      'PR-03 with a token for another API',
      '/deployments',
      async () => bearer(await mint('deploy:read', { aud: 'https://other.acme.dev' })),
      401,
      'invalid_token',
    ],
    [
      'PR-10 without a required scope',
      '/deployments',
      async () => bearer(await mint('deploy:write')),
      403,
      'insufficient_scope',
    ],
    [
      'without the claim of its route',
      '/acme',
      async () => bearer(await mint()),
      401,
      'invalid_token',
    ],
    [
      'PR-08 with a second token in the query',
      '/deployments?access_token=x',
      async () => bearer(await mint()),
      400,
      'invalid_request',
    ],
    ['without a matching route', '/admin', async () => bearer(await mint()), 404, 'not_found'],
    [
      'with a method that no route accepts',
      '/deployments',
      async () => ({ ...bearer(await mint()), method: 'DELETE' }),
      404,
      'not_found',
    ],
    [
      'with OPTIONS and without the headers of a preflight',
      '/acme',
      async () => ({ method: 'OPTIONS' }),
      401,
      'token_missing',
    ],
    [
      'for a disputed path',
      '/deployments%2f7',
      async () => bearer(await mint()),
      400,
      'invalid_request',
    ],
  ]
  test.each(refused)('%s never reaches the origin', async (_, path, init, status, error) => {
    const answer = await ask(newEdge(), path, await init())
    expect(answer.status).toBe(status)
    expect(await answer.json()).toMatchObject({ error })
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(origin.seen).toEqual([])
  })

  test('EXC-16 for a path that only a lenient origin takes for a protected one never reaches it', async () => {
    const edge = newEdge({
      routes: [
        { path: '/admin/**', scopes: ['admin'] },
        { path: '/**', public: true },
      ],
    })
    for (const init of [{}, bearer(await mint())]) {
      const answer = await ask(edge, '/ADMIN/users', init)
      expect(answer.status).toBe(400)
      expect(await answer.json()).toMatchObject({ error: 'invalid_request' })
    }
    expect(origin.seen).toEqual([])
    expect((await ask(edge, '/other')).status).toBe(200)
  })

  test('with the claim of its route passes', async () => {
    const token = await mint('', { repository: 'acme/web' })
    expect((await ask(newEdge(), '/acme', bearer(token))).status).toBe(200)
  })

  test('without a matching route gets the same answer with and without a token', async () => {
    const answers = await Promise.all(
      [{}, bearer(await mint()), bearer('x')].map(async (init) => {
        const answer = await ask(newEdge(), '/admin', init)
        return [answer.status, [...answer.headers], await answer.text()]
      }),
    )
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(gateway.askedInAll()).toBe(0)
  })
})

describe('during an outage', () => {
  test('REV-02 returns 503 if the keys of the issuer are unavailable', async () => {
    gateway.answerAll(hangUp)
    const answer = await ask(newEdge(), '/deployments', bearer(await mint()))
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(origin.seen).toEqual([])
  })

  test('returns 503 while introspection fails, and 401 for a revoked token', async () => {
    const edge = newEdge({ revocation: { introspect: true, maxAgeSeconds: 0 } })
    const init = bearer(await mint())
    expect((await ask(edge, '/deployments', init)).status).toBe(200)
    gateway.answer(INTROSPECTION_PATH, hangUp)
    expect((await ask(edge, '/deployments', init)).status).toBe(503)
    gateway.answer(INTROSPECTION_PATH, sendJson({ active: false }))
    expect((await ask(edge, '/deployments', init)).status).toBe(401)
    expect(origin.seen).toHaveLength(1)
  })

  test('returns 502 without the address of an unreachable origin', async () => {
    origin.answer((request) => request.socket.destroy())
    const answer = await ask(newEdge(), '/deployments', bearer(await mint()))
    expect(answer.status).toBe(502)
    expect(await answer.text()).not.toContain(new URL(origin.url).port)
  })
})

describe('a CORS preflight', () => {
  const preflight = (method: string) => ({
    method: 'OPTIONS',
    headers: { origin: 'https://app.acme.dev', 'access-control-request-method': method },
  })

  test('is refused if its route does not pass it', async () => {
    const answer = await ask(newEdge(), '/deployments', preflight('GET'))
    expect(answer.status).toBe(404)
    expect(origin.seen).toEqual([])
  })

  test('passes without token and identity if its route says so', async () => {
    origin.answer((_, response) => {
      response.writeHead(204, { 'access-control-allow-origin': 'https://app.acme.dev' }).end()
    })
    const answer = await ask(newEdge(), '/acme/x', preflight('PUT'))
    expect(answer.status).toBe(204)
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.acme.dev')
    expect(Object.keys(origin.seen[0]?.headers ?? {}).join()).not.toContain('x-acme')
  })

  test('is forwarded without a body', async () => {
    const { headers } = preflight('PUT')
    await ask(newEdge(), '/acme/x', { method: 'OPTIONS', headers, body: 'smuggled' })
    expect(origin.seen[0]).toMatchObject({ method: 'OPTIONS', body: '' })
  })

  test.each(['origin', 'access-control-request-method'])(
    'without the header %s is treated as a normal request',
    async (missing) => {
      const { headers } = preflight('PUT')
      const rest = Object.entries(headers).filter(([name]) => name !== missing)
      const answer = await ask(newEdge(), '/acme/x', { method: 'OPTIONS', headers: rest })
      expect(answer.status).toBe(401)
      expect(origin.seen).toEqual([])
    },
  )

  test.each(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH'])(
    'has the method OPTIONS: %s with its headers needs a token',
    async (method) => {
      const answer = await ask(newEdge(), '/acme/x', { ...preflight('PUT'), method })
      expect(answer.status).toBe(401)
      expect(origin.seen).toEqual([])
    },
  )
})

describe('metadata of the resource', () => {
  test('PR-15 PR-17 is public and names the scopes of the routes', async () => {
    const answer = await ask(newEdge(), '/.well-known/oauth-protected-resource')
    expect(await answer.json()).toEqual({
      resource: API,
      authorization_servers: [gateway.issuer],
      bearer_methods_supported: ['header'],
      scopes_supported: ['deploy:read', 'deploy:write'],
    })
    expect(origin.seen).toEqual([])
  })

  test('PR-16 is named in every challenge', async () => {
    const missing = await ask(newEdge(), '/deployments')
    expect(missing.headers.get('www-authenticate')).toBe(`Bearer ${METADATA}`)
    const scope = await ask(newEdge(), '/deployments', bearer(await mint('other')))
    expect(scope.headers.get('www-authenticate')).toContain('scope="deploy:read"')
    expect(scope.headers.get('www-authenticate')).toContain(METADATA)
  })

  test('is served for each resource of a gateway, and a token is accepted only for its own', async () => {
    const edge = newEdge({
      routes: [
        { path: '/a/**', scopes: ['a'], audience: `${API}/a` },
        { path: '/b/**', scopes: ['b'], audience: 'urn:acme:b' },
      ],
    })
    const metadata = await ask(edge, '/.well-known/oauth-protected-resource/a')
    expect(await metadata.json()).toMatchObject({ resource: `${API}/a`, scopes_supported: ['a'] })
    const forA = bearer(await mint('a b', { aud: `${API}/a` }))
    expect((await ask(edge, '/a/1', forA)).status).toBe(200)
    const refused = await ask(edge, '/b/1', forA)
    expect(refused.status).toBe(401)
    // A resource that is not a URL has no address for metadata.
    expect(refused.headers.get('www-authenticate')).not.toContain('resource_metadata')
  })
})
