/** What the console asks of the identity provider, and which answers it refuses (NET-04, NET-07). */
import { exportJWK, generateKeyPair } from 'jose'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  loginOf,
  people,
  policyOfPeople,
  runConsole,
  sentenceOf,
  startConsole,
} from '../support/console.ts'

beforeAll(async () => {
  await startConsole()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

type Asked = { readonly url: string; readonly init: RequestInit | undefined }

/** Answers for the provider. Other requests pass. Returns the requests to it. */
function answerFor(prefix: string, answer: (url: string) => Response | Promise<Response>): Asked[] {
  const real = globalThis.fetch
  const asked: Asked[] = []
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const url = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url
    if (!url.startsWith(prefix)) return real(input, init)
    asked.push({ url, init })
    return answer(url)
  })
  return asked
}

/** Metadata of a provider, with one change. */
function metadata(change: Readonly<Record<string, unknown>> = {}, issuer = people()): Response {
  return Response.json({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    ...change,
  })
}

async function start(gateway = runConsole()): Promise<Response> {
  return gateway.send('/console/login')
}

function moveClock(seconds: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 })
}

const DISCOVERY = '/.well-known/openid-configuration'

describe('the configuration of the provider', () => {
  it('is fetched without redirects and cookies, and is remembered', async () => {
    const asked = answerFor(people(), () => metadata())
    const gateway = runConsole()
    for (let count = 0; count < 3; count += 1) expect((await start(gateway)).status).toBe(303)
    expect(asked.map(({ url }) => url)).toEqual([`${people()}${DISCOVERY}`])
    const { init } = asked[0] ?? {}
    expect(init).toMatchObject({ redirect: 'manual', cache: 'no-store' })
    expect(init?.signal).toBeInstanceOf(AbortSignal)
    expect(Object.keys(init?.headers ?? {})).toEqual(['accept', 'user-agent'])
  })

  it('is asked for again ten seconds after a failure', async () => {
    let isDown = true
    const asked = answerFor(people(), () =>
      isDown ? new Response(null, { status: 503 }) : metadata(),
    )
    const gateway = runConsole()
    expect((await start(gateway)).status).toBe(502)
    isDown = false
    expect((await start(gateway)).status).toBe(502)
    expect(asked).toHaveLength(1)
    moveClock(11)
    expect((await start(gateway)).status).toBe(303)
  })

  it('is asked for again at once after a failure if the clock was set back', async () => {
    let isDown = true
    answerFor(people(), () => (isDown ? new Response(null, { status: 503 }) : metadata()))
    const gateway = runConsole()
    expect((await start(gateway)).status).toBe(502)
    isDown = false
    moveClock(-3600)
    expect((await start(gateway)).status).toBe(303)
  })

  it.each([
    ['ten minutes later', 601],
    ['if the clock was set back', -3600],
  ])('is asked for again %s', async (_, seconds) => {
    let authorization_endpoint = 'https://idp.example.com/old'
    answerFor(people(), () => metadata({ authorization_endpoint }))
    const gateway = runConsole()
    await start(gateway)
    authorization_endpoint = 'https://idp.example.com/new'
    expect((await start(gateway)).headers.get('location')).toMatch(/\/old\?/)
    moveClock(seconds)
    expect((await start(gateway)).headers.get('location')).toMatch(/\/new\?/)
  })

  const faults: readonly (readonly [string, () => Response | Promise<Response>, RegExp])[] = [
    [
      'a redirect',
      () => new Response(null, { status: 302, headers: { location: 'https://evil.test' } }),
      /is a redirect/,
    ],
    ['an error', () => new Response('<h1>', { status: 500 }), /was not found/],
    ['no answer', () => Promise.reject(new TypeError('network')), /does not answer/],
    ['more than 128 KiB', () => new Response(`"${'x'.repeat(200_000)}"`), /is too large/],
    ['HTML', () => new Response('<html>'), /is not JSON/],
    ['a list', () => metadataOf('[]'), /names another issuer/],
    ['null', () => metadataOf('null'), /is not JSON/],
    ['a number', () => metadataOf('7'), /is not JSON/],
    ['another issuer', () => metadata({ issuer: `${people()}/other` }), /names another issuer/],
    ['the issuer with a slash', () => metadata({ issuer: `${people()}/` }), /names another issuer/],
    [
      'only plain PKCE',
      () => metadata({ code_challenge_methods_supported: ['plain'] }),
      /PKCE with S256/,
    ],
    ['no token endpoint', () => metadata({ token_endpoint: undefined }), /key_hosts/],
    [
      'a token endpoint of a metadata server',
      () => metadata({ token_endpoint: 'http://169.254.169.254/latest' }),
      /key_hosts/,
    ],
    [
      'a token endpoint on another host',
      () => metadata({ token_endpoint: 'https://evil.test/token' }),
      /key_hosts/,
    ],
    [
      'a token endpoint with a password',
      () => metadata({ token_endpoint: people().replace('://', '://a:b@') }),
      /key_hosts/,
    ],
    [
      'a page without HTTPS',
      () => metadata({ authorization_endpoint: 'http://evil.test/authorize' }),
      /key_hosts/,
    ],
    [
      'a page with a script',
      () => metadata({ authorization_endpoint: 'javascript:alert(1)' }),
      /key_hosts/,
    ],
    [
      'a page with a password',
      () => metadata({ authorization_endpoint: 'https://a:b@evil.test/' }),
      /key_hosts/,
    ],
    ['no page', () => metadata({ authorization_endpoint: 7 }), /key_hosts/],
  ]
  it.each(faults)(
    'CON-07 NET-04 NET-07 with %s is refused in one sentence',
    async (_, answer, sentence) => {
      answerFor(people(), answer)
      const response = await start()
      expect([response.status, response.headers.getSetCookie()]).toEqual([502, []])
      expect(await sentenceOf(response)).toMatch(sentence)
    },
  )

  it('may have its token endpoint on a host that the policy names', async () => {
    const issuer = 'https://idp.example.com'
    const asked = answerFor(issuer, () =>
      metadata({ token_endpoint: 'https://tokens.example.com/t' }, issuer),
    )
    const policy = JSON.parse(policyOfPeople())
    policy.issuers.people = { ...policy.issuers.people, issuer, key_hosts: ['tokens.example.com'] }
    const bindings = { BOOTSTRAP_TRUST: JSON.stringify(policy), ADMIN_LOGIN: loginOf(issuer) }
    expect((await start(runConsole(bindings))).status).toBe(303)
    expect(asked).toHaveLength(1)
  })

  it('CON-07 must not be at an internal name, even if its keys were uploaded', async () => {
    const issuer = 'https://idp.corp.internal'
    const asked = answerFor(issuer, () => metadata({}, issuer))
    const policy = JSON.parse(policyOfPeople())
    const { publicKey } = await generateKeyPair('ES256', { extractable: true })
    const keys = { jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }] } }
    policy.issuers.people = { ...policy.issuers.people, issuer, keys }
    const bindings = { BOOTSTRAP_TRUST: JSON.stringify(policy), ADMIN_LOGIN: loginOf(issuer) }
    const response = await start(runConsole(bindings))
    expect([response.status, await sentenceOf(response)]).toEqual([
      502,
      'The identity provider cannot be used: its URL must not be fetched.',
    ])
    expect(asked).toEqual([])
  })

  it('has three seconds', async () => {
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(AbortSignal.abort())
    answerFor(people(), () => Promise.reject(new DOMException('aborted', 'AbortError')))
    expect(await sentenceOf(await start())).toMatch(/did not answer in time\.$/)
    expect(timeout).toHaveBeenCalledWith(3000)
  })

  it('keeps the parameters of the page of the provider, and repeats none', async () => {
    answerFor(people(), () =>
      metadata({ authorization_endpoint: `${people()}/authorize?tenant=7&state=fixed` }),
    )
    const url = new URL((await start()).headers.get('location') ?? '')
    expect(url.searchParams.get('tenant')).toBe('7')
    expect(url.searchParams.getAll('state')).toEqual([expect.stringMatching(/^[\w-]{43}$/)])
  })
})

