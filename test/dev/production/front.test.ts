import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { lines, prepareFront, send } from './support/front.ts'

const { got, answerWith, open } = await prepareFront()

const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

const GET = ['GET /a?b=%2f HTTP/1.1', 'Host: sts.example.com'] as const

describe('the front of a gateway in production', () => {
  it('relays method, target, fields and body, and the answer', async () => {
    const { port } = await open()
    answerWith((response) => {
      response.writeHead(418, { 'X-One': 'a', 'set-cookie': ['a=1', 'b=2'], etag: '"1"' })
      response.end('tea')
    })
    const head = ['POST /token HTTP/1.1', 'Host: sts.example.com:8443', 'DPoP: a.b.c', 'X-A: 1']
    const answer = await send(port, `${lines(...head, 'X-A: 2', 'Content-Length: 3')}abc`)
    expect(answer).toMatch(/^HTTP\/1\.1 418 /)
    expect(answer).toMatch(/^X-One: a\r$/m)
    expect(answer).toMatch(/^set-cookie: a=1\r\nset-cookie: b=2\r$/m)
    expect(answer).toMatch(/tea/)
    expect(got[0]).toMatchObject({
      method: 'POST',
      url: '/token',
      body: 'abc',
      headers: { host: 'sts.example.com:8443', dpop: 'a.b.c', 'x-a': '1, 2' },
    })
  })

  it('does not decode the target', async () => {
    const { port } = await open()
    await send(port, lines(...GET))
    expect(got[0]?.url).toBe('/a?b=%2f')
  })

  it.each([
    ['https://sts.example.com:8443/a?b=%2f', '/a?b=%2f', 'sts.example.com:8443'],
    ['HTTP://other.example/token', '/token', 'other.example'],
    ['https://other.example', '/', 'other.example'],
    ['https://other.example?a=https://x.example/', '/?a=https://x.example/', 'other.example'],
    ['https://me@other.example/', '/', 'me@other.example'],
    ['/a?u=https://x.example/', '/a?u=https://x.example/', 'sts.example.com'],
  ])('reads the host of the target %s, and not the field', async (target, url, host) => {
    const { port } = await open()
    await send(port, lines(`GET ${target} HTTP/1.1`, 'X-A: 1', 'Host: sts.example.com'))
    expect(got[0]).toMatchObject({ url, headers: { host, 'x-a': '1' } })
  })

  it('refuses an invalid Host field that does not count', async () => {
    const { port } = await open()
    const answer = await send(port, lines('GET https://other.example/a HTTP/1.1', 'Host: a/b'))
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).toContain('"detail":"the Host header must be one host with an optional port"')
    expect(got).toEqual([])
  })

  it.each(['0.9', '2.0'])('refuses HTTP/%s in a request line', async (version) => {
    const { port } = await open()
    const answer = await send(port, lines(`GET /a HTTP/${version}`, 'Host: sts.example.com'))
    expect(answer).toMatch(/^HTTP\/1\.1 505 /)
    expect(answer).toContain('"detail":"the gateway speaks HTTP/1.1"')
    expect(got).toEqual([])
  })

  it('RULE-24 tells the address of the client, and nothing that a client says of itself', async () => {
    const { port } = await open()
    const fields = [
      'X-Forwarded-For: 1.1.1.1, 203.0.113.7',
      'Forwarded: for=1.1.1.2',
      'X-Real-IP: 1.1.1.3',
      'CF-Connecting-IP: 1.1.1.4',
      'CF-Worker: x',
      'MF-Anything: x',
      'Edgemint-Front: key-of-the-front{"ip":"1.1.1.5"}',
      'EDGEMINT-FRONT: x',
      'Edgemint-Front-Other: x',
    ]
    await send(port, lines(...GET, ...fields))
    expect(got[0]?.connection).toEqual({ ip: '203.0.113.7' })
    const names = got[0]?.rawHeaders.filter((_, at) => at % 2 === 0) ?? []
    expect(names.filter((name) => /^(cf-|mf-|edgemint-front)/i.test(name))).toEqual([
      'edgemint-front',
    ])
  })

  it('RULE-24 tells the address of the connection if it is no trusted proxy', async () => {
    const { port } = await open({ proxies: { has: () => false } })
    await send(port, lines(...GET, 'X-Forwarded-For: 203.0.113.7'))
    expect(got[0]?.connection).toEqual({ ip: '127.0.0.1' })
  })

  it('RULE-24 keeps what it says although the client lists the field under Connection', async () => {
    const { port } = await open()
    const head = [...GET, 'Authorization: Bearer x', 'X-Forwarded-For: 203.0.113.7']
    const connection = 'Connection: close, edgemint-front, x-forwarded-for, authorization'
    await send(port, `${[...head, connection].join('\r\n')}\r\n\r\n`)
    expect(got[0]?.connection).toEqual({ ip: '203.0.113.7' })
    expect(got[0]?.headers.authorization).toBe('Bearer x')
  })

  it.each([
    ['two lengths', ['Content-Length: 3', 'Content-Length: 4']],
    ['a length and chunks', ['Content-Length: 3', 'Transfer-Encoding: chunked']],
    ['chunks in another spelling', ['Transfer-Encoding: xchunked']],
    ['chunks that are not last', ['Transfer-Encoding: chunked, identity']],
    ['a length that is no number', ['Content-Length: +3']],
    ['two hosts', ['Host: other.example.com']],
    ['a field name with a space', ['X-A : 1']],
    ['a folded field', ['X-A: 1', ' Content-Length: 3']],
    ['a zero byte', ['X-A: a\0b']],
  ])('refuses a request that two servers could read differently: %s', async (_, fields) => {
    const { port } = await open()
    const answer = await send(port, `${lines('POST /a HTTP/1.1', 'Host: a', ...fields)}abc`)
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(got).toEqual([])
  })

  it.each([
    ['no host', []],
    ['two hosts', ['Host: a', 'Host: other.example.com']],
    ['one host twice', ['Host: a', 'host: a']],
  ])('refuses a request with %s', async (_, fields) => {
    const { port } = await open()
    const answer = await send(port, lines('GET /a HTTP/1.1', ...fields))
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).toContain('the Host header must be given once')
    expect(got).toEqual([])
  })

  it('writes the length of each body anew, so that no body becomes a request', async () => {
    const { port } = await open()
    const hidden = lines('GET /hidden HTTP/1.1', 'Host: sts.example.com')
    const chunk = `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
      const head = [`${method} /a HTTP/1.1`, 'Host: sts.example.com', 'Transfer-Encoding: chunked']
      await send(port, lines(...head) + chunk)
      await send(port, lines(...head.slice(0, 2), `Content-Length: ${hidden.length}`) + hidden)
      await send(port, lines(...head.slice(0, 2)))
    }
    expect(got.map(({ url }) => url)).toEqual(Array.from({ length: 12 }, () => '/a'))
    expect(got.map(({ body }) => body.length)).toEqual(
      Array.from({ length: 4 }, () => [hidden.length, hidden.length, 0]).flat(),
    )
  })

  it('serves several requests on one connection', async () => {
    const { port } = await open()
    const first = 'POST /one HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc'
    const answer = await send(port, first + lines('GET /two HTTP/1.1', 'Host: a'))
    expect(answer).toContain('answer to /one')
    expect(answer).toContain('answer to /two')
  })

  it('answers 503 above its connections, and while workerd is down', async () => {
    const full = await open({ maxConnections: 0 })
    const refused = await send(full.port, lines(...GET))
    expect(refused).toMatch(/^HTTP\/1\.1 503 /)
    expect(refused).toContain('"detail":"too many connections are open"')
    const { port } = await open({ findUpstream: () => Promise.reject(new Error('away')) })
    const down = await send(port, lines(...GET))
    expect(down).toMatch(/^HTTP\/1\.1 503 /)
    expect(down).toMatch(/^retry-after: \d+\r$/m)
    const closed = await open({ findUpstream: async () => ({ host: '127.0.0.1', port: 1 }) })
    expect(await send(closed.port, lines(...GET))).toMatch(/^HTTP\/1\.1 503 /)
  })

  it('ends the request at workerd when its client leaves', async () => {
    const { port } = await open()
    const left = new Promise<void>((resolve) => {
      answerWith((response) => response.once('close', () => resolve()))
    })
    const client = request({ host: '127.0.0.1', port, path: '/slow' })
    client.on('error', () => {})
    client.end()
    while (got.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    client.destroy()
    await expect(left).resolves.toBeUndefined()
  })
})

describe('/ready', () => {
  it('is answered by the front, without workerd', async () => {
    const report = { status: 'not_ready', checks: { workerd: { ready: false } } }
    const { port } = await open({
      describeReadiness: async () => ({ isReady: false, report }),
      findUpstream: () => Promise.reject(new Error('away')),
    })
    const url = `http://127.0.0.1:${port}/ready`
    const response = await fetch(`${url}?from=probe`)
    expect([response.status, await response.json()]).toEqual([503, report])
    expect(response.headers.get('cache-control')).toBe('no-store')
    const head = await fetch(url, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([503, ''])
    expect((await fetch(url, { method: 'POST' })).status).toBe(405)
  })
})

