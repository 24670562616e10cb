/** Several requests on one connection: each one that workerd gets has one answer (RFC 9112 §9.3). */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { prepareFront } from './support/front.ts'

const { open } = await prepareFront()

const HOST = 'Host: sts.example.com'
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

/** A workerd that sends the next of these texts when bytes arrive. */
async function startScript(...texts: readonly string[]) {
  const left = [...texts]
  const sockets: Socket[] = []
  let got = ''
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      got += chunk.toString('latin1')
      const text = left.shift()
      if (text !== undefined) socket.write(text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { sockets, got: () => got, findUpstream: async () => ({ host: '127.0.0.1', port }) }
}

function dial(port: number) {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
  })
  return { socket, read: () => text, closed: once(socket, 'close') }
}

describe('the front', () => {
  it('does not run a request behind an answer that closes the connection', async () => {
    const { findUpstream, got } = await startScript(OK, OK)
    const { port } = await open({ findUpstream })
    const { socket, read, closed } = dial(port)
    socket.write(`POST /one HTTP/1.1\r\n${HOST}\r\nContent-Length: 5\r\n\r\n12`)
    await once(socket, 'data')
    socket.write(`345GET /two HTTP/1.1\r\n${HOST}\r\n\r\n`)
    await closed
    expect(read()).toMatch(/^HTTP\/1\.1 200 OK\r\n.*Connection: close\r\n/s)
    expect(got()).not.toContain('/two')
  })

  it('forgets a request that waits for an earlier one when its client leaves', async () => {
    const { findUpstream, sockets } = await startScript()
    const front = await open({ findUpstream })
    const { socket } = dial(front.port)
    socket.write(`GET /one HTTP/1.1\r\n${HOST}\r\n\r\nGET /two HTTP/1.1\r\n${HOST}\r\n\r\n`)
    await expect.poll(() => sockets.length, { timeout: 30_000 }).toBe(2)
    socket.destroy()
    await Promise.all(sockets.map((one) => one.destroyed || once(one, 'close')))
    expect(await front.drain(1)).toBe(0)
  })

  it('closes a connection to workerd on which bytes arrive that nothing asked for', async () => {
    const { findUpstream, sockets } = await startScript(OK, OK)
    const { port } = await open({ findUpstream })
    const first = dial(port)
    first.socket.write(`GET /one HTTP/1.1\r\n${HOST}\r\nConnection: close\r\n\r\n`)
    await first.closed
    const [kept] = sockets
    if (kept === undefined) throw new Error('workerd got no connection')
    kept.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret')
    await (kept.destroyed || once(kept, 'close'))
    const second = dial(port)
    second.socket.write(`GET /two HTTP/1.1\r\n${HOST}\r\nConnection: close\r\n\r\n`)
    await second.closed
    expect(second.read()).toMatch(/\r\n\r\nok$/)
    expect(sockets).toHaveLength(2)
  })

  it.each([
    ['an upgrade', 'HTTP/1.1 101 A\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
    ['a status that is none', 'HTTP/1.1 000 A\r\nContent-Length: 0\r\n\r\n'],
  ])('answers 502 when the answer of workerd is %s', async (_, text) => {
    const { findUpstream } = await startScript(text)
    const { port } = await open({ findUpstream })
    const { socket, read, closed } = dial(port)
    socket.write(`GET /one HTTP/1.1\r\n${HOST}\r\nConnection: close\r\n\r\n`)
    await closed
    expect(read()).toMatch(/^HTTP\/1\.1 502 /)
  })
})
