/** WebSockets through the proxy, with a real server and a real client. */
import { afterAll, beforeEach, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { HELD, sendRaw, startProxy, startUpstream, TOKEN } from '../../support/proxy.ts'

const upstream = await startUpstream()
const sockets = new WebSocketServer({ server: upstream.server })
sockets.on('connection', (socket, request) => {
  socket.send(JSON.stringify({ authorization: request.headers.authorization, url: request.url }))
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
})
const { port, proxy } = await startProxy(upstream.url)
afterAll(() => sockets.close())
beforeEach(() => {
  upstream.asked.length = 0
})

function open(path = '/', options: object = {}): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${port}${path}`, options)
}

function nextMessage(socket: WebSocket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    socket.once('message', (data) => resolve(data as Buffer))
    socket.once('error', reject)
  })
}

function refusal(socket: WebSocket): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode))
    socket.once('open', () => reject(new Error('it was let in')))
    socket.once('error', () => {})
  })
}

test('relays messages both ways, and adds the token to the handshake', async () => {
  const socket = open('/live?x=1', { headers: { authorization: 'Basic x' } })
  const hello = JSON.parse(String(await nextMessage(socket)))
  expect(hello).toEqual({ authorization: `Bearer ${TOKEN.accessToken}`, url: '/live?x=1' })
  for (const message of ['text', Buffer.alloc(1024 * 1024, 7)]) {
    socket.send(message)
    expect(Buffer.compare(await nextMessage(socket), Buffer.from(message))).toBe(0)
  }
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  socket.close(4001)
  expect(await closed).toBe(4001)
})

test.each([
  ['a page of another site', { origin: 'https://evil.example' }, 403],
  ['a name that was bound to this machine', { headers: { host: 'evil.example' } }, 421],
])('refuses %s', async (_name, options, status) => {
  expect(await refusal(open('/', options))).toBe(status)
  expect(sockets.clients.size).toBe(0)
})

test('returns the refusal of an upstream', async () => {
  const plain = await startUpstream()
  plain.server.on('upgrade', (_request, socket) => {
    socket.end('HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: 0\r\n\r\n')
  })
  const other = await startProxy(plain.url)
  expect(await refusal(new WebSocket(`ws://127.0.0.1:${other.port}/`))).toBe(401)
})

test('sends nothing to the upstream without a token', async () => {
  const tokens = { ...HELD, take: () => Promise.reject(new Error('none')) }
  const poor = await startProxy(upstream.url, { tokens })
  expect(await refusal(new WebSocket(`ws://127.0.0.1:${poor.port}/`))).toBe(503)
})

test.each([
  ['POST', ['Content-Length: 0']],
  ['GET', ['Content-Length: 5']],
])('refuses an invalid handshake: %s with %j', async (method, lines) => {
  const head = [`${method} / HTTP/1.1`, 'Host: localhost', 'Connection: Upgrade']
  const text = [...head, 'Upgrade: websocket', ...lines, '', ''].join('\r\n')
  expect(await sendRaw(port, text)).toMatch(/^HTTP\/1\.1 400 /)
  expect(upstream.asked).toEqual([])
})

test('closes open WebSockets when the proxy ends', async () => {
  const socket = open()
  await nextMessage(socket)
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  await proxy.close()
  expect(await closed).toBe(1006)
})