describe('a graceful stop', () => {
  it('lets a request end, closes its connection, and accepts no other', async () => {
    const front = await open()
    const waiting: (() => void)[] = []
    answerWith((response) => {
      waiting.push(() => response.end('done'))
    })
    const first = send(front.port, 'GET /slow HTTP/1.1\r\nHost: a\r\n\r\n')
    while (waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    const drained = front.drain(60_000)
    await nextTurn()
    await expect(fetch(`http://127.0.0.1:${front.port}/other`)).rejects.toThrow()
    for (const end of waiting) end()
    expect(await drained).toBe(0)
    const answer = await first
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    expect(answer).toMatch(/^Connection: close\r$/m)
    expect(answer).toContain('done')
  })

  it('answers a client that had connected and had not yet sent its request', async () => {
    const front = await open()
    const [early, silent] = [connect(front.port, '127.0.0.1'), connect(front.port, '127.0.0.1')]
    // The answer to a later connection shows that the front has accepted both.
    await send(front.port, lines('GET /before HTTP/1.1', 'Host: a'))
    const ended = front.drain(60_000).then(async (cut) => {
      await front.close()
      return cut
    })
    await nextTurn()
    let answer = ''
    early.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1')
    })
    early.write('GET /first HTTP/1.1\r\nHost: a\r\n\r\n')
    await once(early, 'close')
    expect(answer).toMatch(/^Connection: close\r$/m)
    expect(answer).toContain('answer to /first')
    // A connection without a request does not hold the stop for its whole deadline.
    expect(await ended).toBe(0)
    silent.destroy()
  })

  it('answers the connections that Node has not yet accepted', async () => {
    const front = await open()
    const requests = Array.from({ length: 8 }, (_, at) =>
      send(front.port, lines(`GET /${at} HTTP/1.1`, 'Host: a')).catch((error) => String(error)),
    )
    const ended = front.drain(60_000).then(() => front.close())
    for (const [at, answer] of requests.entries()) {
      expect(await answer).toContain(`answer to /${at}`)
    }
    await ended
  })

  it('asks clients to close from its announcement on', async () => {
    const front = await open()
    const before = await fetch(`http://127.0.0.1:${front.port}/a`)
    expect(before.headers.get('connection')).toBe('keep-alive')
    front.announceStop()
    const after = await fetch(`http://127.0.0.1:${front.port}/a`)
    expect(after.headers.get('connection')).toBe('close')
  })

  it('counts the requests that did not end in time', async () => {
    const front = await open()
    answerWith(() => {})
    const cut = send(front.port, 'GET /slow HTTP/1.1\r\nHost: a\r\n\r\n')
    while (got.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(await front.drain(20)).toBe(1)
    await front.close()
    expect(await cut).toBe('')
  })
})
