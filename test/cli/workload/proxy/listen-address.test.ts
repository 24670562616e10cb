import { expect, test } from 'vitest'
import { parseListenAddress, renderUrl } from '../../../../src/cli/workload/proxy/listen-address.ts'

test.each([
  ['127.0.0.1:8080', { kind: 'tcp', host: '127.0.0.1', port: 8080 }, 'http://127.0.0.1:8080'],
  ['127.9.9.9:0', { kind: 'tcp', host: '127.9.9.9', port: 0 }, 'http://127.9.9.9:0'],
  ['LocalHost:80', { kind: 'tcp', host: 'localhost', port: 80 }, 'http://localhost:80'],
  ['[::1]:8080', { kind: 'tcp', host: '::1', port: 8080 }, 'http://[::1]:8080'],
  ['[0:0:0:0:0:0:0:1]:80', { kind: 'tcp', host: '::1', port: 80 }, 'http://[::1]:80'],
  ['127.1:80', { kind: 'tcp', host: '127.0.0.1', port: 80 }, 'http://127.0.0.1:80'],
  ['unix:/run/api.sock', { kind: 'socket', path: '/run/api.sock' }, 'unix:/run/api.sock'],
])('accepts %s', (text, address, url) => {
  expect(parseListenAddress(text, false)).toEqual(address)
  expect(renderUrl(parseListenAddress(text, false))).toBe(url)
})

test.each(['8080', ':8080', '127.0.0.1', '127.0.0.1:70000', '::1:80', 'http://127.0.0.1:80', ''])(
  'refuses "%s"',
  (text) => {
    expect(() => parseListenAddress(text, true)).toThrow('--listen must be HOST:PORT')
  },
)

test.each(['0.0.0.0:80', '[::]:80', '10.0.0.1:80', 'build.example.com:80', '127.0.0.1.nip.io:80'])(
  'listens at %s, which others can reach, only with --allow-remote',
  (text) => {
    expect(() => parseListenAddress(text, false)).toThrow('everyone who can reach it')
    expect(parseListenAddress(text, true)).toMatchObject({ kind: 'tcp', port: 80 })
  },
)
