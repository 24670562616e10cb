import { describe, expect, it } from 'vitest'
import {
  findClientAddress,
  normalizeAddress,
  parseProxies,
  type TrustedProxies,
} from '../../../src/dev/production/client-address.ts'

function trust(...texts: readonly string[]): TrustedProxies {
  const proxies = parseProxies(texts)
  if (proxies === undefined) throw new Error(`not proxies: ${texts.join(' ')}`)
  return proxies
}

const PROXIES = trust('10.0.0.0/8', '127.0.0.1', 'fd00::/8', '192.0.2.7')

describe('RULE-24 the address of a client', () => {
  it.each([
    [
      'no proxy is trusted: the header means nothing',
      '198.51.100.9',
      ['203.0.113.7'],
      '198.51.100.9',
    ],
    ['one proxy', '10.0.0.5', ['203.0.113.7'], '203.0.113.7'],
    ['a hop that the client wrote', '10.0.0.5', ['1.1.1.1, 203.0.113.7'], '203.0.113.7'],
    ['two proxies', '127.0.0.1', ['203.0.113.7, 10.9.9.9'], '203.0.113.7'],
    [
      'two proxies and a hop of the client',
      '127.0.0.1',
      ['1.1.1.1, 203.0.113.7, 10.9.9.9'],
      '203.0.113.7',
    ],
    [
      'a trusted address that the client wrote',
      '10.0.0.5',
      ['10.1.1.1, 203.0.113.7'],
      '203.0.113.7',
    ],
    ['two header lines are one list', '10.0.0.5', ['1.1.1.1', '203.0.113.7'], '203.0.113.7'],
    ['a proxy that writes two lines', '127.0.0.1', ['203.0.113.7', '10.0.0.5'], '203.0.113.7'],
    ['no header: the proxy is the client', '10.0.0.5', [], '10.0.0.5'],
    ['an empty header', '10.0.0.5', [''], '10.0.0.5'],
    ['only proxies', '10.0.0.5', ['10.0.0.6, 10.0.0.7'], '10.0.0.6'],
    ['no address: the proxy that wrote it is the client', '10.0.0.5', ['unknown'], '10.0.0.5'],
    ['a name', '10.0.0.5', ['203.0.113.7, evil.example'], '10.0.0.5'],
    ['a hidden hop', '10.0.0.5', ['203.0.113.7, _secret'], '10.0.0.5'],
    ['an empty last hop', '10.0.0.5', ['203.0.113.7,'], '10.0.0.5'],
    ['a number beyond a byte', '10.0.0.5', ['203.0.113.777'], '10.0.0.5'],
    ['an octal number', '10.0.0.5', ['0203.0.113.7'], '10.0.0.5'],
    ['a line feed in place of an address', '10.0.0.5', ['203.0.113.7\n'], '203.0.113.7'],
    ['a port after IPv4', '10.0.0.5', ['203.0.113.7:4711'], '203.0.113.7'],
    ['IPv6', '10.0.0.5', ['2001:DB8:0:0::1'], '2001:db8::1'],
    ['IPv6 with brackets and a port', '10.0.0.5', ['[2001:db8::1]:443'], '2001:db8::1'],
    ['IPv6 with a zone', '10.0.0.5', ['fe80::1%eth0'], 'fe80::1'],
    ['an IPv6 proxy', 'fd00::5', ['2001:db8::1'], '2001:db8::1'],
    ['an IPv4 proxy on a socket of IPv6', '::ffff:10.0.0.5', ['203.0.113.7'], '203.0.113.7'],
    ['an IPv4 client within IPv6', '10.0.0.5', ['::ffff:203.0.113.7'], '203.0.113.7'],
    ['a trusted hop within IPv6', '127.0.0.1', ['203.0.113.7, ::ffff:10.0.0.5'], '203.0.113.7'],
    ['the neighbour of a single address', '192.0.2.8', ['203.0.113.7'], '192.0.2.8'],
  ])('%s', (_, peer, header, client) => {
    expect(findClientAddress(peer, header, PROXIES)).toBe(client)
  })

  it('ends after a bounded number of hops', () => {
    const many = Array.from({ length: 5000 }, () => '10.0.0.1').join(', ')
    expect(findClientAddress('10.0.0.5', [`203.0.113.7, ${many}`], PROXIES)).toBe('10.0.0.1')
  })

  it('is empty for a connection that has ended', () => {
    expect(findClientAddress('', ['203.0.113.7'], PROXIES)).toBe('')
  })
})

describe('a trusted proxy', () => {
  it.each([
    '10.0.0.5',
    '10.0.0.0/8',
    '::1',
    '[::1]',
    'fd00::/8',
    '[fd00::]/8',
    'fc00::/7',
    '1.2.3.4/32',
    '::ffff:10.0.0.0/104',
    '::ffff:10.0.0.5',
  ])('can be %s', (text) => {
    expect(parseProxies([text])).toBeDefined()
  })

  it.each([
    '',
    'proxy',
    '10.0.0.0/33',
    '10.0.0.0/0',
    '::/0',
    '0.0.0.0/1',
    '128.0.0.0/1',
    '8.0.0.0/7',
    '::/1',
    '2000::/3',
    '::1/8',
    '::/80',
    '::ffff:0:0/96',
    '::ffff:10.0.0.0/103',
    '::ffff:128.0.0.0/97',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    '1.2.3',
    'fd00::/129',
    '10.0.0.0/-1',
    '10.0.0.0/a',
  ])('cannot be %j', (text) => {
    expect(parseProxies([text])).toBeUndefined()
  })

  it('has one form of each address', () => {
    expect(normalizeAddress('0:0:0:0:0:0:0:1')).toBe('::1')
    expect(normalizeAddress('::ffff:c0a8:1')).toBe('192.168.0.1')
    expect(normalizeAddress('localhost')).toBeUndefined()
  })
})
