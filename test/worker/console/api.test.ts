/**
 * The admin API below `/console/api`: every row of the table with every kind of caller, generated from
 * the table of the admin API.
 */
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { PROBLEMS } from '../../../src/contract/problems/problems.ts'
import { ADMIN_ENDPOINTS } from '../../../src/worker/admin-endpoints.ts'
import { SESSION_COOKIE } from '../../../src/worker/console/cookies.ts'
import { CONSOLE, startConsole } from '../support/console.ts'
import { bearer, readJson } from '../support/gateway.ts'

type Headers = Readonly<Record<string, string>>
type Row = readonly [name: string, method: string, path: string]

const ROWS: readonly Row[] = ADMIN_ENDPOINTS.flatMap(({ path, methods }) =>
  (methods === 'any' ? [] : methods).map((method): Row => {
    const own = path.replace('/admin/', '/console/api/')
    return [`${method} ${own}`, method, own]
  }),
)
const isWrite = ([, method]: Row) => method !== 'GET'
const WRITES = ROWS.filter(isWrite)
const READS = ROWS.filter((row) => !isWrite(row))
const HOUR = 3_600_000

let gateway: Awaited<ReturnType<typeof startConsole>>
let owner = ''
let revoked = ''

beforeAll(async () => {
  gateway = await startConsole()
  const browser = gateway.openBrowser()
  await browser.signIn()
  owner = browser.session() ?? ''
  const other = gateway.openBrowser()
  await other.signIn()
  revoked = other.session() ?? ''
  expect((await other.asPage('/console/logout', { method: 'POST' })).status).toBe(204)
})

const session = (token = owner): Headers => ({ cookie: `${SESSION_COOKIE}=${token}` })
const OWN = { origin: CONSOLE, 'sec-fetch-site': 'same-origin' }

async function expectProblem(
  path: string,
  method: string,
  headers: Headers,
  { type, status }: { readonly type: string; readonly status: number },
): Promise<void> {
  const response = await gateway.send(path, { method, headers })
  expect([response.status, await readJson(response)]).toEqual([
    status,
    expect.objectContaining({ type }),
  ])
  expect(response.headers.get('cache-control')).toBe('no-store')
}

/** What no request of the console's own pages has, by its name. */
const strangers: readonly (readonly [string, () => Headers, { type: string; status: number }])[] = [
  ['no session', () => OWN, PROBLEMS.sessionMissing],
  ['a revoked session', () => ({ ...OWN, ...session(revoked) }), PROBLEMS.sessionMissing],
  ['a cookie that is no token', () => ({ ...OWN, ...session('x') }), PROBLEMS.sessionMissing],
  [
    'two sessions',
    () => ({ ...OWN, cookie: `${session().cookie}; ${session().cookie}` }),
    PROBLEMS.sessionMissing,
  ],
  [
    'a cookie without its prefix',
    () => ({ ...OWN, cookie: `edgemint=${owner}` }),
    PROBLEMS.sessionMissing,
  ],
  ['the token as a bearer token', () => ({ ...OWN, ...bearer(owner) }), PROBLEMS.headerInvalid],
  [
    'a bearer token beside the session',
    () => ({ ...OWN, ...session(), ...bearer(owner) }),
    PROBLEMS.headerInvalid,
  ],
  [
    'Basic credentials beside the session',
    () => ({ ...OWN, ...session(), authorization: 'Basic eDp5' }),
    PROBLEMS.headerInvalid,
  ],
  ['a foreign origin', () => ({ ...session(), origin: 'https://evil.test' }), PROBLEMS.pageForeign],
  ['an opaque origin', () => ({ ...session(), origin: 'null' }), PROBLEMS.pageForeign],
  ['another port', () => ({ ...session(), origin: 'http://127.0.0.1:8791' }), PROBLEMS.pageForeign],
  [
    'another scheme',
    () => ({ ...session(), origin: 'https://127.0.0.1:8790' }),
    PROBLEMS.pageForeign,
  ],
  ['a longer host', () => ({ ...session(), origin: `${CONSOLE}.evil.test` }), PROBLEMS.pageForeign],
  [
    'a page of another site',
    () => ({ ...session(), ...OWN, 'sec-fetch-site': 'cross-site' }),
    PROBLEMS.pageForeign,
  ],
  [
    'a page of another host',
    () => ({ ...session(), ...OWN, 'sec-fetch-site': 'same-site' }),
    PROBLEMS.pageForeign,
  ],
]

