/** Requests through the proxy: what the upstream receives, and what the client receives. */
import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { beforeEach, describe, expect, test } from 'vitest'
import { closedPort } from '../../../support/closed-port.ts'
import { HELD, readBody, sendRaw, startProxy, startUpstream, TOKEN } from '../../support/proxy.ts'

const upstream = await startUpstream()
const { url, port } = await startProxy(`${upstream.url}/base`)

beforeEach(() => {
  upstream.asked.length = 0
  upstream.answer((_request, response) => response.end('ok'))
})

test('sends the upstream the token, its own host and no other secret', async () => {
  const headers = { authorization: 'Basic x', cookie: 'a=1', 'x-kept': '1' }
  const response = await fetch(`${url}/things?q=1`, { headers })
  expect([response.status, await response.text()]).toEqual([200, 'ok'])
  const [asked] = upstream.asked
  expect(asked?.url).toBe('/base/things?q=1')
  expect(asked?.headers).toMatchObject({
    authorization: `Bearer ${TOKEN.accessToken}`,
    host: new URL(upstream.url).host,
    via: '1.1 edgemint-test',
    'x-kept': '1',
  })
  expect(asked?.headers.cookie).toBeUndefined()
  expect(asked?.rawHeaders.filter((name) => name.toLowerCase() === 'authorization')).toHaveLength(1)
})

test('removes a field that Connection names, but not the token', async () => {
  const head = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close, authorization, x-named\r\n'
  await sendRaw(port, `${head}X-Named: 1\r\nX-Kept: 2\r\n\r\n`)
  expect(upstream.asked[0]?.headers).toMatchObject({ 'x-kept': '2' })
  expect(upstream.asked[0]?.headers).toHaveProperty('authorization')
  expect(upstream.asked[0]?.headers).not.toHaveProperty('x-named')
})

test('returns status, fields and body unchanged', async () => {
  upstream.answer((_request, response) => {
    response.writeHead(418, 'Short and stout', { 'x-a': ['1', '2'], 'set-cookie': 'a=1' })
    response.end('tea')
  })
  const response = await fetch(url)
  expect([response.status, response.statusText]).toEqual([418, 'Short and stout'])
  expect([response.headers.get('x-a'), response.headers.get('set-cookie')]).toEqual(['1, 2', null])
  expect(await response.text()).toBe('tea')
})

