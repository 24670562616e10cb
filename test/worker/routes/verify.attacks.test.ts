import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { locate } from '../../../src/worker/routing/locate.ts'
import { accessToken, applyTrust, bearer, GATEWAY, send } from '../support/gateway.ts'
import { newIssuer } from '../support/issuer.ts'
import { API, trustFor } from '../support/trust.ts'
import { questionPath, verify } from '../support/verify.ts'

const issuer = newIssuer()
const EASY_API = 'https://easy.test'
const ASKED = { 'x-edgemint-require-resource': API, 'x-edgemint-require-scope': 'deploy:write' }

/** A token for an API that everyone may use. */
let easy: string

beforeAll(async () => {
  const base = trustFor(issuer.url)
  const [rule] = base.rules
  const grant = { resource: EASY_API, scopes: ['read'] }
  const resources = { ...base.resources, [EASY_API]: { scopes: ['read'] } }
  await applyTrust({ ...base, resources, rules: [rule, { ...rule, name: 'easy', grant }] })
  easy = await accessToken(await issuer.mint(), { resource: EASY_API })
})

describe('a client that tries to choose the required resource or scope', () => {
  it('fails with headers in addition to the query of the proxy', async () => {
    for (const name of ['x-edgemint-require-resource', 'x-edgemint-require-scope']) {
      const response = await verify(easy, { headers: { [name]: EASY_API } })
      expect(response.status).toBe(400)
    }
    const others = {
      'x-edgemint-resource': EASY_API,
      'x-forwarded-uri': questionPath(EASY_API),
      'x-original-url': questionPath(EASY_API),
      'x-http-method-override': 'GET',
    }
    expect((await verify(easy, { headers: others })).status).toBe(401)
  })

  it('fails with its own path or query below the prefix', async () => {
    const query = `?resource=${encodeURIComponent(EASY_API)}`
    const dotted = `/verify/x/../../verify${query}`
    for (const path of [`/verify/${query}`, `/verify/x${query}`, `/verify/verify${query}`]) {
      const response = await send(path, { headers: { ...ASKED, ...bearer(easy) } })
      expect(response.status).toBe(401)
    }
    // The dots are resolved before routing. This is the exact path with a query of the client.
    const response = await send(dotted, { headers: { ...ASKED, ...bearer(easy) } })
    expect(response.status).toBe(400)
  })

  it('fails with repeated parameters', async () => {
    const twice = `${questionPath()}&resource=${encodeURIComponent(EASY_API)}`
    expect((await send(twice, { headers: bearer(easy) })).status).toBe(400)
    const headers = { ...ASKED, 'x-edgemint-require-resource': `${API}, ${EASY_API}` }
    expect((await send('/verify/x', { headers: { ...headers, ...bearer(easy) } })).status).toBe(400)
  })
})

describe('a path that leads out of /verify/', () => {
  const elsewhere = [
    '/verify/../health',
    '/verify/%2e%2e/health',
    '/verify/..\\health',
    '/verify/../jwks.json',
    '/verify/../schemas/trust.v1.json',
    '/verify/../.well-known/openid-configuration',
    '/verify/../revoke',
    '/health',
    '/verifyx',
    '/',
  ]
  it.each(elsewhere)('EXC-16 %s never gives a proxy a 2xx', async (path) => {
    const response = await send(path, { headers: ASKED })
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect((await send(path, { method: 'POST', headers: ASKED })).status).toBeGreaterThanOrEqual(
      400,
    )
  })

  it('is not found, also below an issuer with a path', () => {
    const at = (path: string, headers: Readonly<Record<string, string>> = {}) =>
      locate(new Request(`https://sts.test${path}`, { headers }), {
        ISSUER: 'https://sts.test/sts',
      })
    expect(at('/sts/verify/x', ASKED)).toBe('/verify/x')
    expect(at('/sts/verify/../health', ASKED)).toBe('/')
    expect(at('/health', ASKED)).toBe('/')
    expect(at('/health')).toBe('/health')
    expect(at('/verify', ASKED)).toBe('/')
  })

  it('EXC-16 has one spelling', async () => {
    const query = `?resource=${encodeURIComponent(EASY_API)}`
    for (const path of ['/Verify', '/%76erify', '//verify', '/verify;x', '/VERIFY']) {
      const response = await send(`${path}${query}`, { headers: bearer(easy) })
      expect(response.status, path).toBe(404)
    }
  })
})

describe('a token outside the Authorization header', () => {
  it('PR-07 is not accepted', async () => {
    const places = [
      { cookie: `token=${easy}; authorization=Bearer ${easy}` },
      { 'proxy-authorization': `Bearer ${easy}` },
      { 'x-forwarded-authorization': `Bearer ${easy}` },
    ]
    for (const headers of places) {
      const response = await verify(undefined, { resource: EASY_API, headers })
      expect(response.headers.get('www-authenticate')).toBe('Bearer')
    }
    const inQuery = await send(`${questionPath(EASY_API)}&access_token=${easy}`)
    expect(inQuery.status).toBe(400)
  })
})

describe('the log', () => {
  const lines: string[] = []
  beforeEach(() => {
    lines.length = 0
    vi.spyOn(console, 'log').mockImplementation((line: unknown) => {
      lines.push(String(line))
    })
  })
  afterEach(() => vi.restoreAllMocks())

  it('LOG-01 LOG-02 PR-14 has a line for a refusal, without a token or text of the caller', async () => {
    const canary = 'canary-5b1d'
    await verify(easy)
    await verify(`${canary}.b.c`, { resource: `https://${canary}.test`, scope: canary })
    await verify(easy, { resource: `https://${canary}.test` })
    await send(`/verify/${canary}?${canary}`, { headers: { 'user-agent': canary } })
    const secrets = [canary, ...easy.split('.')]
    for (const line of lines) for (const secret of secrets) expect(line).not.toContain(secret)
    expect(lines.map((line) => (JSON.parse(line) as { reason: string }).reason)).toEqual([
      'audience_mismatch',
      'token_not_accepted',
      'resource_unknown',
      'question_malformed',
    ])
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ resource: API, rule: 'easy' })
  })

  it('has no line for a grant', async () => {
    expect((await verify(easy, { resource: EASY_API })).status).toBe(200)
    expect(lines).toEqual([])
  })

  it('OUT-05 EXC-11 no answer repeats the request', async () => {
    const canary = 'canary-5b1d'
    const asked = [
      await verify(easy, { resource: `https://${canary}.test` }),
      await verify(easy, { resource: EASY_API, scope: canary }),
      await verify(`${canary}.b.c`),
      await send(`/verify/${canary}?resource=${canary}`, { headers: { host: canary } }),
    ]
    for (const response of asked) {
      const text = `${JSON.stringify([...response.headers])}${await response.text()}`
      expect(text).not.toContain(canary)
      expect(text).not.toContain(GATEWAY)
    }
  })
})
