/** Programs that disconnect before the answer: their requests are not forwarded. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { HELD, startProxy, startUpstream, TOKEN } from '../../support/proxy.ts'

test('does not forward a request whose program disconnected during the exchange', async () => {
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
  program.write('GET /gone HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await waiting.promise
  program.destroy()
  await once(program, 'close')
  // This answer arrives after the proxy has noticed the end of the other connection.
  await fetch(`${url}/later`)
  given.resolve()
  await fetch(`${url}/last`)
  expect(asked).toEqual(['/later', '/last'])
})
