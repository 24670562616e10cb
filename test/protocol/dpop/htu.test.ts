import { describe, expect, it } from 'vitest'
import { normaliseHtu } from '../../../src/protocol/dpop/htu.ts'

const ENDPOINT = 'https://sts.example.com/token'

describe('DP-07 the URL of a proof', () => {
  it.each([
    ENDPOINT,
    'HTTPS://STS.EXAMPLE.COM:443/token',
    'https://sts.example.com/%74oken',
    'https://sts.example.com/a/../token',
    'https://sts.example.com/%2e/token',
    `${ENDPOINT}?x=1`,
    `${ENDPOINT}#fragment`,
    `${ENDPOINT}?`,
    `${ENDPOINT}?x=1#y?z`,
  ])('%s is the endpoint', (url) => expect(normaliseHtu(url)).toBe(ENDPOINT))

  it.each([
    'http://sts.example.com/token',
    'https://sts.example.com/token/',
    'https://sts.example.com/Token',
    'https://sts.example.com:8443/token',
    'https://evil.example/token',
    'https://sts.example.com/token%2F',
    'https://sts.example.com//token',
    'https://sts.example.com./token',
    'https://sts.example.com/token;x',
  ])('%s is another URL', (url) => {
    expect(normaliseHtu(url)).toEqual(expect.any(String))
    expect(normaliseHtu(url)).not.toBe(ENDPOINT)
  })

  it.each([
    ['a relative URL', '/token'],
    ['no scheme', '//sts.example.com/token'],
    ['another scheme', 'ftp://sts.example.com/token'],
    ['no slashes', 'https:sts.example.com/token'],
    ['three slashes', 'https:///sts.example.com/token'],
    ['a user name', 'https://evil@sts.example.com/token'],
    ['a password', 'https://:evil@sts.example.com/token'],
    ['an empty user name', 'https://@sts.example.com/token'],
    ['a backslash', 'https://sts.example.com\\token'],
    ['a backslash in the path', 'https://sts.example.com/a\\..\\token'],
    ['a space around it', ` ${ENDPOINT}`],
    ['a line feed', `${ENDPOINT}\n`],
    ['a tab inside', 'https://sts.example.com/to\tken'],
    ['an unescaped letter beyond ASCII', 'https://sts.example.com/tökèn'],
    ['a host beyond ASCII', 'https://ſts.example.com/token'],
    ['an escaped dot in the host that is none', 'https://sts%00.example.com/token'],
    ['port 99999', 'https://sts.example.com:99999/token'],
    ['nothing', ''],
    ['2,049 characters', `${ENDPOINT}?${'x'.repeat(2049 - ENDPOINT.length - 1)}`],
  ])('DPOP-03 %s is no URL of a proof', (_, url) => expect(normaliseHtu(url)).toBeUndefined())

  it('keeps the case of escapes and the escapes of separators apart', () => {
    expect(normaliseHtu('http://127.0.0.1:8787/a%2fb/%C3%a9')).toBe(
      'http://127.0.0.1:8787/a%2Fb/%C3%A9',
    )
    expect(normaliseHtu('http://[::1]:80/x')).toBe('http://[::1]/x')
    expect(normaliseHtu('https://api.example')).toBe('https://api.example/')
  })
})
