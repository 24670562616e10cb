/** The servers for one machine answer requests that Node does not pass on to them. */
import { once } from 'node:events'
import { createServer as createPlainServer } from 'node:http'
import { createServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import {
  answerUnreadable,
  isBehindLast,
  listOpen,
} from '../../../src/dev/early-answer/unreadable.ts'
import { startDevIssuer } from '../../../src/dev/issuer/issuer.ts'
import { serveMetrics } from '../../../src/dev/serve/metrics.ts'
import { sendRaw, startProxy, startUpstream } from '../../cli/support/proxy.ts'

const upstream = await startUpstream()
const proxy = await startProxy(upstream.url)
const issuer = await startDevIssuer()
const metrics = await serveMetrics(0, async () => ({ revision: 0, keySets: [], shards: [] }))
afterAll(() => Promise.all([issuer.close(), metrics.close()]))

const portOf = (url: string) => Number(new URL(url).port)
const SERVERS = [
  ['the proxy', proxy.port, 'this proxy opens no tunnels: send requests to its own URL'],
  ['the dev issuer', portOf(issuer.issuer), 'the dev issuer is no proxy'],
  ['the port for metrics', portOf(metrics.url), 'this server is no proxy'],
] as const
const PATHS = new Map<number, string>([
  [portOf(issuer.issuer), '/jwks'],
  [portOf(metrics.url), '/metrics'],
])

function problemOf(answer: string) {
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  expect(head).toContain('content-type: application/problem+json')
  expect(head).toContain('cache-control: no-store')
  expect(head).toContain('connection: close')
  return JSON.parse(body)
}

describe.each(SERVERS)('%s', (_, port, noTunnel) => {
  const path = PATHS.get(port) ?? '/'
  const get = (...fields: readonly string[]) =>
    [`GET ${path} HTTP/1.1`, 'Host: 127.0.0.1', ...fields, '', ''].join('\r\n')

  it.each([
    ['bytes that are not HTTP', 'GARBAGE\r\n\r\n', 400],
    ['two lengths', get('Content-Length: 1', 'Content-Length: 2'), 400],
    ['a head that is too long', get(`X-A: ${'a'.repeat(70_000)}`), 431],
  ])('refuses %s with a reason', async (_name, text, status) => {
    const answer = await sendRaw(port, text)
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [A-Z]`))
    expect(problemOf(answer)).toMatchObject({ status, detail: expect.stringMatching(/HTTP|head/) })
  })

  it('refuses CONNECT, with the methods that it has', async () => {
    const answer = await sendRaw(port, 'CONNECT a.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 405 Method Not Allowed\r\n/)
    expect(answer).toMatch(/\r\nallow: GET, /)
    expect(problemOf(answer)).toMatchObject({ status: 405, detail: noTunnel })
  })

  it('ignores an unknown expectation', async () => {
    const answer = await sendRaw(port, get('Expect: tea', 'Connection: close'))
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  })

  it('answers the requests before bytes that are not HTTP', async () => {
    const answer = await sendRaw(port, `${get()}${get()}GARBAGE\r\n\r\n`)
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200'])
  })

  it('closes the connection after a request for another protocol', async () => {
    const client = connect(port, '127.0.0.1')
    let answer = ''
    client.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1')
    })
    const closed = once(client, 'close')
    client.write(`${get('Connection: Upgrade', 'Upgrade: h2c')}${get()}`)
    await once(client, 'data')
    // Before Node 22.21, the proxy refuses it.
    expect(answer).toMatch(/^HTTP\/1\.1 (?:200|400) [\s\S]*\r\nconnection: close\r\n/i)
    await closed
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toHaveLength(1)
  })
})

it('does not read the rest of a cut request as a request of its own', async () => {
  const seen: [path: string | undefined, isBehind: boolean][] = []
  const server = createPlainServer()
  const open = listOpen(server)
  answerUnreadable(server, { maxHeadBytes: 1, noTunnel: '', allow: '', open })
  server.on('request', (request, response) => {
    seen.push([request.url, isBehindLast(open, response)])
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const upgrade = 'GET /a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n'
  client.write(`${upgrade}POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 28\r\n\r\n`)
  await expect.poll(() => seen.length, { timeout: 30_000 }).toBe(1)
  client.write('GET /c HTTP/1.1\r\nHost: a\r\n\r\n')
  await expect.poll(() => seen.length, { timeout: 30_000 }).toBe(2)
  client.destroy()
  server.close()
  await once(server, 'close')
  expect(seen).toEqual([
    ['/a', false],
    ['/c', true],
  ])
})

it('the proxy answers a request behind which bytes follow while its upstream works', async () => {
  let answer = () => {}
  const isAsked = new Promise<void>((resolve) => {
    upstream.answer((_request, response) => {
      answer = () => response.end('late')
      resolve()
    })
  })
  const received = sendRaw(proxy.port, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\nGARBAGE\r\n\r\n')
  await isAsked
  answer()
  expect(await received).toMatch(/^HTTP\/1\.1 200 [\s\S]*late/)
})

it('the proxy answers a request before an upgrade that follows it', async () => {
  const paths: string[] = []
  upstream.answer((request, response) => {
    paths.push(request.url ?? '')
    setImmediate(() => response.end('late'))
  })
  const get = (path: string, ...fields: readonly string[]) =>
    [`GET ${path} HTTP/1.1`, 'Host: 127.0.0.1', ...fields, '', ''].join('\r\n')
  const upgrade = get('/c', 'Connection: Upgrade', 'Upgrade: websocket')
  const answer = await sendRaw(proxy.port, `${get('/a')}${get('/b')}${upgrade}`)
  expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200'])
  expect(paths.sort()).toEqual(['/a', '/b'])
})

it('closes a connection without a TLS handshake', async () => {
  const server = createServer({ handshakeTimeout: 20 })
  const facts = { maxHeadBytes: 1, noTunnel: '', allow: '', open: listOpen(server) }
  answerUnreadable(server, facts)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [, socket] = await once(server, 'tlsClientError')
  expect(socket.destroyed).toBe(true)
  await once(client, 'close')
  server.close()
  await once(server, 'close')
})
