import { describe, expect, it } from 'vitest'
import { findGatewayIssuerFault, findIssuerUrlFault } from '../../src/web/issuer-url.ts'
import { describeFault, findSpellingFault } from '../../src/web/url-spelling.ts'

const faultOf = (url: string, hasUploadedKeys = false) =>
  findIssuerUrlFault(url, { localIssuers: false, hasUploadedKeys })

const label = 'a'.repeat(63)
/** 253 characters: the longest name that DNS can carry. */
const longest = `${label}.${label}.${label}.${'b'.repeat(61)}`

describe('an issuer URL is accepted', () => {
  it.each([
    ['with a colon in its path', 'https://id.example.com/realms/acme:prod'],
    [
      'of a GKE project of a domain',
      'https://container.googleapis.com/v1/projects/example.com:acme-prod/locations/europe-west3/clusters/main',
    ],
    ['with an underscore in its host', 'https://my_idp.example.com'],
    ['with a label that begins with an underscore', 'https://_idp.example.com'],
    ['with a port', 'https://vault.example.com:8200/v1/identity/oidc'],
    ['with a port of one digit', 'https://id.example.com:1'],
    ['with the highest port', 'https://id.example.com:65535'],
    ['with the default port of another scheme', 'https://id.example.com:80'],
    ['with a trailing slash', 'https://example.eu.auth0.com/'],
    ['with escaped braces', 'https://id.example.com/%7Bx%7D'],
    ['with an escaped non-ASCII letter', 'https://id.example.com/caf%C3%A9'],
    ['with an escaped slash', 'https://id.example.com/a%2Fb'],
    [
      'with every punctuation mark that needs no escape',
      "https://id.example.com/a.b_c~d-e!$&'()*+,;=:@",
    ],
    ['with a label of 63 characters', `https://${label}.example.com`],
    ['with a host of 253 characters', `https://${longest}`],
    ['with a non-ASCII name in its DNS form', 'https://xn--bcher-kva.example.com'],
    ['with capitals in its path', 'https://oidc.eks.eu-central-1.amazonaws.com/id/0123ABC'],
  ])('if it is one %s', (_, url) => {
    expect(faultOf(url)).toBeUndefined()
  })
})

