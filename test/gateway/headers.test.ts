/** Headers to the origin and back. No header of a caller is mistaken for one of the gateway. */
import { describe, expect, test } from 'vitest'
import { API, ask, bearer, startEdgeWorld } from './support/world.ts'

const { origin, newEdge, mint } = await startEdgeWorld()
const seenHeaders = () => origin.seen[0]?.headers ?? {}

describe('an identity in plain headers', () => {
  test('is that of the verified token', async () => {
    await ask(newEdge(), '/deployments', bearer(await mint('deploy:read deploy:write')))
    expect(seenHeaders()).toMatchObject({
      'x-acme-subject': 'github:8123456:production',
      'x-acme-scope': 'deploy:read deploy:write',
      'x-acme-client-id': 'deploy-api-from-main',
      'x-acme-token-id': 'token-1',
      'x-acme-expires-at': expect.stringMatching(/^\d+$/),
      'x-acme-actor': '',
    })
  })

  test('EXC-07 names who acts for the subject, and loses what a caller claims', async () => {
    const act = { iss: 'https://agents.example', sub: 'agent-7' }
    await ask(newEdge(), '/deployments', bearer(await mint('deploy:read', { act })))
    expect(seenHeaders()['x-acme-actor']).toBe('https://agents.example agent-7')
    await ask(newEdge(), '/deployments', bearer(await mint(), { 'x-acme-actor': 'agent-7' }))
    expect(origin.seen[1]?.headers['x-acme-actor']).toBe('')
  })

  const spoofed: readonly string[] = [
    'x-acme-subject',
    'X-ACME-SUBJECT',
    'x_acme_subject',
    'X_Acme_Subject',
    'x-acme_subject',
    'x.acme.subject',
    'x-acme-admin',
    'x_acme_',
    'x~acme~subject',
  ]
  test.each(spoofed)('is not taken from a caller: %s', async (name) => {
    for (const path of ['/deployments', '/health']) {
      await ask(newEdge(), path, bearer(await mint(), { [name]: 'admin', 'x-acmes': 'kept' }))
    }
    expect(origin.seen).toHaveLength(2)
    for (const { headers } of origin.seen) {
      expect(Object.values(headers)).not.toContain('admin')
      expect(headers['x-acmes']).toBe('kept')
    }
    expect(seenHeaders()['x-acme-subject']).toBe('github:8123456:production')
    expect(origin.seen[1]?.headers['x-acme-subject']).toBeUndefined()
  })

  test.each([
    ['a line break', 'a\r\nx-acme-admin: 1'],
    ['a letter outside ASCII', 'repo:café'],
    ['a space at the end', 'repo:acme '],
    ['a space at the beginning', ' repo:acme'],
    ['a tab at the beginning', '\trepo:acme'],
    ['two spaces', 'repo:acme  api'],
    ['only a space', ' '],
  ])('that cannot be written into a header unchanged refuses the request: %s', async (_, sub) => {
    const asked = ask(newEdge(), '/deployments', bearer(await mint('deploy:read', { sub })))
    const read = asked.then(async (answer) => [answer.status, await answer.json()])
    await expect(read).resolves.toMatchObject([403, { error: 'access_denied' }])
    expect(origin.seen).toEqual([])
  })
})

