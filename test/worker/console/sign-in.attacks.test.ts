/** Attacks on the sign-in of the console (RFC 9700 §4, OpenID Connect Core §16). */
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { LOGIN_COOKIE, SESSION_COOKIE } from '../../../src/worker/console/cookies.ts'
import { type LoginState, sealState } from '../../../src/worker/console/sealed-state.ts'
import type { Env } from '../../../src/worker/env.ts'
import { deriveMacKey } from '../../../src/worker/proofs/derive-key.ts'
import {
  behavePeople,
  CONSOLE,
  loginOf,
  type PersonsBrowser,
  people,
  policyOfPeople,
  runConsole,
  sentenceOf,
  startConsole,
} from '../support/console.ts'

let gateway: Awaited<ReturnType<typeof startConsole>>

beforeAll(async () => {
  gateway = await startConsole()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await behavePeople({ sign_in: 'normal', id_token: 'normal' })
})

/** Expects one sentence, no session, and that the state is used up. */
async function expectRefused(
  response: Response,
  browser: PersonsBrowser,
  status: number,
  sentence: RegExp,
): Promise<void> {
  const text = await sentenceOf(response)
  expect([response.status, text]).toEqual([status, expect.stringMatching(sentence)])
  expect(response.headers.get('location')).toBeNull()
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(browser.session()).toBeUndefined()
  expect(browser.state()).toBeUndefined()
}

const NO_STATE = /^No sign-in is in progress in this browser/
const OTHER_STATE = /^This is the answer to another sign-in: start again\.$/