describe('an issuer URL is refused', () => {
  type Row = readonly [name: string, url: string, fault: string]
  const rows: readonly Row[] = [
    ['without a scheme', 'id.example.com', 'must begin with https:// and a host'],
    ['over http', 'http://id.example.com', 'must begin with https://'],
    ['of another scheme', 'ftp://id.example.com', 'must begin with https:// and a host'],
    [
      'with capitals in its scheme',
      'HTTPS://id.example.com',
      'is not in canonical form: write https://id.example.com',
    ],
    [
      'with a space before it',
      ' https://id.example.com',
      'is not in canonical form: write https://id.example.com',
    ],
    ['without a host', 'https:///x', 'is not in canonical form: write https://x/'],
    [
      'with capitals in its host',
      'https://Id.example.com',
      'is not in canonical form: write https://id.example.com',
    ],
    [
      'with a non-ASCII host',
      'https://bücher.example.com',
      'is not in canonical form: write https://xn--bcher-kva.example.com',
    ],
    [
      'with a look-alike letter in its host',
      'https://iſsuer.example.com',
      'is not in canonical form: write https://issuer.example.com',
    ],
    [
      'with a host that ends in a dot',
      'https://id.example.com./x',
      'has a host that ends in a dot',
    ],
    ['with an empty label', 'https://id..example.com', 'has an empty host label'],
    [
      'with a label of 64 characters',
      `https://a${label}.example.com`,
      'has a host label of more than 63 characters',
    ],
    [
      'with a host of 254 characters',
      `https://a${longest}`,
      'has a host of more than 253 characters',
    ],
    [
      'with a label that ends in a dash',
      'https://id-.example.com',
      'has a host label that is not made of a-z, 0-9, "_" and inner "-"',
    ],
    [
      'with an asterisk as a label',
      'https://*.example.com',
      'has a host label that is not made of a-z, 0-9, "_" and inner "-"',
    ],
    [
      'with a host of one label',
      'https://issuer',
      'has a host of one label: write the whole DNS name',
    ],
    ['with an IPv4 address', 'https://10.0.0.1', 'must not be an IP address: write a DNS name'],
    [
      'with an IPv4 address in hex',
      'https://0x7f.1',
      'must not be an IP address: write a DNS name',
    ],
    ['with an IPv6 address', 'https://[::1]', 'must not be an IP address: write a DNS name'],
    [
      'with the default port',
      'https://id.example.com:443/x',
      'is not in canonical form: write https://id.example.com/x',
    ],
    [
      'with a port with a leading zero',
      'https://id.example.com:08443',
      'is not in canonical form: write https://id.example.com:8443',
    ],
    ['with port 0', 'https://id.example.com:0', 'must not have port 0'],
    ['with a port beyond 65535', 'https://id.example.com:65536', 'is not a valid URL'],
    [
      'with an empty port',
      'https://id.example.com:',
      'is not in canonical form: write https://id.example.com',
    ],
    ['with a user', 'https://a@id.example.com', 'must have no user name and no password'],
    ['with a query', 'https://id.example.com?a=b', 'must have no query'],
    ['with an empty query', 'https://id.example.com/x?', 'must have no query'],
    ['with a fragment', 'https://id.example.com/#', 'must have no fragment'],
    [
      'with braces',
      'https://id.example.com/{x}',
      'is not in canonical form: write https://id.example.com/%7Bx%7D',
    ],
    [
      'with a space',
      'https://id.example.com/a b',
      'is not in canonical form: write https://id.example.com/a%20b',
    ],
    [
      'with a tab',
      'https://id.example.com/a\tb',
      'is not in canonical form: write https://id.example.com/ab',
    ],
    [
      'with a line break at its end',
      'https://id.example.com\n',
      'is not in canonical form: write https://id.example.com',
    ],
    [
      'with a non-ASCII letter',
      'https://id.example.com/café',
      'is not in canonical form: write https://id.example.com/caf%C3%A9',
    ],
    [
      'with a backslash',
      'https://id.example.com\\x',
      'is not in canonical form: write https://id.example.com/x',
    ],
    [
      'with a lone percent sign',
      'https://id.example.com/%',
      'is not in canonical form: write https://id.example.com/%25',
    ],
    [
      'with an escape that is not hexadecimal',
      'https://id.example.com/%zz',
      'is not in canonical form: write https://id.example.com/%25zz',
    ],
    [
      'with an incomplete escape',
      'https://id.example.com/a%2',
      'is not in canonical form: write https://id.example.com/a%252',
    ],
    [
      'with an escaped letter',
      'https://id.example.com/%62undle',
      'is not in canonical form: write https://id.example.com/bundle',
    ],
    [
      'with an escape in lower case',
      'https://id.example.com/%7bx%7d',
      'is not in canonical form: write https://id.example.com/%7Bx%7D',
    ],
    [
      'with an escaped zero byte',
      'https://id.example.com/a%00',
      'has an escaped control character in its path',
    ],
    [
      'with escapes that are not UTF-8',
      'https://id.example.com/%C0%AF',
      'has escapes in its path that are not UTF-8',
    ],
    [
      'with a double-dot segment',
      'https://id.example.com/a/../b',
      'is not in canonical form: write https://id.example.com/b',
    ],
    [
      'with an escaped double-dot segment',
      'https://id.example.com/a/%2e%2E/b',
      'is not in canonical form: write https://id.example.com/b',
    ],
    [
      'with a dot segment at its end',
      'https://id.example.com/a/.',
      'is not in canonical form: write https://id.example.com/a/',
    ],
    [
      'with a vertical bar, which a URL parser does not escape',
      'https://id.example.com/a|b',
      'is not in canonical form: write https://id.example.com/a%7Cb',
    ],
    [
      'with an empty user',
      'https://@id.example.com',
      'is not in canonical form: write https://id.example.com',
    ],
    ['with an empty segment', 'https://id.example.com//a', 'has an empty path segment'],
    [
      'of loopback without --local-issuers',
      'http://localhost:8080',
      'is a loopback address: only --local-issuers allows it',
    ],
    [
      'of loopback, with the default port',
      'http://127.0.0.1:80',
      'is not in canonical form: write http://127.0.0.1',
    ],
    [
      'with an internal name',
      'https://idp.corp.internal',
      'is an internal name that cannot be reached: upload its keys',
    ],
  ]
  it.each(rows)('CLM-09 ISS-06 NET-03 %s: %j', (_, url, fault) => {
    expect(faultOf(url)).toBe(fault)
  })

  it('with a proposed spelling that is accepted', () => {
    for (const [name, url] of rows) {
      const expected = findSpellingFault(url)?.expected
      if (expected !== undefined) expect(findSpellingFault(expected), name).toBeUndefined()
    }
  })

  it('with a problem text that does not contain the URL', () => {
    for (const [name, url] of rows) {
      expect(findSpellingFault(url)?.problem ?? '', name).not.toContain('example')
    }
  })
})

describe('the URL of a gateway', () => {
  it.each([
    ['https://sts.example.com/', 'must not end in a slash', 'https://sts.example.com'],
    ['https://STS.example.com/', 'is not in canonical form', 'https://sts.example.com'],
    ['https://sts.example.com:443/', 'is not in canonical form', 'https://sts.example.com'],
    ['https://sts.example.com/a/./', 'is not in canonical form', 'https://sts.example.com/a'],
    ['HTTP://localhost:8787/', 'is not in canonical form', 'http://localhost:8787'],
  ])('%s: names the spelling that is accepted', (url, problem, expected) => {
    expect(findGatewayIssuerFault(url)).toEqual({ problem, expected })
    expect(findGatewayIssuerFault(expected)).toBeUndefined()
  })
})

describe('a fault', () => {
  it('is described with the expected spelling, if there is one', () => {
    expect(describeFault({ problem: 'has no host', expected: undefined })).toBe('has no host')
    expect(describeFault({ problem: 'is odd', expected: 'https://x.example' })).toBe(
      'is odd: write https://x.example',
    )
  })
})
