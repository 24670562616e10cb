/** Requests that Node does not pass on. Each gets an answer that says what is wrong with it. */
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect as connectTcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { afterAll, describe, expect, it } from 'vitest'
import { makeCertificates } from '../../../scripts/extra/certificates.ts'
import { MAX_REQUEST_HEAD_BYTES } from '../../../src/dev/limits.ts'
import { lines, prepareFront, send } from './support/front.ts'

const { got, answerWith, open } = await prepareFront()
const scratch = mkdtempSync(join(tmpdir(), 'edgemint-unreadable-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const POST = ['POST /token HTTP/1.1', 'Host: sts.example.com'] as const
const CHUNKED = lines(...POST, 'Transfer-Encoding: chunked')
const NOT_HTTP = 'the request is not valid HTTP/1.1'
const TOO_LONG = `the head of a request may have at most ${MAX_REQUEST_HEAD_BYTES} bytes`

/** The status, the fields and the JSON of an answer. There is nothing behind it. */
function readAnswer(answer: string) {
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  const [first = '', ...fields] = head.split('\r\n')
  return { first, fields: fields.map((field) => field.toLowerCase()), body: JSON.parse(body) }
}

describe('a request that Node cannot read', () => {
  it.each([
    ['bytes that are not HTTP', '\x16\x03\x01\x00\xa5\x01\r\n\r\n', 400, NOT_HTTP],
    ['two lengths', lines(...POST, 'Content-Length: 1', 'Content-Length: 2'), 400, NOT_HTTP],
    ['a folded field', lines(...POST, 'X-A: 1', ' 2'), 400, NOT_HTTP],
    ['bare line feeds', lines(...POST).replaceAll('\r\n', '\n'), 400, NOT_HTTP],
    ['an unknown version', lines('GET / HTTP/3.7', 'Host: a'), 400, NOT_HTTP],
    ['a malformed chunk', `${CHUNKED}zz\r\nabc\r\n`, 400, NOT_HTTP],
    ['a long head', lines(...POST, `X-A: ${'a'.repeat(MAX_REQUEST_HEAD_BYTES)}`), 431, TOO_LONG],
    [
      'long chunk extensions',
      `${CHUNKED}1;${'a'.repeat(20_000)}\r\na\r\n0\r\n\r\n`,
      413,
      'the chunk extensions are too long',
    ],
  ])('is refused with a reason: %s', async (_, text, status, detail) => {
    const { port } = await open()
    const { first, fields, body } = readAnswer(await send(port, text))
    expect(first).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [A-Z]`))
    expect(body).toEqual({ type: 'about:blank', title: expect.any(String), status, detail })
    expect(first).toBe(`HTTP/1.1 ${status} ${body.title}`)
    expect(fields).toContain('content-type: application/problem+json')
    expect(fields).toContain('cache-control: no-store')
    expect(fields).toContain('connection: close')
    expect(got).toEqual([])
  })

  it('is refused once, whatever follows it', async () => {
    const { port } = await open()
    const answer = await send(
      port,
      `${lines(...POST, 'X-A : 1')}${'GET / HTTP/9\r\n\r\n'.repeat(3)}`,
    )
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400'])
  })

  it('is refused over TLS too', async () => {
    const made = makeCertificates(scratch).gateway
    const certificate = {
      cert: readFileSync(made.cert, 'utf8'),
      key: readFileSync(made.key, 'utf8'),
      ca: undefined,
      startsAt: 0,
      endsAt: Number.POSITIVE_INFINITY,
    }
    const { port } = await open({ certificate })
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false })
    socket.write(lines(...POST, 'X-A : 1'))
    const chunks: Buffer[] = []
    for await (const chunk of socket) chunks.push(chunk)
    expect(readAnswer(Buffer.concat(chunks).toString()).body).toMatchObject({ detail: NOT_HTTP })
  })

  it('does not take the answers of earlier requests of its connection', async () => {
    const { port } = await open()
    answerWith((response, { body }) => setImmediate(() => response.end(`answer to ${body}`)))
    const ask = (body: string) =>
      `POST /token HTTP/1.1\r\nHost: sts.example.com\r\nContent-Length: 1\r\n\r\n${body}`
    const answer = await send(port, `${ask('a')}${ask('b')}${lines('GET / HTTP/9')}`)
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200'])
    expect(answer).toMatch(/answer to a[\s\S]*answer to b/)
  })

  it('ends its connection without a word after the beginning of its answer', async () => {
    const upstream = createServer((_, response) => response.write('begun'))
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
    const address = upstream.address() as AddressInfo
    const { port } = await open({
      findUpstream: async () => ({ host: '127.0.0.1', port: address.port }),
    })
    const socket = connectTcp(port, '127.0.0.1')
    socket.on('error', () => {})
    let answer = ''
    socket.on('data', (chunk: Buffer) => {
      answer += chunk
      if (answer.includes('begun')) socket.write('zz\r\nabc\r\n')
    })
    socket.write(`${CHUNKED}1\r\na\r\n`)
    await once(socket, 'close')
    upstream.closeAllConnections()
    upstream.close()
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200'])
    expect(answer).toContain('begun')
  })

  it('gets no answer if its body is at fault, and an earlier request gets one', async () => {
    const { port } = await open()
    answerWith((response, { body }) => setTimeout(() => response.end(`answer to ${body}`), 50))
    const first = 'POST /token HTTP/1.1\r\nHost: sts.example.com\r\nContent-Length: 1\r\n\r\na'
    const answer = await send(port, `${first}${CHUNKED}zz\r\nabc\r\n`)
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200'])
    expect(answer).toContain('answer to a')
  })
})

describe('a request for a proxy', () => {
  it('is refused with the methods of the gateway', async () => {
    const { port } = await open()
    const answer = await send(port, lines('CONNECT api.example.com:443 HTTP/1.1', 'Host: a'))
    const { first, fields, body } = readAnswer(answer)
    expect(first).toBe('HTTP/1.1 405 Method Not Allowed')
    expect(fields).toContain('allow: get, head, post, put')
    expect(body).toMatchObject({ status: 405, detail: 'the gateway is no proxy' })
    expect(got).toEqual([])
  })

  it('does not take the answers of earlier requests of its connection', async () => {
    const { port, drain } = await open()
    answerWith((response, { url }) => setImmediate(() => response.end(`answer to ${url}`)))
    const ask = (path: string) => `GET ${path} HTTP/1.1\r\nHost: sts.example.com\r\n\r\n`
    const tunnel = 'CONNECT api.example.com:443 HTTP/1.1\r\nHost: a\r\n\r\n'
    const answer = await send(port, `${ask('/a')}${ask('/b')}${tunnel}`)
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200'])
    expect(answer).toMatch(/answer to \/a[\s\S]*answer to \/b/)
    expect(await drain(0)).toBe(0)
  })
})

it('a connection ends with its last answer, although its client stays', async () => {
  const { port } = await open()
  let end = () => {}
  const isBegun = new Promise<void>((resolve) => {
    answerWith((response) => {
      response.write('begun')
      end = () => response.end()
      resolve()
    })
  })
  const client = connectTcp({ port, host: '127.0.0.1', allowHalfOpen: true })
  client.resume().write('GET /a HTTP/1.1\r\nHost: sts.example.com\r\n\r\n')
  await isBegun
  await once(client, 'data')
  client.write('GARBAGE\r\n\r\n')
  end()
  await once(client, 'end')
  // Writing fails once the front has closed its side too.
  client.on('error', () => {})
  const closed = new Promise((resolve) => client.once('close', resolve))
  const writing = setInterval(() => client.write('a'), 20)
  await closed
  clearInterval(writing)
})

describe('an unknown expectation', () => {
  it('is ignored', async () => {
    const { port } = await open()
    const answer = await send(port, `${lines(...POST, 'Expect: tea', 'Content-Length: 3')}abc`)
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    expect(got[0]).toMatchObject({ body: 'abc' })
    expect(got[0]?.headers.expect).toBeUndefined()
  })
})
