/** Attacks on the proxy over sockets: request smuggling, and pages in browsers. */
import { beforeEach, expect, test } from 'vitest'
import { HELD, sendRaw, startProxy, startUpstream, TOKEN } from '../../support/proxy.ts'

const upstream = await startUpstream()
const { port } = await startProxy(upstream.url, { origins: ['https://app.example.com'] })

beforeEach(() => {
  upstream.asked.length = 0
})

const post = (lines: readonly string[], body: string) =>
  ['POST / HTTP/1.1', 'Host: localhost', ...lines, '', body].join('\r\n')
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n'

test.each([
  [
    'a length and chunks',
    post(['Content-Length: 6', 'Transfer-Encoding: chunked'], `0\r\n\r\n${SMUGGLED}`),
  ],
  [
    'chunks and a length',
    post(['Transfer-Encoding: chunked', 'Content-Length: 6'], `0\r\n\r\n${SMUGGLED}`),
  ],
  ['two lengths', post(['Content-Length: 0', 'Content-Length: 40'], SMUGGLED)],
  ['a list of lengths', post(['Content-Length: 0, 40'], SMUGGLED)],
  ['a signed length', post(['Content-Length: +0'], SMUGGLED)],
  ['an encoding after chunked', post(['Transfer-Encoding: chunked, identity'], SMUGGLED)],
  ['an encoding that is not chunked', post(['Transfer-Encoding: xchunked'], SMUGGLED)],
  [
    'two encodings',
    post(['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], `0\r\n\r\n${SMUGGLED}`),
  ],
  ['a space before the colon', post(['Content-Length : 0'], SMUGGLED)],
  ['a tab before the colon', post(['Transfer-Encoding\t: chunked'], SMUGGLED)],
  ['a folded field', post(['X-A: 1', ' Transfer-Encoding: chunked'], SMUGGLED)],
  ['bare line feeds', `POST / HTTP/1.1\nHost: localhost\nContent-Length: 0\n\n${SMUGGLED}`],
  ['a bare carriage return', post(['X-A: 1\rTransfer-Encoding: chunked'], SMUGGLED)],
  ['a NUL in a field', post(['X-A: a\0b'], SMUGGLED)],
  ['a chunk size with a sign', post(['Transfer-Encoding: chunked'], `+0\r\n\r\n${SMUGGLED}`)],
  ['a chunk size with a prefix', post(['Transfer-Encoding: chunked'], `0x0\r\n\r\n${SMUGGLED}`)],
  ['two hosts', `GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n${SMUGGLED}`],
  ['no host', `GET / HTTP/1.1\r\n\r\n${SMUGGLED}`],
  ['no HTTP', `\x16\x03\x01\x02\x00\x01${SMUGGLED}`],
])('refuses %s, and reads no further request', async (_name, text) => {
  const answer = await sendRaw(port, text)
  expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1)
  // A smuggled request would reach the upstream before this one is answered.
  await sendRaw(port, get('/last', ['Host: localhost']))
  expect(upstream.asked.map(({ url }) => url)).not.toContain('/smuggled')
})

test('closes the connection when a head does not end', async () => {
  const answer = await sendRaw(port, post([`X-A: ${'a'.repeat(20_000)}`], ''))
  expect(answer).toMatch(/^HTTP\/1\.1 431 /)
  expect(upstream.asked).toEqual([])
})

const get = (target: string, lines: readonly string[]) =>
  [`GET ${target} HTTP/1.1`, 'Connection: close', ...lines, '', ''].join('\r\n')

test.each([
  ['a name that was bound to this machine (DNS rebinding)', '/', ['Host: evil.example'], 421],
  ['another origin', '/', ['Host: localhost', 'Origin: https://evil.example'], 403],
  ['an image of another site', '/', ['Host: localhost', 'Sec-Fetch-Site: cross-site'], 403],
  ['a page of another port', '/', ['Host: localhost', 'Sec-Fetch-Site: same-site'], 403],
  ['an absolute URL as for a forward proxy', 'http://evil.example/', ['Host: localhost'], 400],
  ['a path with dot segments', '/a/../../b', ['Host: localhost'], 400],
  ['a loop', '/', ['Host: localhost', 'Via: 1.1 edgemint-test'], 508],
])('refuses %s with problem details', async (_name, target, lines, status) => {
  const answer = await sendRaw(port, get(target, lines))
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  expect(answer.toLowerCase()).toContain('content-type: application/problem+json')
  expect(upstream.asked).toEqual([])
})

test('accepts the allowed origin', async () => {
  const lines = ['Host: localhost', 'Origin: https://app.example.com']
  expect(await sendRaw(port, get('/', lines))).toMatch(/^HTTP\/1\.1 200 /)
})

test('opens no tunnel', async () => {
  const answer = await sendRaw(port, 'CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n')
  expect(answer).not.toContain('200')
  expect(upstream.asked).toEqual([])
})

test('does not parse a refused body as the next request', async () => {
  const lines = ['Host: evil.example', `Content-Length: ${SMUGGLED.length}`]
  const text = ['POST / HTTP/1.1', ...lines, '', SMUGGLED].join('\r\n')
  const answer = await sendRaw(port, text)
  expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1)
  expect(answer.toLowerCase()).toContain('connection: close')
})

test.each([
  ['a length', `Content-Length: ${SMUGGLED.length}`, SMUGGLED],
  [
    'chunks',
    'Transfer-Encoding: chunked',
    `${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`,
  ],
])('reads %s behind 1,100 fields', async (_name, field, body) => {
  // Node hides the fields after the first 1,000 by default.
  const many = Array.from({ length: 1_100 }, () => 'A: 1')
  const answer = await sendRaw(port, post([...many, 'Connection: close', field], body))
  expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  await sendRaw(port, get('/last', ['Host: localhost', 'Connection: close']))
  expect(upstream.asked.map(({ url }) => url)).toEqual(['/', '/last'])
})

test('ignores an offer of HTTP/2 without TLS', async () => {
  const lines = ['Host: localhost', 'Connection: Upgrade, HTTP2-Settings, close']
  const offer = ['Upgrade: h2c', 'HTTP2-Settings: AAMAAABk', 'Content-Length: 5']
  const text = ['POST /x HTTP/1.1', ...lines, ...offer, '', 'hello'].join('\r\n')
  const answer = await sendRaw(port, text)
  expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  expect(upstream.asked[0]?.headers).not.toHaveProperty('upgrade')
  expect(upstream.asked[0]?.headers).not.toHaveProperty('http2-settings')
})

test('takes no token for a WebSocket behind a refused request', async () => {
  let taken = 0
  const take = async () => {
    taken += 1
    return TOKEN
  }
  const counted = await startProxy(upstream.url, { tokens: { ...HELD, take } })
  const handshake = ['GET /smuggled HTTP/1.1', 'Host: localhost', 'Connection: Upgrade']
  const refused = 'GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n'
  const text = `${refused}${[...handshake, 'Upgrade: websocket', '', ''].join('\r\n')}`
  const answer = await sendRaw(counted.port, text)
  expect(answer).toMatch(/^HTTP\/1\.1 421 /)
  expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1)
  expect(taken).toBe(0)
})

test('sends no request behind a refusal that closes the connection', async () => {
  const { port: routed } = await startProxy(upstream.url, { routes: ['/api'] })
  const refused = `POST /no HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n12345`
  const answer = await sendRaw(routed, `${refused}${get('/api', ['Host: localhost'])}`)
  expect(answer).toMatch(/^HTTP\/1\.1 404 /)
  expect(upstream.asked).toEqual([])
})