describe('a sign-in', () => {
  it('CON-03 of an attacker cannot end in the browser of another person', async () => {
    const attacker = gateway.openBrowser()
    const path = await attacker.visit(await attacker.start(), 'grace')
    const idle = gateway.openBrowser()
    await expectRefused(await idle.ask(path), idle, 400, NO_STATE)
    const victim = gateway.openBrowser()
    await victim.start()
    await expectRefused(await victim.ask(path), victim, 400, OTHER_STATE)
  })

  it('CON-03 refuses the code of an attacker in the sign-in of another person', async () => {
    const [attacker, victim] = [gateway.openBrowser(), gateway.openBrowser()]
    const stolen = new URL(await attacker.visit(await attacker.start(), 'grace'), CONSOLE)
    const own = await victim.start()
    const injected = new URL(stolen)
    injected.searchParams.set('state', own.searchParams.get('state') ?? '')
    const response = await victim.ask(`${injected.pathname}${injected.search}`)
    await expectRefused(response, victim, 502, /did not accept the code.*: invalid_grant\.$/)
  })

  it('CON-03 refuses a stolen code even if the provider does not check PKCE', async () => {
    const browser = gateway.openBrowser()
    const path = await browser.visit(await browser.start())
    await behavePeople({ id_token: 'wrong_nonce' })
    await expectRefused(await browser.ask(path), browser, 403, /^The ID token is for another/)
  })

  it('CON-03 ends once: the same answer is refused when it comes again', async () => {
    const browser = gateway.openBrowser()
    const path = await browser.visit(await browser.start())
    const state = browser.state() ?? ''
    expect((await browser.ask(path)).status).toBe(303)
    const other = gateway.openBrowser()
    await expectRefused(await other.ask(path), other, 400, NO_STATE)
    // A browser that kept the cookie: the provider has taken the code.
    other.cookies.set(LOGIN_COOKIE, state)
    await expectRefused(await other.ask(path), other, 502, /invalid_grant\.$/)
  })

  it('CON-03 gives a new session, and no cookie of an attacker survives it', async () => {
    const browser = gateway.openBrowser()
    browser.cookies.set(SESSION_COOKIE, 'chosen-by-an-attacker')
    await browser.signIn()
    expect(browser.session()).toMatch(/^eyJ/)
    const twice = `${SESSION_COOKIE}=chosen; ${SESSION_COOKIE}=${browser.session()}`
    const headers = { cookie: twice, origin: CONSOLE }
    expect((await gateway.send('/console/session', { headers })).status).toBe(401)
  })

  const forged: readonly (readonly [string, (sealed: string) => string | Promise<string>])[] = [
    ['no authentication code', (sealed) => sealed.split('.')[0] ?? ''],
    ['an empty code', (sealed) => `${sealed.split('.')[0]}.`],
    [
      'a code with one character changed',
      (sealed) => sealed.replace(/.$/, (c) => (c === 'A' ? 'E' : 'A')),
    ],
    ['a changed content', (sealed) => sealed.replace(/^.{40}/, (start) => start.toLowerCase())],
    ['a third part', (sealed) => `${sealed}.x`],
    ['text', () => 'garbage'],
    ['content in another alphabet', (sealed) => `+${sealed}`],
    ['a code in another alphabet', (sealed) => `${sealed.split('.')[0]}.%`],
    ['the code of another purpose', async () => sealWith(['x'], 'edgemint dpop nonce v1 token')],
    ['the key of another gateway', async () => sealWith(['x'], 'edgemint console sign-in v1')],
  ]
  it.each(forged)('CON-03 refuses a state with %s', async (_, forge) => {
    const browser = gateway.openBrowser()
    const path = await browser.visit(await browser.start())
    browser.cookies.set(LOGIN_COOKIE, await forge(browser.state() ?? ''))
    await expectRefused(await browser.ask(path), browser, 400, NO_STATE)
  })

  it.each([
    ['client', '"edgemint"', '"other"'],
    ['provider', people(), 'https://idp.example.com'],
  ])('CON-03 CON-04 cannot end after the %s was changed', async (_, before, after) => {
    const browser = gateway.openBrowser()
    const path = await browser.visit(await browser.start())
    const changed = runConsole({
      BOOTSTRAP_TRUST: policyOfPeople().replaceAll(before, after),
      ADMIN_LOGIN: loginOf(people()).replaceAll(before, after),
    })
    const headers = { cookie: `${LOGIN_COOKIE}=${browser.state()}` }
    const response = await changed.send(path, { headers })
    expect([response.status, await sentenceOf(response)]).toEqual([
      400,
      expect.stringMatching(OTHER_STATE),
    ])
  })

  it.each([
    ['another issuer', (url: URL) => url.searchParams.set('iss', 'https://evil.test')],
    ['a second issuer', (url: URL) => url.searchParams.append('iss', 'https://evil.test')],
    ['no issuer, although the provider names itself', (url: URL) => url.searchParams.delete('iss')],
  ])('CON-04 refuses an answer that names %s (RFC 9207)', async (_, change) => {
    const browser = gateway.openBrowser()
    const url = new URL(await browser.visit(await browser.start()), CONSOLE)
    change(url)
    const response = await browser.ask(`${url.pathname}${url.search}`)
    await expectRefused(response, browser, 400, /^This is the answer of another provider/)
  })

  it.each([
    ['a second state', (url: URL) => url.searchParams.append('state', 'x'), 400, OTHER_STATE],
    ['no state', (url: URL) => url.searchParams.delete('state'), 400, OTHER_STATE],
    ['a second code', (url: URL) => url.searchParams.append('code', 'x'), 400, /sent no code/],
    ['no code', (url: URL) => url.searchParams.delete('code'), 400, /sent no code/],
    ['an unknown code', (url: URL) => url.searchParams.set('code', 'x'), 502, /invalid_grant/],
  ])('refuses an answer with %s', async (_, change, status, sentence) => {
    const browser = gateway.openBrowser()
    const url = new URL(await browser.visit(await browser.start()), CONSOLE)
    change(url)
    const response = await browser.ask(`${url.pathname}${url.search}`)
    await expectRefused(response, browser, status, sentence)
  })

  it('shows a refusal of the provider in one sentence', async () => {
    await behavePeople({ sign_in: 'denied' })
    const browser = gateway.openBrowser()
    const response = await browser.ask(await browser.visit(await browser.start()))
    await expectRefused(response, browser, 403, /refused the sign-in: access_denied\.$/)
  })

  it('shows no text of a request', async () => {
    const browser = gateway.openBrowser()
    const state = (await browser.start()).searchParams.get('state') ?? ''
    const query = new URLSearchParams({
      state,
      iss: people(),
      error: '<script>alert(1)</script>',
      error_description: 'call +49 1234 to unlock your account',
    })
    const response = await browser.ask(`/console/callback?${query}`)
    const html = await response.clone().text()
    await expectRefused(response, browser, 403, /^The identity provider refused the sign-in\.$/)
    expect(html).not.toMatch(/script|alert|1234/)
  })

  it('asks for the state before it shows an error of the provider', async () => {
    const browser = gateway.openBrowser()
    await browser.start()
    const response = await browser.ask('/console/callback?error=access_denied&state=x')
    await expectRefused(response, browser, 400, OTHER_STATE)
  })

  it.each([
    ['wrong_audience', 403, /^The gateway refused the ID token: /],
    ['wrong_issuer', 403, /^The gateway refused the ID token: /],
    ['missing', 502, /^The identity provider sent no ID token\.$/],
  ])('refuses an ID token that is %s', async (id_token, status, sentence) => {
    await behavePeople({ id_token })
    const browser = gateway.openBrowser()
    const response = await browser.ask(await browser.visit(await browser.start()))
    await expectRefused(response, browser, status, sentence)
  })

  it('says that the gateway is unavailable if its stores are down', async () => {
    const down = {
      getByName: () => {
        throw new Error('down')
      },
    }
    const TRUST_STORE = down as unknown as Env['TRUST_STORE']
    const TRUST_READER = down as unknown as NonNullable<Env['TRUST_READER']>
    const browser = runConsole({ TRUST_STORE, TRUST_READER }).openBrowser()
    await expectRefused(await browser.signIn(), browser, 503, /^The gateway refused the ID token: /)
  })

  it('refuses an admin token that does not fit into a cookie', async () => {
    const claims = Object.fromEntries(
      Array.from({ length: 16 }, (_, index) => [`note_${index}`, 'x'.repeat(250)]),
    )
    const large = runConsole({ BOOTSTRAP_TRUST: policyOfPeople({ scopes: ['owner'], claims }) })
    const browser = large.openBrowser()
    const response = await browser.signIn()
    await expectRefused(response, browser, 500, /more than 4,096 bytes and does not fit/)
  })
})

async function sealWith(secrets: readonly string[], purpose: string): Promise<string> {
  const key = await deriveMacKey(secrets, CONSOLE, purpose)
  if (key === undefined) throw new Error('there is no key')
  const state: LoginState = {
    issuer: people(),
    clientId: 'edgemint',
    state: 'x',
    nonce: 'x',
    verifier: 'x',
    returnTo: '/console/',
    expiresAt: Math.floor(Date.now() / 1000) + 60,
  }
  return sealState(state, key)
}