/** Only writes need the header. */
const writers: typeof strangers = [
  ['no origin', () => session(), PROBLEMS.pageForeign],
  [
    'no origin, from a page of this origin',
    () => ({ ...session(), 'sec-fetch-site': 'same-origin' }),
    PROBLEMS.pageForeign,
  ],
]

const POST_LOGOUT: Row = ['POST /console/logout', 'POST', '/console/logout']

describe.each([...WRITES, POST_LOGOUT])('CON-02 ADM-10 %s', (_, method, path) => {
  it.each([...strangers, ...writers])('refuses %s', async (_, headersOf, problem) => {
    await expectProblem(path, method, headersOf(), problem)
  })

  it('refuses an expired session', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + HOUR })
    try {
      await expectProblem(path, method, { ...OWN, ...session() }, PROBLEMS.sessionMissing)
    } finally {
      vi.useRealTimers()
    }
  })
})

const GET_SESSION: Row = ['GET /console/session', 'GET', '/console/session']

describe.each([...READS, GET_SESSION])('CON-02 ADM-10 %s', (_, method, path) => {
  it.each(strangers)('refuses %s', async (_, headersOf, problem) => {
    await expectProblem(path, method, headersOf(), problem)
  })

  it.each([
    ['a page of the console', OWN],
    ['a page of the console, without an origin', { 'sec-fetch-site': 'same-origin' }],
    ['the address bar', { 'sec-fetch-site': 'none' }],
    ['a browser without these headers', {}],
  ])('answers %s', async (_, headers) => {
    const response = await gateway.send(path, { method, headers: { ...headers, ...session() } })
    expect([401, 403, 500]).not.toContain(response.status)
  })
})

describe('the API of the console', () => {
  it.each(ROWS)('%s answers as the row of the admin API', async (_, method, path) => {
    const own = await gateway.send(path, { method, headers: { ...OWN, ...session() } })
    const admin = path.replace('/console/api/', '/admin/')
    const other = await gateway.send(admin, { method, headers: bearer(owner) })
    expect([own.status, own.headers.get('content-type')]).toEqual([
      other.status,
      other.headers.get('content-type'),
    ])
  })

  it.each(ADMIN_ENDPOINTS.map(({ path }) => path))(
    'ADM-10 %s ignores the cookie of the session',
    async (path) => {
      const response = await gateway.send(path, { headers: { ...OWN, ...session() } })
      expect([401, 405]).toContain(response.status)
    },
  )

  it('ADM-09 has the scopes of the person', async () => {
    const browser = gateway.openBrowser()
    await browser.signIn('grace')
    expect((await browser.asPage('/console/api/v1/trust')).status).toBe(200)
    const refused = await browser.asPage('/console/api/v1/trust', { method: 'PUT', body: '{}' })
    expect(refused.status).toBe(403)
    expect(await readJson(refused)).toMatchObject({ type: PROBLEMS.scopeMissing.type })
  })

  it('writes as the person', async () => {
    const browser = gateway.openBrowser()
    await browser.signIn()
    const response = await browser.asPage('/console/api/v1/revocations', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ subject: 'somebody', reason: 'left' }),
    })
    expect(response.status).toBe(200)
    const { subject } = await readJson(await browser.asPage('/console/session'))
    expect(await readJson(response)).toMatchObject({ revoked_by: subject })
  })

  it.each([
    ['an unknown path', 'GET', '/console/api/v1/none', 404],
    ['an unknown path', 'POST', '/console/api/v1/none', 404],
    ['no path', 'GET', '/console/api', 404],
    ['the description of the API', 'GET', '/console/api/v1/openapi.json', 404],
    ['another method', 'DELETE', '/console/api/v1/trust', 405],
    ['another method of a member', 'DELETE', '/console/api/v1/decisions/x', 405],
    ['another spelling', 'GET', '/console/api/v1/%74rust', 404],
  ])('answers %s with a problem and never with a page: %s %s', async (_, method, path, status) => {
    const response = await gateway.send(path, { method, headers: { ...OWN, ...session() } })
    expect([response.status, response.headers.get('content-type')]).toEqual([
      status,
      'application/problem+json',
    ])
  })
})
