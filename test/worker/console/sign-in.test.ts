/** Signing in at the console: the request to the provider, the cookies, and the session that begins. */
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { ADMIN_ROLES, ADMIN_SCOPES } from '../../../src/contract/admin.ts'
import { RELEASE } from '../../../src/protocol/release.ts'
import { encodeBase64Url } from '../../../src/web/base64.ts'
import { CLIENT_ID, CONSOLE, people, sentenceOf, startConsole } from '../support/console.ts'
import { expectDescribed } from '../support/described.ts'
import { readJson } from '../support/gateway.ts'

let gateway: Awaited<ReturnType<typeof startConsole>>

beforeAll(async () => {
  gateway = await startConsole()
})
afterEach(() => vi.useRealTimers())

const claimsOf = (token = '') =>
  JSON.parse(atob(token.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? ''))

describe('a sign-in', () => {
  it('begins with a redirect to the provider, with PKCE, state and nonce', async () => {
    const browser = gateway.openBrowser()
    const response = await browser.ask('/console/login')
    await expectDescribed('/console/login', 'GET', response)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const url = new URL(response.headers.get('location') ?? '')
    expect(`${url.origin}${url.pathname}`).toBe(`${people()}/authorize`)
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      client_id: CLIENT_ID,
      redirect_uri: `${CONSOLE}/console/callback`,
      scope: 'openid email',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    })
    const [set = '', ...others] = response.headers.getSetCookie()
    expect(others).toEqual([])
    expect(set).toMatch(
      /^__Host-edgemint-login=[\w-]+\.[\w-]+; Path=\/; Max-Age=600; Secure; HttpOnly; SameSite=Lax$/,
    )
    const { verifier, ...state } = JSON.parse(atob(browser.state()?.split('.')[0] ?? ''))
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
    expect(encodeBase64Url(new Uint8Array(digest))).toBe(url.searchParams.get('code_challenge'))
    expect(url.href).not.toContain(verifier)
    expect(state).toMatchObject({ state: url.searchParams.get('state'), returnTo: '/console/' })
  })

  it('has another state, nonce and verifier each time', async () => {
    const [one, other] = [await gateway.openBrowser().start(), await gateway.openBrowser().start()]
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(one.searchParams.get(name)).not.toBe(other.searchParams.get(name))
    }
  })

  it('CON-06 ends with the cookie of the session, which no script can read', async () => {
    const browser = gateway.openBrowser()
    const response = await browser.signIn('ada', '/console/rules/deploy?tab=uses')
    await expectDescribed('/console/callback', 'GET', response)
    expect(response.headers.get('location')).toBe(`${CONSOLE}/console/rules/deploy?tab=uses`)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.text()).toBe('')
    expect(response.headers.getSetCookie()).toEqual([
      '__Host-edgemint-login=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax',
      expect.stringMatching(
        /^__Host-edgemint=[\w-]+\.[\w-]+\.[\w-]+; Path=\/; Max-Age=600; Secure; HttpOnly; SameSite=Strict$/,
      ),
    ])
    const { iss, aud, sub, client_id, origin } = claimsOf(browser.session())
    expect({ iss, aud, sub, client_id, origin }).toMatchObject({
      iss: CONSOLE,
      aud: CONSOLE,
      client_id: 'people',
      origin: { iss: people(), sub: 'ada' },
    })
  })

  it('gives the session of the person', async () => {
    const browser = gateway.openBrowser()
    await browser.signIn('ada')
    const response = await browser.asPage('/console/session')
    await expectDescribed('/console/session', 'GET', response)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const { exp, sub } = claimsOf(browser.session())
    expect(await readJson(response)).toEqual({
      subject: sub,
      scopes: [...ADMIN_SCOPES],
      role: 'owner',
      expires_at: exp,
      issuer: CONSOLE,
      release: RELEASE,
    })
    await browser.signIn('grace')
    expect(await readJson(await browser.asPage('/console/session'))).toMatchObject({
      role: 'viewer',
      scopes: [...ADMIN_ROLES.viewer],
    })
  })

  it('is refused with one sentence if no rule is for the person', async () => {
    const browser = gateway.openBrowser()
    const response = await browser.signIn('guest')
    expect(response.status).toBe(403)
    await expectDescribed('/console/callback', 'GET', response)
    expect(await sentenceOf(response)).toMatch(
      /^The gateway refused the ID token: .* \(decision_id dec_[\w-]+\)\.$/,
    )
    expect(browser.session()).toBeUndefined()
    expect(browser.state()).toBeUndefined()
  })

  it('can end at another isolate, within ten minutes', async () => {
    const browser = gateway.openBrowser()
    const path = await browser.visit(await browser.start())
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 601_000 })
    const response = await browser.ask(path)
    expect(response.status).toBe(400)
    expect(await sentenceOf(response)).toMatch(/^No sign-in is in progress in this browser, or it/)
  })

  it.each([
    ['another origin', 'https://evil.test/console/'],
    ['another origin without a scheme', '//evil.test/console/'],
    ['user information', '@evil.test/console/'],
    ['a longer host', '.evil.test/console/'],
    ['a port', ':8080/console/'],
    ['a backslash', '/console/\\evil.test'],
    ['dot segments', '/console/../token'],
    ['encoded dot segments', '/console/%2e%2e/token'],
    ['a path outside of the console', '/admin/v1/trust'],
    ['a name that begins as the console', '/console-evil/'],
    ['a line break', '/console/\r\nset-cookie: a=b'],
    ['a tab', '/console/\t/evil.test'],
    ['a scheme', 'javascript:alert(1)'],
    ['the sign-out', '/console/logout'],
    ['the sign-out with a query', '/console/logout?a=b'],
    ['the sign-out with a fragment', '/console/logout#a'],
    ['the sign-out with a slash', '/console/logout/'],
    ['another sign-in', '/console/login?return_to=/console/'],
    ['the end of a sign-in', '/console/callback?code=x&state=y'],
    ['the session', '/console/session'],
    ['the admin API', '/console/api/v1/trust'],
    ['a file', '/console/assets/main.js'],
    ['a long path', `/console/${'a'.repeat(1024)}`],
    ['nothing', ''],
  ])('CON-05 refuses to return to %s', async (_, returnTo) => {
    const query = new URLSearchParams({ return_to: returnTo })
    const response = await gateway.send(`/console/login?${query}`)
    expect([response.status, response.headers.get('location')]).toEqual([400, null])
    await expectDescribed('/console/login', 'GET', response)
    expect(await sentenceOf(response)).toBe(
      'The parameter return_to must be a page below /console/.',
    )
  })

  it.each(['/console/', '/console/signed-in', '/console/rules/login', '/console/logouts?a=b#c'])(
    'can return to %s',
    async (returnTo) => {
      const browser = gateway.openBrowser()
      const response = await browser.signIn('ada', returnTo)
      expect(response.headers.get('location')).toBe(`${CONSOLE}${returnTo}`)
    },
  )

  it('CON-05 refuses two paths to return to', async () => {
    const response = await gateway.send(
      '/console/login?return_to=/console/&return_to=/console/rules',
    )
    expect(response.status).toBe(400)
  })

  it('needs ADMIN_LOGIN, and every answer says so in one sentence', async () => {
    const { send } = await startConsole({ ADMIN_LOGIN: '' })
    const sentence = 'set ADMIN_LOGIN to a provider that BOOTSTRAP_TRUST trusts'
    for (const path of ['/console/login', '/console/callback?code=x&state=y']) {
      const response = await send(path)
      expect([response.status, response.headers.get('set-cookie') ?? '']).toEqual([
        404,
        expect.not.stringContaining('__Host-edgemint='),
      ])
      expect(await sentenceOf(response)).toContain(sentence)
    }
    const session = await send('/console/session')
    expect(session.status).toBe(404)
    expect(await readJson(session)).toMatchObject({
      type: 'urn:edgemint:problem:login-off',
      detail: expect.stringContaining(sentence),
    })
    expect((await send('/console/')).status).toBe(200)
  })

  it('needs a signing key', async () => {
    const { send } = await startConsole({ SIGNING_KEY_TEST: undefined } as object)
    const response = await send('/console/login')
    expect(response.status).toBe(503)
    expect(await sentenceOf(response)).toContain('no signing key')
  })
})
