/** The authorization endpoint of the dev issuer's people (RFC 6749 §4.1, RFC 7636, RFC 8252, RFC 9207). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createBrowser, signIn } from '../../support/browser.ts'
import { CALLBACK, type Client, startClient } from './support.ts'

let client: Client
beforeAll(async () => {
  client = await startClient()
})
afterAll(() => client.dev.close())

const membersOf = (location: string) => Object.fromEntries(new URL(location).searchParams)

describe('the sign-in page', () => {
  it('is a form without script, under a strict policy', async () => {
    const response = await fetch(client.authorizeUrl())
    const page = await response.text()
    expect(page).not.toContain('<script')
    expect(page).toContain('Ada Lovelace (ada@example.com)')
    const policy = response.headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("form-action 'self' http://127.0.0.1:49152")
    expect(policy).not.toContain('unsafe')
    expect(response.headers.get('set-cookie')).toMatch(/; HttpOnly; SameSite=Lax$/)
  })

  it('sends the browser back with a code, the state and the issuer', async () => {
    const location = await signIn(client.authorizeUrl(), 'ada')
    expect(location).toMatch(/^http:\/\/127\.0\.0\.1:49152\/callback\?/)
    expect(membersOf(location)).toEqual({
      code: expect.stringMatching(/^[\w-]{43}$/),
      state: 'the-state',
      iss: client.issuer,
    })
  })

  it('sends the browser back with an error if the person refuses', async () => {
    const browser = createBrowser()
    const page = await browser.submit(await browser.open(client.authorizeUrl()), { deny: 'yes' })
    expect(membersOf(page.location ?? '')).toMatchObject({
      error: 'access_denied',
      state: 'the-state',
      iss: client.issuer,
    })
  })

  it('accepts an answer only once, and only from the browser that asked', async () => {
    const browser = createBrowser()
    const page = await browser.open(client.authorizeUrl())
    const other = await createBrowser().submit(page, { person: 'ada' })
    expect([other.status, other.location]).toEqual([400, undefined])
    expect((await browser.submit(page, { person: 'ada' })).location).toContain('code=')
    expect((await browser.submit(page, { person: 'ada' })).status).toBe(400)
  })

  it('does not know other people', async () => {
    const browser = createBrowser()
    const page = await browser.open(client.authorizeUrl())
    expect((await browser.submit(page, { person: 'mallory' })).status).toBe(400)
  })
})

describe('a redirect URI', () => {
  it.each([
    ['any port of IPv4', 'http://127.0.0.1:1/callback'],
    ['any port of IPv6', 'http://[::1]:65535/callback'],
    ['a console', 'http://127.0.0.1:8787/console/callback'],
    ['a console on a loopback name', 'http://localhost:8787/console/callback'],
    ['a console with TLS', 'https://localhost:8443/console/callback'],
    ['a console below a path', 'http://127.0.0.1:8787/tenant/console/callback'],
  ])('is registered: %s', async (_, redirect_uri) => {
    const location = await signIn(client.authorizeUrl({ redirect_uri }), 'ada')
    expect(location.startsWith(`${redirect_uri}?`)).toBe(true)
  })

  it.each([
    ['another host', 'http://127.0.0.1.evil.example/callback'],
    ['another path', 'http://127.0.0.1:49152/callback/more'],
    ['a query', `${CALLBACK}?next=1`],
    ['a fragment', `${CALLBACK}#a`],
    ['a user', 'http://a@127.0.0.1:49152/callback'],
    ['a name that can be changed (RFC 8252 §8.3)', 'http://localhost:49152/callback'],
    ['another spelling', 'http://127.0.0.1:49152/x/../callback'],
    ['another scheme', 'javascript://127.0.0.1/console/callback'],
    ['no URL', 'callback'],
  ])('is refused on a page, and not redirected to: %s', async (_, redirect_uri) => {
    const page = await createBrowser().open(client.authorizeUrl({ redirect_uri }))
    expect([page.status, page.location]).toEqual([400, undefined])
    expect(page.text).toContain('The redirect_uri is not registered')
  })

  it('is refused for an unknown client, without a redirect', async () => {
    const page = await createBrowser().open(client.authorizeUrl({ client_id: 'other' }))
    expect([page.status, page.location]).toEqual([400, undefined])
  })

  it('is refused if it is given twice', async () => {
    const page = await createBrowser().open(`${client.authorizeUrl()}&redirect_uri=x`)
    expect([page.status, page.location]).toEqual([400, undefined])
  })
})

describe('an authorization request', () => {
  it.each([
    ['no PKCE', {}, 'code_challenge', 'invalid_request'],
    ['no method of PKCE', {}, 'code_challenge_method', 'invalid_request'],
    ['the plain method', { code_challenge_method: 'plain' }, '', 'invalid_request'],
    ['a short challenge', { code_challenge: 'abc' }, '', 'invalid_request'],
    ['another response type', { response_type: 'token' }, '', 'unsupported_response_type'],
    ['another response mode', { response_mode: 'fragment' }, '', 'invalid_request'],
    ['no openid', { scope: 'email' }, '', 'invalid_scope'],
    ['an unknown scope', { scope: 'openid admin' }, '', 'invalid_scope'],
    ['a request object', { request: 'e30' }, '', 'request_not_supported'],
    ['no prompt', { prompt: 'none' }, '', 'login_required'],
  ])('is refused at the client with %s', async (_, change, leaveOut, error) => {
    const url = client.authorizeUrl(change as Readonly<Record<string, string>>, leaveOut)
    const page = await createBrowser().open(url)
    const members = membersOf(page.location ?? '')
    expect(members).toMatchObject({ error, state: 'the-state', iss: client.issuer })
  })

  it('is described by the metadata', async () => {
    const response = await fetch(`${client.issuer}/.well-known/openid-configuration`)
    expect(await response.json()).toMatchObject({
      issuer: client.issuer,
      authorization_endpoint: `${client.issuer}/authorize`,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['none'],
      authorization_response_iss_parameter_supported: true,
    })
  })

  it('changes nothing at other issuers of the dev issuer', async () => {
    const other = await fetch(`${client.dev.issuer}/github/.well-known/openid-configuration`)
    expect(await other.json()).not.toHaveProperty('authorization_endpoint')
    expect((await fetch(`${client.dev.issuer}/github/authorize`)).status).toBe(404)
  })
})
