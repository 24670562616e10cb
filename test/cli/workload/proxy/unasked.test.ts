/** Upstreams that send more than was asked for, or what is not HTTP. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { sendRaw, startProxy } from '../../support/proxy.ts'

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const ASK = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'

/** An upstream that sends the next of these texts for each request. */
async function startScript(...texts: readonly string[]) {
  const left = [...texts]
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.on('data', () => {
      socket.write(left.shift() ?? '')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const { port: proxied } = await startProxy(`http://127.0.0.1:${port}`)
  return { sockets, left, ask: () => sendRaw(proxied, ASK) }
}

test('closes a kept connection on which an upstream sends what was not asked for', async () => {
  const { sockets, ask } = await startScript(OK, OK)
  await ask()
  const [kept] = sockets
  if (kept === undefined) throw new Error('the upstream got no connection')
  kept.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret')
  await (kept.destroyed || once(kept, 'close'))
  expect(await ask()).toMatch(/\r\n\r\nok$/)
  expect(sockets).toHaveLength(2)
})

test('sends a request once when the answer on a kept connection is not HTTP', async () => {
  const { sockets, left, ask } = await startScript(OK, 'no HTTP\r\n\r\n', OK)
  await ask()
  expect(await ask()).toMatch(/^HTTP\/1\.1 502 /)
  expect(sockets).toHaveLength(1)
  expect(left).toEqual([OK])
})
