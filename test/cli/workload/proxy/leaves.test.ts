/** Programs that disconnect before the answer: their requests are not forwarded. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { HELD, startProxy, startUpstream, TOKEN } from '../../support/proxy.ts'

const HANDSHAKE = 'Connection: Upgrade\r\nUpgrade: websocket\r\n'

test.each([
  ['a request', ''],
  ['a WebSocket', HANDSHAKE],
])('does not forward %s whose program disconnected during the exchange', async (_name, fields) => {
  const upstream = await startUpstream()
  const asked: (string | undefined)[] = []
  upstream.server.on('request', ({ url }) => asked.push(url))
  // The first call of `take` waits for the token.
  const waiting = Promise.withResolvers<void>()
  const given = Promise.withResolvers<void>()
  let takes = 0
  const take = async () => {
    takes += 1
    if (takes === 1) {
      waiting.resolve()
      await given.promise
    }
    return TOKEN
  }
  const { port, url } = await startProxy(upstream.url, { tokens: { ...HELD, take } })
  const program = connect(port, '127.0.0.1')
  program.write(`GET /gone HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n`)
  await waiting.promise
  program.destroy()
  await once(program, 'close')
  // This answer arrives after the proxy has noticed the end of the other connection.
  await fetch(`${url}/later`)
  given.resolve()
  await fetch(`${url}/last`)
  expect(asked).toEqual(['/later', '/last'])
})

test('ends the handshake of a WebSocket whose program disconnected before the answer', async () => {
  const upstream = await startUpstream()
  const { port } = await startProxy(upstream.url)
  const program = connect(port, '127.0.0.1')
  program.write(`GET / HTTP/1.1\r\nHost: localhost\r\n${HANDSHAKE}\r\n`)
  const [, socket] = await once(upstream.server, 'upgrade')
  socket.on('error', () => {}).resume()
  program.destroy()
  // The test ends only when the proxy closes this connection.
  await once(socket, 'end')
  expect(socket.readableEnded).toBe(true)
})
