/** Requests through a proxy whose tokens are bound to a key: programs know nothing of proofs. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { beforeEach, describe, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { MAX_COPIED_BODY_BYTES } from '../../../../src/cli/shell/limits.ts'
import { createProofKey } from '../../../../src/client/index.ts'
import { hashOf, readProof } from '../../../client/support/proofs.ts'
import { readBody, sendRaw, startProxy, startUpstream, TOKEN } from '../../support/proxy.ts'

const proofKey = createProofKey()
const upstream = await startUpstream()
const { url, port } = await startProxy(`${upstream.url}/base`, { proofKey })
const CHALLENGE = 'DPoP error="use_dpop_nonce", algs="ES256"'

beforeEach(() => {
  upstream.asked.length = 0
  upstream.answer((_request, response) => response.end('ok'))
})

const proofOf = ({ headers }: IncomingMessage) => readProof(String(headers.dpop))
const nonces = () =>
  Promise.all(upstream.asked.map(async (one) => (await proofOf(one)).claims.nonce))

/** Refuses every request without the nonce, before or after its body has arrived. */
function demandNonce(nonce: string, readsFirst = true): string[] {
  const bodies: string[] = []
  upstream.answer(async (request, response) => {
    const { claims } = await proofOf(request)
    if (readsFirst || claims.nonce === nonce) bodies.push(await readBody(request))
    if (claims.nonce === nonce) response.end('good')
    else refuse(response, nonce)
  })
  return bodies
}

function refuse(response: ServerResponse, nonce: string): void {
  response.writeHead(401, { 'dpop-nonce': nonce, 'www-authenticate': CHALLENGE }).end('bad')
}

test('DP-19 sends the token and a new proof for each request, of one key', async () => {
  await fetch(`${url}/things?q=1`)
  await fetch(`${url}/things`, { method: 'DELETE' })
  const proofs = await Promise.all(upstream.asked.map(proofOf))
  const jkt = await proofKey.thumbprint()
  expect(proofs.map((proof) => proof.jkt)).toEqual([jkt, jkt])
  const htu = `${upstream.url}/base/things`
  const ath = hashOf(TOKEN.accessToken)
  expect(proofs[0]?.claims).toMatchObject({ htm: 'GET', htu, ath })
  expect(proofs[1]?.claims).toMatchObject({ htm: 'DELETE', htu, ath })
  expect(upstream.asked[0]?.headers.authorization).toBe(`DPoP ${TOKEN.accessToken}`)
})

test('replaces what the program sends, and keeps nonces from it', async () => {
  upstream.answer((_request, response) => response.writeHead(200, { 'dpop-nonce': 'own' }).end())
  const headers = { authorization: 'DPoP other', dpop: 'a.b.c' }
  const response = await fetch(url, { headers })
  expect(response.headers.get('dpop-nonce')).toBeNull()
  expect(upstream.asked[0]?.headers.authorization).toBe(`DPoP ${TOKEN.accessToken}`)
  await expect(proofOf(upstream.asked[0] as IncomingMessage)).resolves.toBeDefined()
  await fetch(url)
  expect((await nonces())[1]).toBe('own')
})

test('a proxy without a key removes a proof of the program', async () => {
  const plain = await startProxy(upstream.url)
  await fetch(plain.url, { headers: { dpop: 'a.b.c' } })
  expect(upstream.asked[0]?.headers).not.toHaveProperty('dpop')
})

describe('an upstream that asks for a nonce', () => {
  test('DP-15 receives a GET again, and later requests have the nonce at once', async () => {
    demandNonce('get-1')
    expect(await (await fetch(url)).text()).toBe('good')
    expect(await (await fetch(url)).text()).toBe('good')
    expect((await nonces()).slice(1)).toEqual(['get-1', 'get-1'])
  })

  test.each([
    ['after', true, 'text'],
    ['before', false, 'text'],
    ['after', true, 'x'.repeat(MAX_COPIED_BODY_BYTES)],
    ['before', false, 'x'.repeat(MAX_COPIED_BODY_BYTES)],
  ])('receives a small body again when it refuses %s reading it', async (_, readsFirst, body) => {
    const bodies = demandNonce(`post-${readsFirst}-${body.length}`, readsFirst)
    const response = await fetch(url, { method: 'POST', body })
    expect([response.status, await response.text()]).toEqual([200, 'good'])
    expect(bodies.at(-1)).toBe(body)
    expect(upstream.asked).toHaveLength(2)
  })

  test('does not receive a large body again: the program gets the 401', async () => {
    demandNonce('large')
    const send = () => fetch(url, { method: 'POST', body: 'x'.repeat(MAX_COPIED_BODY_BYTES + 1) })
    expect((await send()).status).toBe(401)
    expect(upstream.asked).toHaveLength(1)
    expect((await send()).status).toBe(200)
  })

  test('does not receive a body of unknown length again that is not complete', async () => {
    demandNonce('chunked', false)
    const head = 'POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n'
    const answer = await sendRaw(port, `${head}Transfer-Encoding: chunked\r\n\r\n4\r\ntext\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 401 /)
    expect(upstream.asked).toHaveLength(1)
  })

  test('receives one more request only', async () => {
    let count = 0
    upstream.answer((_request, response) => {
      count += 1
      refuse(response, `endless-${count}`)
    })
    expect((await fetch(url)).status).toBe(401)
    // One more with another token, which a 401 causes. There is no other token here.
    expect(upstream.asked).toHaveLength(2)
  })

  test('receives the handshake of a WebSocket again', async () => {
    const sockets = new WebSocketServer({ noServer: true })
    const seen: unknown[] = []
    upstream.server.on('upgrade', async (request: IncomingMessage, socket, head) => {
      const { claims } = await proofOf(request)
      seen.push(claims.nonce)
      if (claims.nonce !== 'socket') {
        const lines = ['HTTP/1.1 401 Unauthorized', 'DPoP-Nonce: socket', 'Connection: close']
        socket.end(`${lines.join('\r\n')}\r\nWWW-Authenticate: ${CHALLENGE}\r\n\r\n`)
        return
      }
      sockets.handleUpgrade(request, socket, head, (one) => one.send('hello'))
    })
    const socket = new WebSocket(`${url.replace('http', 'ws')}/socket`)
    const message = await new Promise((resolve, reject) => {
      socket.once('message', (data) => resolve(String(data)))
      socket.once('error', reject)
    })
    socket.terminate()
    sockets.close()
    expect(message).toBe('hello')
    expect(seen.at(-1)).toBe('socket')
    expect(seen).toHaveLength(2)
  })
})

test('a program that leaves while its body is awaited ends only its own request', async () => {
  demandNonce('left', false)
  const socket = connect(port, '127.0.0.1')
  socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf')
  await new Promise((resolve) => upstream.server.once('request', resolve))
  socket.destroy()
  expect((await fetch(url)).status).toBe(200)
})
