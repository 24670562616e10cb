import { describe, expect, it } from 'vitest'
import { canonicalResource } from '../../src/protocol/resource-uri.ts'

describe('two spellings of one resource (RFC 3986 §6.2)', () => {
  const same: readonly (readonly [string, string, string])[] = [
    ['an empty path', 'https://api.example.com', 'https://api.example.com/'],
    ['an empty path before a query', 'https://a.example?x', 'https://a.example/?x'],
    ['case of scheme and host', 'HTTPS://API.Example.com/v1', 'https://api.example.com/v1'],
    ['the default port', 'https://a.example:443/v1', 'https://a.example/v1'],
    ['the default port of http', 'http://localhost:80', 'http://localhost/'],
    ['an empty port', 'https://a.example:/v1', 'https://a.example/v1'],
    ['case of an escape', 'https://a.example/%c3%bc', 'https://a.example/%C3%BC'],
    ['an unnecessary escape', 'https://a.example/%76%31', 'https://a.example/v1'],
    ['an unnecessary escape in a host', 'https://%41pi.example', 'https://api.example'],
    ['an unnecessary escape in a query', 'https://a.example/?%41', 'https://a.example/?A'],
    ['a single dot', 'https://a.example/./v1', 'https://a.example/v1'],
    ['a double dot', 'https://a.example/x/../v1', 'https://a.example/v1'],
    ['dots at the end', 'https://a.example/v1/.', 'https://a.example/v1/'],
    ['double dots at the end', 'https://a.example/v1/x/..', 'https://a.example/v1/'],
    ['dots above the root', 'https://a.example/../../v1', 'https://a.example/v1'],
    ['escaped dots', 'https://a.example/x/%2e%2E/v1', 'https://a.example/v1'],
    ['letters of an IPv6 address', 'https://[2001:DB8::1]', 'https://[2001:db8::1]/'],
    ['the scheme of an app', 'API://my-app', 'api://my-app/'],
    ['the scheme and namespace of a URN', 'URN:ACME:x', 'urn:acme:x'],
    ['an escape in a URN', 'urn:acme:%c3', 'urn:acme:%C3'],
  ]
  it.each(same)('are equal: %s', (_, one, other) => {
    expect(canonicalResource(one)).toBe(canonicalResource(other))
  })

  const different: readonly (readonly [string, string, string])[] = [
    ['another scheme', 'https://a.example', 'http://a.example'],
    ['another port', 'https://a.example', 'https://a.example:8443'],
    ['the default port of another scheme', 'https://a.example', 'https://a.example:80'],
    ['a slash after a path', 'https://a.example/v1', 'https://a.example/v1/'],
    ['two slashes', 'https://a.example/', 'https://a.example//'],
    ['case of a path', 'https://a.example/V1', 'https://a.example/v1'],
    ['case of a query', 'https://a.example/?A', 'https://a.example/?a'],
    ['an empty query', 'https://a.example/', 'https://a.example/?'],
    ['an escaped slash', 'https://a.example/x%2Fy', 'https://a.example/x/y'],
    ['an escaped escape', 'https://a.example/%2576', 'https://a.example/%76'],
    ['a plus and a space', 'https://a.example/+', 'https://a.example/%20'],
    ['user information', 'https://me@a.example', 'https://a.example'],
    ['case of user information', 'https://Me@a.example', 'https://me@a.example'],
    ['a dot after the host', 'https://a.example.', 'https://a.example'],
    ['a letter that folds to ASCII', 'https://\u212aey.example', 'https://key.example'],
    ['a backslash', 'https://a.example\\v1', 'https://a.example/v1'],
    ['another notation of an IPv4 address', 'https://127.1', 'https://127.0.0.1'],
    ['the specific part of a URN', 'urn:acme:X', 'urn:acme:x'],
    ['dots in a URN', 'urn:acme:x/../y', 'urn:acme:y'],
    ['an unnecessary escape in a URN', 'urn:acme:%41', 'urn:acme:A'],
    ['no authority', 'api:x', 'api://x'],
  ]
  it.each(different)('are not equal: %s', (_, one, other) => {
    expect(canonicalResource(one)).not.toBe(canonicalResource(other))
  })

  it('have one canonical form, which is its own canonical form', () => {
    for (const [, one, other] of [...same, ...different]) {
      for (const uri of [one, other]) {
        const once = canonicalResource(uri)
        expect(canonicalResource(once)).toBe(once)
      }
    }
  })

  it.each(['', 'api', '//a.example', '/v1', ':x', 'https://a.example/#x', 'https://a b:c@[/x'])(
    'other text than an absolute URI without a fragment keeps its form: %j',
    (text) => {
      const once = canonicalResource(text)
      expect(canonicalResource(once)).toBe(once)
    },
  )
})

describe('EXC-05 a very long URI', () => {
  /** A pattern of quadratic time needs minutes for this many characters, so the test would time out. */
  const MANY = 400_000
  const fills: readonly (readonly [string, string, string])[] = [
    ['a host', 'a://', 'x'],
    ['a host of https', 'https://', 'x'],
    ['a path', 'https://a', '/x'],
    ['a path without authority', 'a:', 'x'],
    ['a query', 'https://a?', '?'],
    ['user information', 'https://', '@'],
    ['ports', 'https://', ':1'],
    ['brackets', 'https://', '['],
    ['a URN', 'urn:', ':'],
  ]
  it.each(fills)('takes linear time before a fragment: %s', (_, start, fill) => {
    const uri = `${start}${fill.repeat(MANY)}#`
    expect(canonicalResource(uri)).toBe(uri)
  })

  it.each(fills)('takes linear time: %s', (_, start, fill) => {
    const uri = `${start}${fill.repeat(MANY)}`
    expect(canonicalResource(uri)).toContain(fill.repeat(MANY))
  })
})
