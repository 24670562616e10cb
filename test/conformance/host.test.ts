/** Sends `Host` headers on a bare socket, because workerd rewrites the header of an HTTP client. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderRequest, sendRaw, statusesOf } from '../cli/support/raw.ts'
import { API, accessToken, startWorld, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld(() => ({ ALLOWED_HOSTS: 'gateway.internal other.test:99' }))
})
afterAll(() => world.close())

const QUESTION = `/verify?resource=${encodeURIComponent(API)}`
const ROUTES = [
  `GET ${QUESTION}`,
  `POST ${QUESTION}`,
  'GET /verify/x',
  'POST /token',
  'POST /introspect',
  'GET /health',
  'HEAD /health',
  'GET /jwks.json',
  'GET /admin/v1/trust',
  'OPTIONS /token',
  'OPTIONS *',
  'GET http://evil.example/health',
  'GET http://127.0.0.1/health',
]

const NO_HOSTS: readonly (readonly [name: string, hosts: readonly string[]])[] = [
  ...[
    'x/health?',
    'x/health#',
    'x/health%3f',
    'x\\health?',
    'x/',
    'x?',
    'x#',
    'x/verify?resource=https%3A%2F%2Fapi.example.com&',
    '127.0.0.1/health?',
    'localhost/health?x=',
    'localhost?',
    'localhost#',
    'user@127.0.0.1/health?',
    'user:pass@localhost',
    'a@b',
    'http://127.0.0.1/health?',
    '//x/health?',
    'x%2fhealth',
    'x%00',
    'x y',
    'x\ty',
    'x/health?\t',
    'localhost;x',
    'localhost,x',
    "localhost'",
    '"localhost"',
    'localhost:',
    'localhost:x',
    'localhost:80/health?',
    'localhost:80:80',
    'localhost:999999',
    '[::1',
    '::1',
    '[::1]/health?',
    '[::1%25lo]',
    'l\u00f6calhost',
    '*',
    '.',
    'a..b',
    '-:',
  ].map((host) => [JSON.stringify(host), [host]] as const),
  ['an empty value', ['']],
  ['300 characters', ['a'.repeat(300)]],
  ['60,000 characters', ['a'.repeat(60_000)]],
  ['two, both valid', ['localhost', 'localhost']],
  ['two, the second invalid', ['localhost', 'x/health?']],
  ['a folded line', ['localhost\r\n /health?']],
  ['a NUL', ['localhost\0/health?']],
]

describe('an invalid Host header', () => {
  it.each(NO_HOSTS)('gets 400 on every route: %s', async (_name, hosts) => {
    for (const line of ROUTES) {
      const answer = await sendRaw(world.url(), renderRequest(`${line} HTTP/1.1`, hosts))
      const statuses = statusesOf(answer)
      expect(
        statuses.filter((status) => status !== 400 && status !== 431),
        line,
      ).toEqual([])
    }
  })

  it.each(['HTTP/1.0', 'HTTP/1.1'])('gets 400 when it is missing in %s', async (version) => {
    for (const line of ROUTES) {
      const answer = await sendRaw(world.url(), renderRequest(`${line} ${version}`, []))
      expect(statusesOf(answer), line).toEqual([400])
    }
  })

  it('gets 400 in HTTP/1.0 and after a valid request on the same connection', async () => {
    const old = renderRequest(`GET ${QUESTION} HTTP/1.0`, ['x/health?'])
    expect(statusesOf(await sendRaw(world.url(), old))).toEqual([400])
    const good = 'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n'
    const bad = renderRequest(`GET ${QUESTION} HTTP/1.1`, ['x/health?'])
    expect(statusesOf(await sendRaw(world.url(), `${good}${bad}`))).toEqual([200, 400])
  })
})

describe('a foreign host', () => {
  it.each([
    'evil.example',
    'EVIL.example:8787',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '0.0.0.0',
    '10.0.0.1:8787',
    '[::2]',
    'other.test',
    'other.test:98',
  ])('gets 421, but at /verify the result of the token: %s', async (host) => {
    for (const line of ROUTES.filter((route) => !/verify|\*/.test(route))) {
      const answer = await sendRaw(world.url(), renderRequest(`${line} HTTP/1.1`, [host]))
      expect(statusesOf(answer), line).toEqual([421])
    }
    const ask = async (more: readonly string[]) =>
      statusesOf(
        await sendRaw(world.url(), renderRequest(`GET ${QUESTION} HTTP/1.1`, [host], more)),
      )
    expect(await ask([])).toEqual([401])
    expect(await ask([`Authorization: Bearer ${await accessToken(world)}`])).toEqual([200])
  })
})

describe('a host of the gateway', () => {
  it.each([
    '127.0.0.1',
    '127.0.0.1:1',
    'LOCALHOST:8787',
    'localhost.',
    '[::1]:8787',
    'gateway.internal',
    'Gateway.Internal:8787',
    'other.test:99',
  ])('is served: %s', async (host) => {
    const answer = await sendRaw(world.url(), renderRequest('GET /health HTTP/1.1', [host]))
    expect(statusesOf(answer)).toEqual([200])
  })
})

describe('a request line that is not for an origin server', () => {
  it.each([
    'CONNECT 127.0.0.1:80 HTTP/1.1',
    'CONNECT evil.example:443 HTTP/1.1',
    'GET health HTTP/1.1',
    'GET \\health HTTP/1.1',
    'GET @evil.example/health HTTP/1.1',
    'GET :80/health HTTP/1.1',
    'GET //health HTTP/1.1',
    'OPTIONS * HTTP/1.1',
    'TRACE /health HTTP/1.1',
    'GET /health HTTP/2.0',
    'PRI * HTTP/2.0',
  ])('"%s" never succeeds', async (line) => {
    const statuses = statusesOf(await sendRaw(world.url(), renderRequest(line, ['localhost'])))
    expect(statuses.filter((status) => status < 400)).toEqual([])
  })
})

describe('a page in a browser', () => {
  it('of another origin is refused at protected endpoints and can read public ones', async () => {
    const more = ['Origin: http://localhost:3000', 'Sec-Fetch-Site: same-site']
    const ask = async (line: string) =>
      statusesOf(await sendRaw(world.url(), renderRequest(line, ['localhost'], more)))
    expect(await ask('POST /token HTTP/1.1')).toEqual([403])
    expect(await ask('POST /revoke HTTP/1.1')).toEqual([403])
    expect(await ask('GET /jwks.json HTTP/1.1')).toEqual([200])
  })
})