describe('a header of the caller', () => {
  test('PR-14 authorization is removed, unless the options forward it', async () => {
    const token = await mint()
    await ask(newEdge(), '/deployments', bearer(token))
    await ask(newEdge({ forwardAuthorization: true }), '/deployments', bearer(token))
    await ask(newEdge(), '/health', bearer(token))
    expect(origin.seen.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      `Bearer ${token}`,
      undefined,
    ])
  })

  test.each([
    'x-http-method-override',
    'X_HTTP_Method_Override',
    'x-method-override',
    'x-original-url',
    'x-rewrite-url',
    'x-forwarded-uri',
    'x-forwarded-prefix',
    'x-envoy-original-path',
    'x-matched-path',
    'x-invoke-path',
    'x-forwarded-scheme',
    'x-forwarded-server',
    'X_Original_Host',
    'x-http-host-override',
    'x-host',
    'forwarded',
    'proxy',
    'proxy-authorization',
    'keep-alive',
    'te',
    'trailer',
    ...['x-invoke-query', 'x-middleware-subrequest', 'x-sendfile-type', 'X_Accel_Mapping'],
    ...['x-script-name', 'x-forwarded-pathbase', 'destination', 'x-forwarded-protocol'],
    ...['x-forwarded-ssl', 'x-scheme', 'x-url-scheme', 'front-end-https'],
  ])('EXC-16 that could change or end a request is removed: %s', async (name) => {
    await ask(newEdge(), '/deployments', bearer(await mint(), { [name]: 'DELETE' }))
    expect(Object.values(seenHeaders())).not.toContain('DELETE')
  })

  test('named in connection is removed, and cannot remove the identity', async () => {
    const named = 'x-private, X-Acme-Subject, cookie'
    const headers = { connection: named, 'x-private': '1', cookie: 'a=b', 'x-public': '2' }
    await ask(newEdge(), '/deployments', bearer(await mint(), headers))
    expect(seenHeaders()).toMatchObject({
      'x-public': '2',
      'x-acme-subject': 'github:8123456:production',
    })
    expect(seenHeaders()).not.toHaveProperty('x-private')
    expect(seenHeaders()).not.toHaveProperty('cookie')
    expect(seenHeaders().connection ?? '').not.toContain('x-acme')
  })

  test('about the host is replaced by the host of the request', async () => {
    const headers = { 'x-forwarded-host': 'evil.example', x_forwarded_host: 'evil.example' }
    await ask(newEdge(), '/deployments', bearer(await mint(), headers))
    expect(seenHeaders()).toMatchObject({
      host: new URL(origin.url).host,
      'x-forwarded-host': new URL(API).host,
      'x-forwarded-proto': 'https',
    })
    expect(Object.values(seenHeaders())).not.toContain('evil.example')
  })
})

