/** A client that is still sending when its answer is there, as after 413. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { makeCertificates } from '../../../scripts/extra/certificates.ts'
import { LINGER_MILLISECONDS, MAX_LINGER_BYTES } from '../../../src/dev/limits.ts'
import { prepareFront } from './support/front.ts'

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-early-'))
const { gateway } = makeCertificates(scratch)
const certificate = {
  cert: readFileSync(gateway.cert, 'utf8'),
  key: readFileSync(gateway.key, 'utf8'),
  ca: undefined,
  startsAt: 0,
  endsAt: Number.POSITIVE_INFINITY,
}

const { open } = await prepareFront()
const ANSWER = 'HTTP/1.1 413 Payload Too Large\r\ncontent-length: 3\r\n\r\nfar'
const heads: string[] = []
let answerWith: (socket: Socket) => void
/** Answers the first bytes and closes with unread data, which resets the connection. */
const answerAndReset = (socket: Socket) => socket.write(ANSWER, () => socket.destroy())
afterEach(() => {
  heads.length = 0
})

/** workerd, as far as it answers before it has read a request. */
const upstream = createServer((socket) => {
  socket.on('error', () => {})
  socket.once('readable', () => {
    const head = String(socket.read()).split('\r\n\r\n', 1)[0] ?? ''
    heads.push(head)
    answerWith(socket)
  })
})
await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
afterAll(() => {
  upstream.close()
  rmSync(scratch, { recursive: true, force: true })
})
const findUpstream = async () => ({
  host: '127.0.0.1',
  port: (upstream.address() as AddressInfo).port,
})

type Outcome = { readonly answer: string; readonly error?: string }

function exchange(
  port: number,
  send: (socket: Socket) => void,
  isTls: boolean = false,
): Promise<Outcome> {
  const target = { host: '127.0.0.1', port, allowHalfOpen: true }
  return new Promise((resolve) => {
    const socket = isTls ? connectTls({ ...target, rejectUnauthorized: false }) : connect(target)
    let answer = ''
    let error: string | undefined
    socket.on('data', (chunk) => {
      answer += chunk.toString()
    })
    socket.once('end', () => socket.end())
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      error = code
    })
    socket.once('close', () => resolve({ answer, ...(error === undefined ? {} : { error }) }))
    send(socket)
  })
}

const headOf = (...fields: readonly string[]) =>
  `${['POST /token HTTP/1.1', 'Host: sts.example.com', ...fields].join('\r\n')}\r\n\r\n`

