import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { type Front, type FrontOptions, openFront } from '../../../src/dev/serve/front.ts'

const upstream = createServer((request: IncomingMessage, response) => {
  request.resume().once('end', () => response.end(`answer to ${request.url}`))
})
await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
const address = { host: '127.0.0.1', port: (upstream.address() as AddressInfo).port }
afterAll(() => {
  upstream.closeAllConnections()
  upstream.close()
})

const fronts: Front[] = []
afterEach(() => Promise.all(fronts.splice(0).map((front) => front.close())))

async function open(options: Partial<FrontOptions> = {}): Promise<number> {
  const front = await openFront({
    host: '127.0.0.1',
    port: 0,
    maxConnections: 3,
    headMilliseconds: 60_000,
    silenceMilliseconds: 60_000,
    findUpstream: async () => address,
    ...options,
  })
  fronts.push(front)
  return front.port
}

const REQUEST = 'GET /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'

function exchange(port: number, text = REQUEST): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString()
    })
    socket.on('error', () => {})
    socket.once('close', () => resolve(answer))
    socket.write(text)
  })
}

async function openIdle(port: number) {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  await once(socket, 'connect')
  return socket
}

describe('the listening socket', () => {
  it('relays bytes unchanged both ways, with several requests on one connection', async () => {
    const port = await open()
    const first = 'POST /one HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc'
    const answer = await exchange(port, `${first}${REQUEST}`)
    expect(answer).toContain('answer to /one')
    expect(answer).toContain('answer to /a')
  })

  it('answers 503 above its limit, and serves again when a connection has ended', async () => {
    const port = await open()
    const idle = await Promise.all([openIdle(port), openIdle(port), openIdle(port)])
    const refused = await exchange(port)
    expect(refused).toMatch(/^HTTP\/1\.1 503 /)
    expect(refused).toMatch(/^retry-after: \d+\r$/m)
    expect(refused).toContain('"detail":"too many connections are open"')
    idle[0]?.destroy()
    let answer = refused
    while (answer.startsWith('HTTP/1.1 503')) answer = await exchange(port)
    expect(answer).toContain('answer to /a')
    for (const socket of idle) socket.destroy()
  })

  it('refuses CONNECT without connecting to workerd', async () => {
    const port = await open({ findUpstream: () => Promise.reject(new Error('away')) })
    const answer = await exchange(port, 'CONNECT a.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 405 Method Not Allowed\r\n/)
    expect(answer).toContain('\r\nallow: GET, HEAD, POST, PUT\r\n')
    expect(answer).toContain('"detail":"the gateway is no proxy"')
  })

  it.each([
    [['C', 'ONNECT a.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n'], '405 Method Not Allowed'],
    [['CONNECT', ' a.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n'], '405 Method Not Allowed'],
    [['CO', 'PY /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'], '200 OK'],
    [['G', REQUEST.slice(1)], '200 OK'],
  ])('judges a request by its method when it arrives in parts: %j', async (parts, status) => {
    const socket = connect(await open(), '127.0.0.1').setNoDelay(true)
    const answer = text(socket)
    for (const part of parts) {
      socket.write(part)
      // Both ends are in this process, so the front reads a part within some turns of its loop.
      for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate)
    }
    expect(await answer).toMatch(new RegExp(`^HTTP/1.1 ${status}\r\n`))
  })

  it('closes a connection that ends within a method, without connecting to workerd', async () => {
    const port = await open({ findUpstream: () => Promise.reject(new Error('away')) })
    const socket = connect(port, '127.0.0.1')
    const answer = text(socket)
    socket.end('CONN')
    expect(await answer).toBe('')
  })

  it('relays other requests that begin with the same letters', async () => {
    const port = await open()
    const text = REQUEST.replace('GET /a', 'CONNECTED /a')
    expect(await exchange(port, text)).toMatch(/^HTTP\/1\.1 400 /)
    expect(await exchange(port, REQUEST.replace('/a', '/CONNECT'))).toContain('answer to /CONNECT')
  })

  it('closes a connection that sends nothing, without connecting to workerd', async () => {
    let asked = 0
    const port = await open({
      headMilliseconds: 20,
      findUpstream: async () => {
        asked += 1
        return address
      },
    })
    await once(await openIdle(port), 'close')
    expect(asked).toBe(0)
  })

  it('closes a silent connection', async () => {
    const port = await open({ silenceMilliseconds: 20 })
    const socket = await openIdle(port)
    socket.write('GET /a HTTP/1.1\r\nHo')
    socket.resume()
    expect(await once(socket, 'close')).toEqual([false])
  })

  it('answers 503 when workerd is down, and closes a connection that workerd resets', async () => {
    const away = await open({ findUpstream: () => Promise.reject(new Error('away')) })
    expect(await exchange(away)).toMatch(/^HTTP\/1\.1 503 /)
    const rude = createTcpServer((socket) => socket.resetAndDestroy())
    await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve))
    const { port } = rude.address() as AddressInfo
    const broken = await open({ findUpstream: async () => ({ host: '127.0.0.1', port }) })
    expect(await exchange(broken)).toBe('')
    rude.close()
    const closed = await open({ findUpstream: async () => ({ host: '127.0.0.1', port }) })
    expect(await exchange(closed)).toMatch(/^HTTP\/1\.1 503 /)
  })

  it('rejects with the code of the system when its port is in use', async () => {
    const port = await open()
    await expect(open({ port })).rejects.toMatchObject({ code: 'EADDRINUSE', syscall: 'listen' })
  })

  it('releases its connections and its port when it is closed', async () => {
    const port = await open()
    const socket = await openIdle(port)
    const closed = once(socket.resume(), 'close')
    await fronts.splice(0)[0]?.close()
    await closed
    expect(await open({ port })).toBe(port)
  })
})