describe('an answer of the origin', () => {
  const CACHING: readonly (readonly [string, string | undefined, string])[] = [
    ['nothing', undefined, 'private'],
    ['public', 'public, max-age=60', 'private, max-age=60'],
    ['s-maxage', 's-maxage=600', 'private'],
    ['must-revalidate', 'max-age=0, must-revalidate', 'private, max-age=0'],
    ['private', 'private, max-age=5', 'private, max-age=5'],
    ['no-store', 'no-store', 'no-store'],
  ]
  test.each(CACHING)(
    'to a token is kept by no shared cache: it said %s',
    async (_, said, becomes) => {
      origin.answer((_request, response) => {
        if (said !== undefined) response.setHeader('cache-control', said)
        response.setHeader('cdn-cache-control', 'max-age=600')
        response.setHeader('vary', 'Accept')
        response.end()
      })
      const answer = await ask(newEdge(), '/deployments', bearer(await mint()))
      expect(answer.headers.get('cache-control')).toBe(becomes)
      expect(answer.headers.get('vary')).toBe('Accept, Authorization')
      expect(answer.headers.get('cdn-cache-control')).toBeNull()
      expect(origin.seen[0]?.headers['cache-control']).toBe('no-cache')
    },
  )

  test('for a public route keeps its own caching', async () => {
    origin.answer((_, response) => {
      response.setHeader('cache-control', 'public, max-age=60').end()
    })
    const answer = await ask(newEdge(), '/health')
    expect(answer.headers.get('cache-control')).toBe('public, max-age=60')
    expect(answer.headers.get('vary')).toBeNull()
  })

  test('keeps status, cookies and body, and loses hop-by-hop headers', async () => {
    origin.answer((_, response) => {
      response.writeHead(418, 'Teapot', [
        ...['set-cookie', 'a=1', 'set-cookie', 'b=2'],
        ...['connection', 'x-hop', 'x-hop', '1', 'keep-alive', 'timeout=5'],
      ])
      response.end('short and stout')
    })
    const answer = await ask(newEdge(), '/deployments', bearer(await mint()))
    expect([answer.status, answer.statusText]).toEqual([418, 'Teapot'])
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    for (const name of ['x-hop', 'keep-alive', 'connection']) {
      expect(answer.headers.get(name)).toBeNull()
    }
    expect(await answer.text()).toBe('short and stout')
  })

  test.each([
    ['to itself', (url: string) => `${url}/next?a=1#b`, '/next?a=1#b'],
    ['to itself without a scheme', (url: string) => `${url.replace('http:', '')}/next`, '/next'],
    ['to itself, by a path like a host', (url: string) => `${url}//evil.dev/x`, '/.//evil.dev/x'],
    ['to itself, by a backslash', (url: string) => `${url}/\\evil.dev/x`, '/.//evil.dev/x'],
    ['relative', () => '../next', '../next'],
    ['elsewhere', () => 'https://login.acme.dev/', 'https://login.acme.dev/'],
  ])('that redirects %s is passed to the caller and not followed', async (_, location, becomes) => {
    origin.answer((_request, response) => {
      response.writeHead(302, { location: location(origin.url) }).end()
    })
    const answer = await ask(newEdge(), '/deployments', bearer(await mint()))
    expect([answer.status, answer.headers.get('location')]).toEqual([302, becomes])
    // As a caller resolves it: no host that the origin did not name.
    const { host } = new URL(becomes, API)
    expect(['api.acme.dev', 'login.acme.dev']).toContain(host)
    expect(origin.seen).toHaveLength(1)
  })

  test.each([204, 304])('without a body has no body: %i', async (status) => {
    origin.answer((_, response) => {
      response.writeHead(status).end()
    })
    const answer = await ask(newEdge(), '/deployments', bearer(await mint()))
    expect([answer.status, answer.body]).toEqual([status, null])
  })
})

describe('bodies', () => {
  test('are streamed to the origin, which can answer before they end', async () => {
    let release = (): void => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const body = new ReadableStream<Uint8Array>({
      async start(controller) {
        controller.enqueue(new TextEncoder().encode('first,'))
        await held
        controller.enqueue(new TextEncoder().encode('second'))
        controller.close()
      },
    })
    origin.answer((request, response) => {
      request.once('data', () => response.writeHead(200).write('got the first,'))
      request.on('end', () => response.end('and the end'))
      request.resume()
    })
    const init = { ...bearer(await mint('deploy:write')), method: 'POST', body, duplex: 'half' }
    const answer = await ask(newEdge(), '/deployments', init as RequestInit)
    // The answer begins before the request has ended, so neither is buffered.
    expect(answer.status).toBe(200)
    release()
    expect(await answer.text()).toBe('got the first,and the end')
  })

  test('arrive as they were sent', async () => {
    const init = { ...bearer(await mint('deploy:write')), method: 'PUT', body: 'x'.repeat(100_000) }
    await ask(newEdge(), '/deployments/7', init)
    expect(origin.seen[0]).toMatchObject({ method: 'PUT', body: init.body })
  })
})

test('a binding receives the URL of the caller, and all else as an origin does', async () => {
  const requests: Request[] = []
  const binding = {
    fetch: async (request: Request) => {
      requests.push(request)
      return new Response('from the binding')
    },
  }
  const edge = newEdge({ origin: binding })
  const answer = await ask(
    edge,
    '/deployments/7?a=1',
    bearer(await mint(), { 'x-acme-x': 'spoof' }),
  )
  expect(await answer.text()).toBe('from the binding')
  expect(requests[0]?.url).toBe(`${API}/deployments/7?a=1`)
  expect(requests[0]?.headers.get('x-acme-subject')).toBe('github:8123456:production')
  expect(requests[0]?.headers.get('x-acme-x')).toBeNull()
  expect(requests[0]?.headers.get('authorization')).toBeNull()
})