/** Starts an upstream that answers every request with these bytes. */
async function startBytes(answer: string): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.write(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test.each(['GET', 'HEAD'])('returns the bytes of a field unchanged for %s', async (method) => {
  const head = 'HTTP/1.1 200 OK\r\nX-Name: Grüße\r\nContent-Length: 2\r\n\r\n'
  const proxy = await startProxy(await startBytes(method === 'GET' ? `${head}ok` : head))
  const lines = `${method} / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`
  const answer = await sendRaw(proxy.port, lines)
  expect(Buffer.from(answer, 'latin1').toString('utf8')).toContain('X-Name: Grüße\r\n')
})

test('treats an unrequested change of protocol as no answer', async () => {
  const head = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'
  const proxy = await startProxy(await startBytes(head))
  expect((await fetch(proxy.url)).status).toBe(502)
})

test('returns nothing of an answer that cannot be sent', async () => {
  const head = 'HTTP/1.1 099 Odd\r\nETag: "x"\r\nContent-Length: 2\r\n\r\nok'
  const response = await fetch((await startProxy(await startBytes(head))).url)
  expect([response.status, response.statusText]).toEqual([502, 'Bad Gateway'])
  expect(response.headers.get('etag')).toBeNull()
})

test('returns a redirect, and does not send the token to its target', async () => {
  const elsewhere = await startUpstream()
  upstream.answer((_request, response) => {
    response.writeHead(302, { location: `${elsewhere.url}/` }).end()
  })
  const response = await fetch(url, { redirect: 'manual' })
  expect([response.status, response.headers.get('location')]).toEqual([302, `${elsewhere.url}/`])
  expect(elsewhere.asked).toEqual([])
})

test('forwards a large body completely in both directions', async () => {
  upstream.answer((incoming, response) => incoming.pipe(response))
  const body = Buffer.alloc(24 * 1024 * 1024, 'edgemint')
  const response = await fetch(`${url}/echo`, { method: 'POST', body })
  const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
  expect(digest(new Uint8Array(await response.arrayBuffer()))).toBe(digest(body))
  expect(upstream.asked[0]?.headers['content-length']).toBe(String(body.byteLength))
})

test('sends a body of unknown length in chunks, also with GET', async () => {
  upstream.answer(async (incoming, response) => response.end(await readBody(incoming)))
  const head = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n'
  const answer = await sendRaw(
    port,
    `${head}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
  )
  expect(answer).toContain('abc')
  expect(upstream.asked[0]?.headers['transfer-encoding']).toBe('chunked')
})

describe('streams', () => {
  test('returns events before the stream ends', async () => {
    let end = () => {}
    upstream.answer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: one\n\n')
      end = () => response.end('data: two\n\n')
    })
    const response = await fetch(`${url}/events`)
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader?.read())?.value).toBe('data: one\n\n')
    end()
    expect((await reader?.read())?.value).toBe('data: two\n\n')
    expect((await reader?.read())?.done).toBe(true)
  })

  test('returns the head of an answer before its body begins', async () => {
    let end = () => {}
    upstream.answer((_request, response) => {
      response.flushHeaders()
      end = () => response.end('late')
    })
    const response = await fetch(url)
    expect(response.status).toBe(200)
    end()
    expect(await response.text()).toBe('late')
  })

  test('sends the first part of a body before the last part is written', async () => {
    const first = new Promise<string>((resolve) => {
      upstream.answer((incoming, response) => {
        incoming.once('data', (chunk: Buffer) => resolve(chunk.toString()))
        incoming.once('end', () => response.end('done'))
      })
    })
    const outgoing = request(url, { method: 'POST' })
    const answered = new Promise<number | undefined>((resolve, reject) => {
      outgoing.once('response', (response) => resolve(response.resume().statusCode))
      outgoing.once('error', reject)
    })
    outgoing.write('first')
    expect(await first).toBe('first')
    outgoing.end('last')
    expect(await answered).toBe(200)
  })

  test('breaks off an answer when the upstream does', async () => {
    upstream.answer((_request, response) => {
      response.writeHead(200, { 'content-length': '10' })
      response.write('half', () => response.destroy())
    })
    const response = await fetch(url)
    const read = response.text().then(
      () => 'ended',
      () => 'broke off',
    )
    const stillOpen = setTimeout(30_000, 'still open', { ref: false })
    expect(await Promise.race([read, stillOpen])).toBe('broke off')
  })

  test('ends the request to the upstream when the client disconnects', async () => {
    const left = new Promise<void>((resolve) => {
      upstream.answer((_request, response) => {
        response.write('begin')
        response.once('close', () => resolve())
      })
    })
    const leaving = new AbortController()
    const response = await fetch(url, { signal: leaving.signal })
    await response.body?.getReader().read()
    leaving.abort()
    await expect(left).resolves.toBeUndefined()
  })

  test('returns an early answer, and keeps the connection', async () => {
    upstream.answer((incoming, response) => {
      response.writeHead(413).end('too much')
      incoming.resume()
    })
    const response = await fetch(url, { method: 'POST', body: Buffer.alloc(4 * 1024 * 1024) })
    expect([response.status, await response.text()]).toEqual([413, 'too much'])
    upstream.answer((_request, next) => next.end('ok'))
    expect((await fetch(url)).status).toBe(200)
  })
})

describe('errors of the proxy itself', () => {
  test('returns 502 without an upstream, and hides the cause', async () => {
    const alone = await startProxy(`http://127.0.0.1:${await closedPort()}`)
    const response = await fetch(alone.url)
    expect([response.status, await response.json()]).toEqual([
      502,
      {
        type: 'about:blank',
        status: 502,
        title: 'Bad Gateway',
        detail: 'the upstream cannot be reached, or closed the connection before it answered',
      },
    ])
  })

  test('returns 502 when the upstream closes before it answers, and sends nothing twice', async () => {
    upstream.answer((incoming) => incoming.socket.destroy())
    const response = await fetch(url, { method: 'POST', body: 'once' })
    expect([response.status, upstream.asked.length]).toEqual([502, 1])
  })

  test('returns 503 without a token, and sends nothing to the upstream', async () => {
    const tokens = { ...HELD, take: () => Promise.reject(new Error('the platform said secret')) }
    const poor = await startProxy(upstream.url, { tokens })
    const response = await fetch(poor.url, { method: 'POST', body: 'x' })
    const text = await response.text()
    expect([response.status, response.headers.get('content-type')]).toEqual([
      503,
      'application/problem+json',
    ])
    expect(text).toContain('has no token')
    expect(text).not.toContain('secret')
    expect(upstream.asked).toEqual([])
  })
})

test('repeats a GET when the upstream has closed the idle connection', async () => {
  upstream.answer((incoming, response) => {
    response.end('ok')
    // The connection is closed as soon as it is idle.
    response.once('finish', () => setImmediate(() => incoming.socket.destroy()))
  })
  const statuses: number[] = []
  for (let count = 0; count < 20; count += 1) {
    const response = await fetch(url)
    statuses.push(response.status)
    await response.text()
  }
  expect(new Set(statuses)).toEqual(new Set([200]))
})

test('logs neither a query nor a header', async () => {
  const lines: string[] = []
  const logged = await startProxy(upstream.url, { onAnswer: (line) => void lines.push(line) })
  const response = await fetch(`${logged.url}/a/b?token=secret`, { headers: { 'x-a': 'secret' } })
  await response.text()
  await logged.proxy.close()
  expect(lines.map((line) => line.replace(/[0-9]+ ms$/, 'N ms'))).toEqual(['GET /a/b 200 N ms'])
})