const PIECE = 'x'.repeat(50_000)
function sendBody(socket: Socket, bytes: number, isChunked: boolean, ...fields: string[]): void {
  const framing = isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${bytes}`
  socket.write(headOf(framing, ...fields))
  for (let sent = 0; sent < bytes; sent += PIECE.length) {
    socket.write(isChunked ? `${PIECE.length.toString(16)}\r\n${PIECE}\r\n` : PIECE)
  }
  if (isChunked) socket.write('0\r\n\r\n')
  socket.on('data', (chunk: Buffer) => {
    if (String(chunk).endsWith('far')) socket.end()
  })
}

/** The status, the end of the body and the error of each answer, without repetitions. */
function summarize(outcomes: readonly Outcome[]): readonly string[] {
  return [
    ...new Set(
      outcomes.map(({ answer, error }) => {
        const status = answer.split(' ', 2)[1] ?? 'none'
        return `${status} ${answer.slice(-3)} ${error ?? 'no error'}`
      }),
    ),
  ]
}

describe('the front of a gateway in production, after an early answer', () => {
  it.each([
    ['100 KB with a length', 100_000, false, []],
    ['1 MB with a length', 1_000_000, false, []],
    ['1 MB with a length on a connection to close', 1_000_000, false, ['Connection: close']],
    ['100 KB in chunks', 100_000, true, []],
    ['1 MB in chunks', 1_000_000, true, []],
    ['1 MB in chunks on a connection to close', 1_000_000, true, ['Connection: close']],
  ])('lets a client read it that sends %s', async (_, bytes, isChunked, fields) => {
    answerWith = answerAndReset
    for (const isTls of [false, true]) {
      const { port } = await open({
        findUpstream,
        maxConnections: 100,
        certificate: isTls ? certificate : undefined,
      })
      const clients = Array.from({ length: 40 }, () =>
        exchange(port, (socket) => sendBody(socket, bytes, isChunked, ...fields), isTls),
      )
      expect(summarize(await Promise.all(clients)), isTls ? 'TLS' : 'plain').toEqual([
        '413 far no error',
      ])
    }
  })

  it('tells the client to stop, and takes no part of its body for a request', async () => {
    answerWith = answerAndReset
    const { port } = await open({ findUpstream })
    const hidden = 'GET /hidden HTTP/1.1\r\nHost: sts.example.com\r\n\r\n'.repeat(20_000)
    let sent = 0
    const { answer, error } = await exchange(port, (socket) => {
      socket.write(headOf('Content-Length: 900000000'))
      const more = () => {
        while (!socket.destroyed && socket.write(hidden)) sent += hidden.length
        sent += hidden.length
      }
      socket.on('drain', more)
      more()
    })
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toMatch(/^Connection: close\r$/m)
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1)
    expect(error).toMatch(/^(?:ECONNRESET|EPIPE)$/)
    // The buffers of two connections are beyond the limit.
    expect(sent).toBeLessThan(MAX_LINGER_BYTES + 20_000_000)
    expect(heads.map((head) => head.split(' ', 2)[1])).toEqual(['/token'])
  })

  it('closes the connection of a client that sends little for a long time', async () => {
    answerWith = (socket) => {
      socket.end(
        'HTTP/1.1 413 Payload Too Large\r\ntransfer-encoding: chunked\r\n\r\n3\r\nfar\r\n0\r\n\r\n',
      )
    }
    const { port } = await open({ findUpstream })
    let sentAfterAnswer = 0
    const { answer } = await exchange(port, (socket) => {
      const sendMore = () => {
        socket.write('x', (error) => {
          if (error) return
          if (socket.bytesRead > 0) sentAfterAnswer += 1
          setTimeout(sendMore, 5)
        })
      }
      socket.write(headOf('Content-Length: 900000000'))
      sendMore()
    })
    expect(answer).toMatch(/\r\n3\r\nfar\r\n0\r\n\r\n$/)
    // A connection that closes with the answer takes one or two.
    expect(sentAfterAnswer).toBeGreaterThan(10)
  })

  it('sends no other request to a workerd that may not have read the body', async () => {
    // workerd closes such a connection without notice, here after a while.
    answerWith = (socket) => {
      socket.write(ANSWER)
      setTimeout(() => socket.destroy(), 200)
    }
    const { port } = await open({ findUpstream })
    await exchange(port, (socket) => sendBody(socket, 100_000, false, 'Connection: close'))
    const next = await exchange(port, (socket) => {
      socket.write(headOf('Content-Length: 0', 'Connection: close'))
    })
    expect(summarize([next])).toEqual(['413 far no error'])
    expect(heads).toHaveLength(2)
  })

  it('does not present an answer that was cut as complete', async () => {
    answerWith = (socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nfar\r\n')
      setTimeout(() => socket.resetAndDestroy(), 50)
    }
    const { port } = await open({ findUpstream })
    const { answer } = await exchange(port, (socket) => socket.write(headOf('Content-Length: 0')))
    expect(answer).toMatch(/\r\n3\r\nfar\r\n$/)
  })

  it('does not keep a graceful stop from ending', async () => {
    answerWith = answerAndReset
    const front = await open({ findUpstream })
    const lingering = exchange(front.port, (socket) => {
      // It does not notice that it has its answer.
      socket.pause()
      socket.write(`${headOf('Content-Length: 900000000')}x`)
      setTimeout(() => socket.resume(), LINGER_MILLISECONDS)
    })
    while (heads.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(await front.drain(60_000)).toBe(0)
    expect(summarize([await lingering])).toEqual(['413 far no error'])
  })
})

describe('a refusal of the front of a gateway in production', () => {
  it.each([
    ['while workerd is down', 503, {}, headOf],
    ['above its connections', 503, { maxConnections: 0 }, headOf],
    ['of two hosts', 400, {}, (...fields: string[]) => headOf('Host: a', ...fields)],
    [
      'of another method',
      405,
      {},
      (...fields: string[]) => headOf(...fields).replace('/token', '/ready'),
    ],
  ])('%s reaches a client that is still sending', async (_, status, options, makeHead) => {
    const findNothing = () => Promise.reject(new Error('away'))
    const { port } = await open({ findUpstream: findNothing, maxConnections: 100, ...options })
    const clients = Array.from({ length: 20 }, () =>
      exchange(port, (socket) => {
        socket.write(makeHead('Content-Length: 5000000', 'Connection: close'))
        for (let piece = 0; piece < 100; piece += 1) socket.write(PIECE)
      }),
    )
    const got = (await Promise.all(clients)).map(({ answer, error }) => [
      answer.split(' ', 2)[1],
      error,
    ])
    expect(new Set(got.map(String))).toEqual(new Set([`${status},`]))
  })
})
