import { describe, expect, it, test } from 'vitest'
import { isForeignPage } from '../../src/protocol/foreign-page.ts'
import { isKnownHost, isLoopbackName, parseHost, renderHost } from '../../src/web/host.ts'

describe('a Host header', () => {
  it.each([
    ['sts.example.com', 'sts.example.com', 'sts.example.com'],
    ['STS.Example.com:8443', 'sts.example.com', 'sts.example.com:8443'],
    ['localhost.', 'localhost', 'localhost'],
    ['localhost.:80', 'localhost', 'localhost:80'],
    ['dev_issuer:7600', 'dev_issuer', 'dev_issuer:7600'],
    ['127.0.0.1:1', '127.0.0.1', '127.0.0.1:1'],
    ['[::1]:8787', '[::1]', '[::1]:8787'],
    ['[FE80::1]', '[fe80::1]', '[fe80::1]'],
  ])('"%s" is a host', (text, name, nameAndPort) => {
    expect(parseHost(text)).toEqual({ name, nameAndPort })
  })

  it.each([
    '',
    ' ',
    '.',
    ':80',
    'a..b',
    'a:',
    'a:x',
    'a:123456',
    'a/health',
    'a/health?',
    'a?x',
    'a#x',
    'a\\health?',
    'user@a',
    'a, b',
    'a b',
    'a\tb',
    'a\u00a0b',
    'a%2fb',
    'a*',
    "a'b",
    'a;b',
    'http://a',
    '//a',
    '[::1',
    '::1',
    '[::1]x',
    '[::1]:80:80',
    '[fe80::1%25eth0]',
    'ä.example',
    'a\n',
    'a\r\nb: c',
    'a\0',
    'a'.repeat(300),
  ])('%j is not a host', (text) => {
    expect(parseHost(text)).toBeUndefined()
  })

  it.each(['localhost', '127.0.0.1', '127.9.9.9', '::1', '[::1]'])('%s is this machine', (name) => {
    expect(isLoopbackName(name)).toBe(true)
  })

  it.each(['localhost.evil.example', '127.0.0.1.evil.example', '128.0.0.1', '0.0.0.0', '[::2]'])(
    '%s is not this machine',
    (name) => {
      expect(isLoopbackName(name)).toBe(false)
    },
  )

  it('is known by name, or by name and port', () => {
    const known = ['sts.example.com', 'api.test:8443']
    const isKnown = (text: string) => isKnownHost(parseHost(text) ?? expect.fail(), known)
    expect(['sts.example.com', 'sts.example.com:1', 'api.test:8443'].map(isKnown)).not.toContain(
      false,
    )
    expect(
      ['example.com', 'x.sts.example.com', 'api.test', 'api.test:1'].map(isKnown),
    ).not.toContain(true)
  })

  it('has brackets around an IPv6 address', () => {
    expect(['::1', '[::1]', '127.0.0.1', 'localhost'].map(renderHost)).toEqual([
      '[::1]',
      '[::1]',
      '127.0.0.1',
      'localhost',
    ])
  })
})

test.each([
  ['a program', undefined, undefined, false],
  ['an address that a user typed', undefined, 'none', false],
  ['a page of this origin', 'http://127.0.0.1:1', 'same-origin', false],
  ['an image of this origin', undefined, 'same-origin', false],
  ['a page of another origin', 'https://evil.example', 'cross-site', true],
  ['a page of another port', 'http://127.0.0.1:2', 'same-site', true],
  ['an image of another port', undefined, 'same-site', true],
  ['an image of another origin', undefined, 'cross-site', true],
  ['a page with an opaque origin', 'null', 'cross-site', true],
] as const)('classifies the request of %s', (_name, origin, site, isForeign) => {
  expect(isForeignPage({ origin, site }, ['http://127.0.0.1:1'])).toBe(isForeign)
})