describe('the token endpoint of the provider', () => {
  async function end(answer: () => Response | Promise<Response>) {
    const browser = runConsole().openBrowser()
    const asked = answerFor(people(), (url) => (url.endsWith('/token') ? answer() : metadata()))
    const state = (await browser.start()).searchParams.get('state') ?? ''
    const response = await browser.ask(
      `/console/callback?${new URLSearchParams({ code: 'the-code', state })}`,
    )
    return { response, sent: asked.at(-1) }
  }

  it('gets the code, the verifier and no secret', async () => {
    const { sent, response } = await end(() =>
      Response.json({ error: 'invalid_grant' }, { status: 400 }),
    )
    expect(response.status).toBe(502)
    expect(sent?.url).toBe(`${people()}/token`)
    expect(sent?.init).toMatchObject({ method: 'POST', redirect: 'manual' })
    const form = new URLSearchParams(String(sent?.init?.body))
    expect(Object.fromEntries(form)).toEqual({
      grant_type: 'authorization_code',
      code: 'the-code',
      redirect_uri: 'http://127.0.0.1:8790/console/callback',
      client_id: 'edgemint',
      code_verifier: expect.stringMatching(/^[\w-]{43}$/),
    })
  })

  const faults: readonly (readonly [string, () => Response | Promise<Response>, RegExp])[] = [
    [
      'an error code',
      () => Response.json({ error: 'invalid_client' }, { status: 401 }),
      /: invalid_client\.$/,
    ],
    [
      'an error that is no code',
      () => Response.json({ error: '<b>x</b>' }, { status: 400 }),
      /the code of the sign-in\.$/,
    ],
    [
      'a redirect',
      () => new Response(null, { status: 307, headers: { location: 'https://evil.test' } }),
      /is a redirect/,
    ],
    ['no answer', () => Promise.reject(new TypeError('network')), /does not answer/],
    ['HTML', () => new Response('<html>'), /is not JSON/],
    ['more than 128 KiB', () => new Response(`"${'x'.repeat(200_000)}"`), /is too large/],
    ['no ID token', () => Response.json({ access_token: 'x' }), /sent no ID token/],
    ['an ID token that is a number', () => Response.json({ id_token: 7 }), /sent no ID token/],
    [
      'an ID token that is no JWT',
      () => Response.json({ id_token: 'x' }),
      /^The gateway refused the ID token: .*decision_id/,
    ],
    [
      'an ID token of more than 16 KiB',
      () => Response.json({ id_token: `e30.${'e'.repeat(20_000)}.e30` }),
      /^The gateway refused the ID token: .*decision_id/,
    ],
    ['a nonce that is a list', () => idToken({ nonce: [] }), /for another sign-in/],
    ['no nonce', () => idToken({}), /for another sign-in/],
  ]
  it.each(faults)('with %s is refused in one sentence', async (_, answer, sentence) => {
    const { response } = await end(answer)
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(response.headers.getSetCookie()).toEqual([expect.stringContaining('Max-Age=0')])
    expect(await sentenceOf(response)).toMatch(sentence)
  })
})

/** An answer with an ID token that is not signed. */
function idToken(claims: Readonly<Record<string, unknown>>): Response {
  const parts = [{ alg: 'ES256' }, { iss: people(), ...claims }]
  const text = parts.map((part) => btoa(JSON.stringify(part)).replace(/=+$/, '')).join('.')
  return Response.json({ id_token: `${text}.e30` })
}

function metadataOf(json: string): Response {
  return new Response(json, { headers: { 'content-type': 'application/json' } })
}
