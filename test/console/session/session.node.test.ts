/** The state of the sign-in in two tabs. The answers of the gateway and the browser are replaced. */
import { afterAll, beforeEach, expect, test, vi } from 'vitest'

const DRAFT = 'edgemint-trust-draft'
const stored = new Map<string, string>()
/** What this tab told the others. */
const sent: unknown[] = []
let receive: (data: unknown) => void = () => {}
let subject: string | undefined = 'people:ada'
let scopes: readonly string[] = []
/** Seconds by which the clock of the browser is ahead. */
let ahead = 0
let asked = 0
const done = () => new Response(null, { status: 204 })
let logout: () => Response = done

vi.stubGlobal('location', { pathname: '/console/trust', search: '', host: 'sts.example.com' })
vi.stubGlobal('addEventListener', () => {})
vi.stubGlobal('sessionStorage', {
  getItem: (key: string) => stored.get(key) ?? null,
  removeItem: (key: string) => stored.delete(key),
})
vi.stubGlobal(
  'BroadcastChannel',
  class {
    postMessage(data: unknown): void {
      sent.push(data)
    }
    addEventListener(_: string, listener: (event: { data: unknown }) => void): void {
      receive = (data) => listener({ data })
    }
  },
)
vi.stubGlobal('fetch', async (url: string) => {
  if (url === '/console/logout') return logout()
  if (url !== '/console/session') {
    const problem = {
      type: 'urn:edgemint:problem:scope-missing',
      title: 'Scope missing',
      status: 403,
    }
    const challenge = 'Cookie error="insufficient_scope", scope="trust:write"'
    return Response.json(problem, { status: 403, headers: { 'www-authenticate': challenge } })
  }
  asked += 1
  if (subject === undefined) return new Response('{}', { status: 401 })
  const expires_at = Math.floor(Date.now() / 1000) + 900 - ahead
  return Response.json({ subject, scopes, expires_at, issuer: 'x', release: '1' })
})

const { loadSession, sessionRenewals, signIn, signOut, watchSession } = await import(
  '../../../src/console/session/session.ts'
)
const { read } = await import('../../../src/console/api/request.ts')
const { REVISION_SUMMARY } = await import('../../../src/console/api/shapes.ts')
watchSession()

const personOf = () => {
  const state = signIn.get()
  return state.state === 'signed_in' ? state.session.subject : state.state
}

beforeEach(() => {
  subject = 'people:ada'
  scopes = []
  ahead = 0
  logout = done
  signIn.set({ state: 'loading' })
  stored.set(DRAFT, 'a draft')
  sent.length = 0
})
afterAll(async () => {
  await signOut()
  vi.unstubAllGlobals()
})

test('CON-08 a sign-out removes the draft and tells the other tabs', async () => {
  await loadSession()
  expect(await signOut()).toBeUndefined()
  expect(personOf()).toBe('signed_out')
  expect(stored.has(DRAFT)).toBe(false)
  expect(sent).toContain('signed_out')
})

test('CON-08 a sign-out in another tab closes the pages of this one', async () => {
  await loadSession()
  receive('signed_out')
  expect(personOf()).toBe('signed_out')
  expect(stored.has(DRAFT)).toBe(false)
})

test('CON-08 a tab shows the person of the session that another tab began', async () => {
  await loadSession()
  const renewals = sessionRenewals.get()
  subject = 'people:grace'
  receive('signed_in')
  await vi.waitFor(() => expect(personOf()).toBe('people:grace'), { timeout: 30_000 })
  expect(sessionRenewals.get()).toBe(renewals)
  // Otherwise two tabs would answer each other without an end.
  expect(sent).toEqual(['signed_in'])
})

test('a session that ends keeps the draft', async () => {
  await loadSession()
  subject = undefined
  receive('signed_in')
  await vi.waitFor(() => expect(signIn.get()).toMatchObject({ hasEnded: true }), {
    timeout: 30_000,
  })
  expect(personOf()).toBe('people:ada')
  expect(stored.has(DRAFT)).toBe(true)
})

test('a browser whose clock is ahead keeps a session that the gateway accepts', async () => {
  vi.useFakeTimers()
  try {
    ahead = 7200
    await loadSession()
    const before = asked
    await vi.advanceTimersByTimeAsync(300_000)
    expect(signIn.get()).toMatchObject({ state: 'signed_in', hasEnded: false })
    expect(asked - before).toBe(5)
    subject = undefined
    await vi.advanceTimersByTimeAsync(60_000)
    expect(signIn.get()).toMatchObject({ hasEnded: true })
  } finally {
    vi.useRealTimers()
  }
})

test('a refusal for a scope that the session had loads the session again, and only once', async () => {
  scopes = ['trust:read', 'trust:write']
  await loadSession()
  scopes = ['trust:read']
  const before = asked
  for (let attempt = 0; attempt < 3; attempt += 1) {
    expect(await read('/trust', REVISION_SUMMARY, { method: 'PUT' })).toMatchObject({ ok: false })
    await vi.waitFor(
      () => expect(signIn.get()).toMatchObject({ session: { scopes: ['trust:read'] } }),
      { timeout: 30_000 },
    )
  }
  expect(asked - before).toBe(1)
})

const UNAVAILABLE = { type: 'urn:edgemint:problem:unavailable', title: 'Unavailable', status: 503 }

test('CON-08 a sign-out that removed the cookie is one, although the token was not revoked', async () => {
  await loadSession()
  logout = () => {
    subject = undefined
    return Response.json(UNAVAILABLE, { status: 503 })
  }
  expect(await signOut()).toBeUndefined()
  expect(signIn.get()).toMatchObject({ state: 'signed_out', failure: { status: 503 } })
  expect(stored.has(DRAFT)).toBe(false)
  expect(sent).toContain('signed_out')
})

test('a sign-out that the gateway did not do is none', async () => {
  await loadSession()
  logout = () => Response.json(UNAVAILABLE, { status: 503 })
  expect(await signOut()).toMatchObject({ status: 503 })
  expect(personOf()).toBe('people:ada')
  expect(stored.has(DRAFT)).toBe(true)
})
