import { expect, test } from 'vitest'
import {
  type Fields,
  fieldsDown,
  fieldsUp,
  hasBody,
} from '../../../../src/cli/workload/proxy/headers.ts'

function message(...rawHeaders: readonly string[]) {
  const headers: Record<string, string> = {}
  for (let at = 0; at < rawHeaders.length; at += 2) {
    headers[(rawHeaders[at] ?? '').toLowerCase()] = rawHeaders[at + 1] ?? ''
  }
  return { rawHeaders: [...rawHeaders], headers }
}

const list = (fields: Fields) => [...fields.values()].map(({ name, values }) => [name, ...values])

test('removes every credential of the client', () => {
  const sent = message(
    ...['Authorization', 'Basic x', 'PROXY-AUTHORIZATION', 'Basic y', 'Cookie', 'session=1'],
    ...['Host', 'localhost', 'X-Kept', '1'],
  )
  expect(list(fieldsUp(sent))).toEqual([['X-Kept', '1']])
})

test('removes the fields of one connection (RFC 9110 §7.6.1)', () => {
  const sent = message(
    ...['Connection', 'keep-alive, X-Named , Content-Length', 'Keep-Alive', 'timeout=5'],
    ...['Proxy-Connection', 'keep-alive', 'TE', 'trailers', 'Trailer', 'X-T', 'Upgrade', 'h2c'],
    ...['Transfer-Encoding', 'chunked', 'Proxy-Authenticate', 'Basic', 'X-Named', 'secret'],
    ...['HTTP2-Settings', 'x', 'Content-Length', '3', 'Accept', '*/*'],
  )
  expect(list(fieldsUp(sent))).toEqual([
    ['Content-Length', '3'],
    ['Accept', '*/*'],
  ])
})

test('forwards every value of a field, in order', () => {
  const sent = message('X-A', '1', 'x-b', '2', 'x-a', '3', '__proto__', 'p')
  expect(list(fieldsUp(sent))).toEqual([
    ['X-A', '1', '3'],
    ['x-b', '2'],
    ['__proto__', 'p'],
  ])
})

test('returns a challenge, but no cookies', () => {
  const sent = message(
    ...['Set-Cookie', 'a=1', 'Connection', 'close', 'WWW-Authenticate', 'Bearer'],
    ...['Location', 'https://elsewhere.example/'],
  )
  expect(list(fieldsDown(sent))).toEqual([
    ['WWW-Authenticate', 'Bearer'],
    ['Location', 'https://elsewhere.example/'],
  ])
})

test.each([
  [['Content-Length', '0'], false],
  [['Content-Length', '1'], true],
  [['Transfer-Encoding', 'chunked'], true],
  [[], false],
])('tells whether a body follows %j: %s', (rawHeaders, expected) => {
  expect(hasBody(message(...rawHeaders))).toBe(expected)
})
