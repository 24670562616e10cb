/** The route of a request, for every runtime and every kind of address. */
import { describe, expect, test } from 'vitest'
import { isLocalAddress } from '../../../src/client/http/local-address.ts'
import { chooseRoute, type Runtime } from '../../../src/client/http/route.ts'

const PROXY = { HTTP_PROXY: 'http://user:secret@proxy.example:3128' }
const USED: Runtime = { environment: PROXY, proxies: 'used', version: 'v24.21.0' }

const route = (url: string, change: Partial<Runtime> = {}) =>
  chooseRoute(new URL(url), { ...USED, ...change })

test.each([
  'localhost',
  'LOCALHOST',
  'localhost.',
  'api.localhost',
  '127.0.0.1',
  '127.255.255.254',
  '127.1',
  '0x7f000001',
  '2130706433',
  '0.0.0.0',
  '[::1]',
  '[::]',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:169.254.169.254]',
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  '[fe80::1]',
  '[febf::1]',
  '[fd00:ec2::254]',
  '[fd00:ec2::23]',
  '[fd20:ce::254]',
  'metadata.google.internal',
  'metadata.google.internal.',
  'metadata.goog',
  'metadata',
])('sends requests to %s without a proxy, whatever the variables say', (host) => {
  for (const scheme of ['http', 'https']) {
    for (const proxies of ['used', 'unsupported'] as const) {
      expect(route(`${scheme}://${host}:8080/x`, { proxies })).toEqual({ kind: 'direct' })
    }
  }
})

test.each([
  'sts.example.com',
  'localhost.example.com',
  'notlocalhost',
  'metadata.google.internal.example.com',
  '128.0.0.1',
  '126.255.255.255',
  '169.253.1.1',
  '169.255.0.1',
  '10.0.0.1',
  '[fec0::1]',
  '[fd00:ec2::255]',
  '[::2]',
  '[::ffff:10.0.0.1]',
])('does not treat %s as a local address', (host) => {
  expect(isLocalAddress(new URL(`http://${host}/`).hostname)).toBe(false)
})

test('refuses plain http that a proxy could read, without showing the proxy', () => {
  expect(route('http://metadata.example:8080/token?x=1')).toEqual({
    kind: 'refused',
    reason:
      'HTTP_PROXY would send the request to metadata.example:8080 through a proxy: add metadata.example to NO_PROXY',
  })
})

test.each([
  'metadata.example',
  'example',
  '.example',
  '*.example',
  'other.example, METADATA.example',
  'metadata.example:8080',
  '*',
])('sends http directly to a host that NO_PROXY lists as "%s"', (NO_PROXY) => {
  const environment = { ...PROXY, NO_PROXY }
  expect(route('http://metadata.example:8080/', { environment })).toEqual({ kind: 'direct' })
})

test.each(['data.example', 'metadata.example:80', 'example.org', 'tadata.example', ',', ' '])(
  'does not find a host in NO_PROXY "%s"',
  (NO_PROXY) => {
    const environment = { ...PROXY, NO_PROXY }
    expect(route('http://metadata.example:8080/', { environment }).kind).toBe('refused')
  },
)

describe('https to another machine', () => {
  const to = 'https://sts.example.com/token'

  test.each<[string, Record<string, string>, string | undefined]>([
    ['HTTPS_PROXY first', { ...PROXY, HTTPS_PROXY: 'http://other:1' }, 'HTTPS_PROXY'],
    [
      'the lower-case variable first',
      { https_proxy: 'http://a:1', HTTPS_PROXY: 'x' },
      'https_proxy',
    ],
    ['HTTP_PROXY if no variable for https is set', PROXY, 'HTTP_PROXY'],
    ['no proxy from ALL_PROXY, as Node does', { ALL_PROXY: 'http://a:1' }, undefined],
    ['no proxy for an empty variable', { HTTPS_PROXY: '' }, undefined],
    ['no proxy for a listed host', { ...PROXY, NO_PROXY: '.example.com' }, undefined],
    ['no proxy for a listed port', { ...PROXY, no_proxy: 'sts.example.com:443' }, undefined],
    [
      'the proxy for a port that is not listed',
      { ...PROXY, no_proxy: 'sts.example.com:8443' },
      'HTTP_PROXY',
    ],
  ])('uses %s', (_name, environment, variable) => {
    const found = route(to, { environment })
    expect([found.kind, found.kind === 'usual' && found.proxy?.variable]).toEqual([
      'usual',
      variable,
    ])
  })

  test('is refused when Node is configured to use proxies but does not support them', () => {
    expect(route(to, { proxies: 'unsupported', version: 'v20.20.2' })).toEqual({
      kind: 'refused',
      reason:
        'HTTP_PROXY names a proxy, which Node v20.20.2 cannot use: use Node 22.21, 24.5 or later, or unset NODE_USE_ENV_PROXY',
    })
    const environment = { ...PROXY, NO_PROXY: 'sts.example.com' }
    expect(route(to, { proxies: 'unsupported', environment })).toEqual({ kind: 'usual' })
  })

  test('uses the default route when Node is not configured to use proxies', () => {
    expect(route(to, { proxies: 'ignored' })).toEqual({ kind: 'usual' })
  })
})

describe('Bun and Deno, which send every request through the proxy', () => {
  test.each<[string, Record<string, string>]>([
    ['http://127.0.0.1:8787/token', PROXY],
    ['http://169.254.169.254/metadata', { ALL_PROXY: 'http://a:1' }],
    ['http://metadata.google.internal/', { http_proxy: 'http://a:1' }],
    ['https://localhost/token', { HTTPS_PROXY: 'http://a:1' }],
  ])('refuse %s until NO_PROXY lists it', (url, environment) => {
    const { hostname } = new URL(url)
    expect(route(url, { proxies: 'forced', environment }).kind).toBe('refused')
    const listed = { ...environment, NO_PROXY: hostname }
    expect(route(url, { proxies: 'forced', environment: listed })).toEqual({ kind: 'usual' })
    expect(route(url, { proxies: 'forced', environment: {} })).toEqual({ kind: 'usual' })
  })
})
