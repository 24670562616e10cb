/** Requests with more fields than Node passes on by default (request smuggling, RFC 9112 §11.2). */
import { describe, expect, it } from 'vitest'
import { lines, prepareFront, send } from './support/front.ts'

const { got, open } = await prepareFront()

const MANY = Array.from({ length: 1_100 }, () => 'A: 1')
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: sts.example.com\r\n\r\n'
const LENGTH = SMUGGLED.length

const bodies = [
  ['a length', `Content-Length: ${LENGTH}`, SMUGGLED],
  ['chunks', 'Transfer-Encoding: chunked', `${LENGTH.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`],
] as const
const cases = ['POST', 'PUT', 'GET', 'DELETE'].flatMap((method) =>
  bodies.map((body) => [method, ...body] as const),
)

describe('a request with 1,100 fields', () => {
  it.each(cases)('%s with %s after them is one request', async (method, _, field, body) => {
    const { port } = await open()
    const head = [`${method} /token HTTP/1.1`, 'Host: sts.example.com', ...MANY, field]
    const answer = await send(port, `${lines(...head)}${body}`)
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    expect(got.map((one) => [one.method, one.url, one.body])).toEqual([
      [method, '/token', SMUGGLED],
    ])
  })

  it('RULE-24 has the address that the proxy wrote after them', async () => {
    const { port } = await open()
    const proxied = [...MANY, 'X-Forwarded-For: 203.0.113.7']
    await send(port, lines('GET /a HTTP/1.1', 'Host: sts.example.com', ...proxied))
    expect(got[0]?.connection).toEqual({ ip: '203.0.113.7' })
  })

  it('has one Host field, wherever it stands', async () => {
    const { port } = await open()
    const head = ['GET /a HTTP/1.1', 'Host: sts.example.com', ...MANY, 'Host: other.example']
    expect(await send(port, lines(...head))).toMatch(/^HTTP\/1\.1 400 /)
    expect(got).toEqual([])
  })
})

describe('a body whose length two servers could read in two ways', () => {
  it.each([
    ['an empty encoding beside a length', ['Transfer-Encoding: ', `Content-Length: ${LENGTH}`]],
    ['an encoding before chunked', ['Transfer-Encoding: gzip, chunked']],
    ['two encodings', ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked']],
  ])('%s is refused', async (_, fields) => {
    const { port } = await open()
    const head = ['POST /token HTTP/1.1', 'Host: sts.example.com', ...fields, '', ''].join('\r\n')
    expect(await send(port, `${head}0\r\n\r\n${SMUGGLED}${SMUGGLED}`)).toMatch(/^HTTP\/1\.1 400 /)
    expect(got).toEqual([])
  })
})

describe('a field with the name of a member of every object', () => {
  it.each(['constructor', '__proto__', 'hasOwnProperty'])('%s is passed on', async (name) => {
    const { port } = await open()
    const fields = [`${name}: 1`, 'X-Forwarded-For: 203.0.113.7', `${name}: 2`]
    await send(port, lines('GET /a HTTP/1.1', 'Host: sts.example.com', ...fields))
    expect(got[0]?.connection).toEqual({ ip: '203.0.113.7' })
    expect(got[0]?.rawHeaders.filter((text) => text === name)).toHaveLength(2)
  })
})
