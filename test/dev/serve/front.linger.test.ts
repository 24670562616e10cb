/** A client that is still sending when workerd has answered and closed, as after 413. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { MAX_LINGER_BYTES } from '../../../src/dev/limits.ts'
import { openFront } from '../../../src/dev/serve/front.ts'

const ANSWER = 'HTTP/1.1 413 Payload Too Large\r\ncontent-length: 3\r\n\r\nfar'

/** Answers the first bytes and closes with unread data, which resets the connection. */
const upstream = createServer((socket) => {
  socket.on('error', () => {})
  socket.once('readable', () => socket.write(ANSWER, () => socket.destroy()))
})
await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
const front = await openFront({
  host: '127.0.0.1',
  port: 0,
  maxConnections: 1000,
  headMilliseconds: 60_000,
  silenceMilliseconds: 60_000,
  findUpstream: async () => ({
    host: '127.0.0.1',
    port: (upstream.address() as AddressInfo).port,
  }),
})
afterAll(async () => {
  await front.close()
  upstream.close()
})

type Outcome = { readonly answer: string; readonly error?: string }

function exchange(send: (socket: Socket) => void): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: front.port, allowHalfOpen: true })
    let answer = ''
    let error: string | undefined
    socket.on('data', (chunk) => {
      answer += chunk.toString()
    })
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      error = code
    })
    socket.once('close', () => resolve({ answer, ...(error === undefined ? {} : { error }) }))
    send(socket)
  })
}

describe('the listening socket, after the last answer', () => {
  it('lets a client that is still sending read its answer', async () => {
    const bodies = Array.from({ length: 100 }, () =>
      exchange((socket) => {
        for (let piece = 0; piece < 20; piece += 1) socket.write('x'.repeat(50_000))
        socket.end()
      }),
    )
    expect(new Set((await Promise.all(bodies)).map((one) => JSON.stringify(one)))).toEqual(
      new Set([JSON.stringify({ answer: ANSWER })]),
    )
  })

  it('closes the connection of a client that sends without end', async () => {
    let sent = 0
    const { answer, error } = await exchange((socket) => {
      const more = () => {
        while (!socket.destroyed && socket.write('x'.repeat(1_000_000))) sent += 1_000_000
        sent += 1_000_000
      }
      socket.on('drain', more)
      more()
    })
    expect(answer).toBe(ANSWER)
    expect(error).toMatch(/^(?:ECONNRESET|EPIPE)$/)
    // The buffers of two connections are beyond the limit.
    expect(sent).toBeLessThan(MAX_LINGER_BYTES + 20_000_000)
  })

  it('closes the connection of a client that sends little for a long time', async () => {
    let sentAfterAnswer = 0
    const { answer } = await exchange((socket) => {
      const sendMore = () => {
        socket.write('x', (error) => {
          if (error) return
          if (socket.bytesRead >= ANSWER.length) sentAfterAnswer += 1
          setTimeout(sendMore, 5)
        })
      }
      sendMore()
    })
    expect(answer).toBe(ANSWER)
    // A connection that closes with the answer takes one or two.
    expect(sentAfterAnswer).toBeGreaterThan(10)
  })
})
