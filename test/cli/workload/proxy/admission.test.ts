import { describe, expect, test } from 'vitest'
import { checkRequest } from '../../../../src/cli/workload/proxy/admission.ts'
import { parseAdmission } from '../../../../src/cli/workload/proxy/parse-admission.ts'

const admission = parseAdmission({
  address: { kind: 'tcp', host: '127.0.0.1', port: 8080 },
  hosts: ['Proxy.Internal', 'api.test:8443'],
  origins: ['https://app.example.com'],
  pseudonym: 'edgemint-1',
})

type Change = Readonly<Record<string, string>>

function status(headers: Change, target = '/', method = 'GET', rules = admission) {
  const all: Change = { host: '127.0.0.1:8080', ...headers }
  const rawHeaders = Object.entries(all).flat()
  return checkRequest({ method, url: target, headers: all, rawHeaders }, rules)?.status
}

describe('the host', () => {
  test.each([
    ['127.0.0.1:8080', undefined],
    ['127.0.0.1', undefined],
    ['LOCALHOST:9999', undefined],
    ['localhost.:8080', undefined],
    ['[::1]:8080', undefined],
    ['proxy.internal', undefined],
    ['proxy.internal:1234', undefined],
    ['api.test:8443', undefined],
    ['api.test', 421],
    ['evil.example:8080', 421],
    ['127.0.0.1.evil.example', 421],
    ['localhost.evil.example', 421],
    ['0.0.0.0:8080', 421],
    ['127.0.0.1@evil.example', 421],
    ['127.0.0.1:8080/x', 421],
    ['', 421],
  ])('"%s": %s', (host, wanted) => {
    expect(status({ host })).toBe(wanted)
  })

  test.each([
    ['twice', ['Host', 'localhost', 'host', 'evil.example']],
    ['never', []],
  ])('is refused when it is named %s', (_name, rawHeaders) => {
    const head = { method: 'GET', url: '/', headers: { host: 'localhost' }, rawHeaders }
    expect(checkRequest(head, admission)?.status).toBe(400)
  })

  test('may be any name on a Unix socket, which browsers cannot reach', () => {
    const rules = parseAdmission({
      address: { kind: 'socket', path: '/run/api.sock' },
      hosts: [],
      origins: [],
      pseudonym: 'edgemint-1',
    })
    expect(status({ host: 'api.example.com' }, '/', 'GET', rules)).toBeUndefined()
  })

  test('is never a wildcard address', () => {
    const rules = parseAdmission({
      address: { kind: 'tcp', host: '0.0.0.0', port: 8080 },
      hosts: [],
      origins: [],
      pseudonym: 'edgemint-1',
    })
    expect(status({ host: '0.0.0.0:8080' }, '/', 'GET', rules)).toBe(421)
  })
})

describe('a page in a browser', () => {
  test.each([
    ['no page', {}, undefined],
    ['a typed address', { 'sec-fetch-site': 'none' }, undefined],
    ['a page of the API itself', { 'sec-fetch-site': 'same-origin' }, undefined],
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['another port of this machine', { 'sec-fetch-site': 'same-site' }, 403],
    ['a foreign origin', { origin: 'https://evil.example' }, 403],
    ['an opaque origin', { origin: 'null' }, 403],
    ['the address of the proxy as origin', { origin: 'http://127.0.0.1:8080' }, 403],
    [
      'an origin that begins with an allowed one',
      { origin: 'https://app.example.com.evil.example' },
      403,
    ],
    ['an allowed origin in plain http', { origin: 'http://app.example.com' }, 403],
    [
      'the allowed origin',
      { origin: 'https://app.example.com', 'sec-fetch-site': 'cross-site' },
      undefined,
    ],
  ] as readonly (readonly [string, Change, number | undefined])[])(
    '%s',
    (_name, headers, wanted) => {
      expect(status(headers)).toBe(wanted)
    },
  )
})

test.each([
  ['/path?query', 'GET', undefined],
  ['*', 'OPTIONS', 400],
  ['http://evil.example/', 'GET', 400],
  ['evil.example:443', 'CONNECT', 405],
  ['/', 'TRACE', 405],
  ['/a/../b', 'GET', 400],
  ['/a#b', 'GET', 400],
  ['/a b', 'GET', 400],
  ['/ä', 'GET', 400],
])('the target %s of %s: %s', (target, method, wanted) => {
  expect(status({}, target, method)).toBe(wanted)
})

test.each([
  ['only chunked', { 'transfer-encoding': 'chunked' }, undefined],
  ['both lengths', { 'transfer-encoding': 'chunked', 'content-length': '5' }, 400],
  ['two encodings', { 'transfer-encoding': 'gzip, chunked' }, 400],
  ['another encoding', { 'transfer-encoding': 'identity' }, 400],
] as readonly (readonly [string, Change, number | undefined])[])(
  'the length of a body: %s',
  (_name, headers, wanted) => {
    expect(status(headers, '/', 'POST')).toBe(wanted)
  },
)

test('refuses a request that has already passed through it', () => {
  expect(status({ via: '1.1 other, 1.1 edgemint-1' })).toBe(508)
  expect(status({ via: '1.1 edgemint-12' })).toBeUndefined()
})

test.each([
  ['https://app.example.com/', '--allow-origin must be an origin'],
  ['app.example.com', '--allow-origin must be an origin'],
  ['null', '--allow-origin must be an origin'],
])('refuses the origin %s', (origin, sentence) => {
  const flags = { address: { kind: 'socket', path: 'x' }, hosts: [], pseudonym: 'p' } as const
  expect(() => parseAdmission({ ...flags, origins: [origin] })).toThrow(sentence)
})

test.each(['http://api.test', 'api.test/', '*.test', ''])('refuses the host %s', (host) => {
  const flags = { address: { kind: 'socket', path: 'x' }, origins: [], pseudonym: 'p' } as const
  expect(() => parseAdmission({ ...flags, hosts: [host] })).toThrow('--allow-host must be NAME')
})
