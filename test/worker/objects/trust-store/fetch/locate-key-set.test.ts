import { describe, expect, it } from 'vitest'
import { locateKeySet } from '../../../../../src/worker/objects/trust-store/fetch/locate-key-set.ts'

const GOOGLE = 'https://accounts.google.com'
const HOSTS = [
  'www.googleapis.com',
  'keys.example.com:8443',
  '*.keys.example.net',
  '127.0.0.1:7601',
]

const locate = (uri: unknown, issuer = GOOGLE, local = false) =>
  locateKeySet(uri, issuer, HOSTS, local)

describe('the key set of an issuer', () => {
  it.each([
    `${GOOGLE}/certs`,
    'https://www.googleapis.com/oauth2/v3/certs',
    'https://www.googleapis.com:443/oauth2/v3/certs',
    'https://keys.example.com:8443/jwks',
    'https://a.keys.example.net/jwks',
  ])('may be at %s', (url) => expect(locate(url)).toEqual({ ok: true, value: url }))

  it.each([
    ['https://evil.example/jwks', 'evil.example'],
    ['https://www.googleapis.com.evil.example/jwks', 'www.googleapis.com.evil.example'],
    ['https://evil-www.googleapis.com/jwks', 'evil-www.googleapis.com'],
    ['https://www.googleapis.com:8443/jwks', 'www.googleapis.com:8443'],
    ['https://keys.example.com/jwks', 'keys.example.com'],
    ['https://www.googleapis.com./jwks', 'www.googleapis.com.'],
    ['http://www.googleapis.com/oauth2/v3/certs', 'www.googleapis.com'],
    ['https://user@www.googleapis.com/jwks', 'www.googleapis.com'],
    ['https://:secret@www.googleapis.com/jwks', 'www.googleapis.com'],
    [`https://user@accounts.google.com/jwks`, 'accounts.google.com'],
    ['https://keys.example.net/jwks', 'keys.example.net'],
    ['https://a.b.keys.example.net/jwks', 'a.b.keys.example.net'],
    ['https://10.0.0.1/jwks', '10.0.0.1'],
    ['https://0x7f.1/jwks', '127.0.0.1'],
    ['https://[::1]/jwks', '[::1]'],
    ['https://metadata.google.internal/jwks', 'metadata.google.internal'],
    ['http://127.0.0.1:7601/jwks', '127.0.0.1:7601'],
  ])('NET-03 NET-04 may not be at %s, and the host is reported', (url, host) => {
    expect(locate(url)).toEqual({ ok: false, error: { host } })
  })

  it.each([undefined, null, 7, '', 'certs', '//www.googleapis.com/certs', 'https://', ['x']])(
    'may not be at %j',
    (uri) => expect(locate(uri)).toEqual({ ok: false, error: {} }),
  )

  it('reports no host that is not a plain host name', () => {
    expect(locate(`https://${'a'.repeat(60)}.${'b.'.repeat(120)}example/jwks`)).toEqual({
      ok: false,
      error: {},
    })
    expect(locate('data:text/plain,secret')).toEqual({ ok: false, error: {} })
    expect(locate('javascript:alert(1)')).toEqual({ ok: false, error: {} })
  })

  it('may be on a loopback address only for local issuers', () => {
    const issuer = 'http://127.0.0.1:7600/google'
    const url = 'http://127.0.0.1:7601/google/jwks'
    expect(locate(url, issuer, true)).toEqual({ ok: true, value: url })
    expect(locate(url, issuer, false)).toMatchObject({ ok: false })
    const other = locate('http://127.0.0.1:7602/google/jwks', issuer, true)
    expect(other).toEqual({ ok: false, error: { host: '127.0.0.1:7602' } })
  })
})
