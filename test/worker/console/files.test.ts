/** The files of the console: content types, caching, and the headers of every answer below `/console`. */
import { beforeAll, describe, expect, it } from 'vitest'
import { type ASSETS, INDEX, SCRIPT, startConsole } from '../support/console.ts'
import { readJson } from '../support/gateway.ts'

let gateway: Awaited<ReturnType<typeof startConsole>>

beforeAll(async () => {
  gateway = await startConsole()
})

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

describe('the console', () => {
  it.each([
    '/console/',
    '/console/rules',
    '/console/rules/a.b',
    '/console/decisions?outcome=denied',
  ])('%s is the index, which a cache must ask for', async (path) => {
    const response = await gateway.send(path)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('no-cache')
    const etag = response.headers.get('etag') ?? ''
    expect(await response.text()).toBe(INDEX)
    const again = await gateway.send(path, { headers: { 'if-none-match': etag } })
    expect([again.status, again.headers.get('cache-control')]).toEqual([304, 'no-cache'])
  })

  it('redirects to the index with its slash', async () => {
    const response = await gateway.send('/console')
    expect([response.status, response.headers.get('location')]).toEqual([307, '/console/'])
  })

  it('has files that never change, with their content types', async () => {
    const response = await gateway.send(`/console/assets/${SCRIPT}`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(await response.text()).toContain('document.title')
    const head = await gateway.send(`/console/assets/${SCRIPT}`, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
  })

  it.each([
    'none-00000000.js',
    'notes.html',
    'notes',
    '',
    '.js',
    '../index.html',
    '..%2findex.html',
    '%2e%2e/index.html',
    `${SCRIPT}/`,
    `x/${SCRIPT}`,
    'constructor.constructor',
    'x.toString',
  ])('has no file %s', async (name) => {
    const response = await gateway.send(`/console/assets/${name}`)
    // A URL parser resolves the dot segments of two of them.
    if (response.status === 200) expect(await response.text()).toBe(INDEX)
    else expect(response.status).toBe(404)
  })

  it('is below the path of the issuer, with its files', async () => {
    const { send } = await startConsole({ ISSUER: 'http://127.0.0.1:8790/tenant' })
    const moved = await send('/tenant/console')
    expect(moved.headers.get('location')).toBe('/tenant/console/')
    const html = await (await send('/tenant/console/rules')).text()
    expect(html).toContain(`src="/tenant/console/assets/${SCRIPT}"`)
    expect((await send(`/tenant/console/assets/${SCRIPT}`)).status).toBe(200)
    expect((await send('/console/')).status).toBe(404)
  })

  it('is served while the settings are invalid', async () => {
    const { send } = await startConsole({ LOCAL_ISSUERS: 'maybe' })
    expect((await send('/console/')).status).toBe(200)
    const session = await send('/console/session')
    expect(session.status).toBe(503)
    expect(await readJson(session)).toMatchObject({ detail: expect.stringContaining('/health') })
  })

  it.each(['/console/', `/console/assets/${SCRIPT}`])(
    '%s says which binding is missing',
    async (path) => {
      const { send } = await startConsole({ ASSETS: undefined } as object)
      const response = await send(path)
      expect(response.status).toBe(503)
      expect(await readJson(response)).toMatchObject({ detail: expect.stringContaining('ASSETS') })
      expect(response.headers.get('content-security-policy')).toBe(POLICY)
    },
  )

  const answers: readonly (readonly [path: string, method: string])[] = [
    ['/console', 'GET'],
    ['/console/', 'GET'],
    ['/console/rules', 'GET'],
    [`/console/assets/${SCRIPT}`, 'GET'],
    ['/console/assets/none.js', 'GET'],
    ['/console/session', 'GET'],
    ['/console/login', 'GET'],
    ['/console/login?return_to=//evil.test', 'GET'],
    ['/console/callback', 'GET'],
    ['/console/logout', 'POST'],
    ['/console/logout', 'GET'],
    ['/console/rules', 'POST'],
    ['/console/api/v1/trust', 'GET'],
    ['/console/api/v1/none', 'GET'],
    ['/console/api/v1/trust', 'DELETE'],
  ]
  it.each(answers)('CON-01 %s %s has the headers that protect a page', async (path, method) => {
    const { headers } = await gateway.send(path, { method })
    expect(headers.get('content-security-policy')).toBe(POLICY)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect(headers.get('permissions-policy')).toContain('camera=()')
    expect(headers.get('access-control-allow-origin')).toBeNull()
  })

  it('CON-01 has the headers on a failure, too', async () => {
    const broken = { fetch: () => Promise.reject(new Error('down')) } as unknown as typeof ASSETS
    const { send } = await startConsole({ ASSETS: broken })
    const response = await send('/console/')
    expect(response.status).toBe(503)
    expect(response.headers.get('content-security-policy')).toBe(POLICY)
  })
})
