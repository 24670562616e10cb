import { describe, expect, it } from 'vitest'
import { parseForwardQuestion } from '../../../src/core/endpoint/forward/forward-question.ts'
import { MAX_PARAMETER_CHARACTERS, MAX_REQUESTED_SCOPES } from '../../../src/core/limits.ts'
import {
  REQUIRE_ORIGIN,
  REQUIRE_PROOF,
  REQUIRE_RESOURCE,
  REQUIRE_SCOPE,
} from '../../../src/protocol/forward-auth.ts'

const API = 'https://api.example.com'
const RESOURCE = `resource=${encodeURIComponent(API)}`

type Headers = Readonly<Record<string, string>>

const ask = (path: string, query: string, headers: Headers = {}) =>
  parseForwardQuestion({ path, query, header: (name) => headers[name] })

describe('the question at the exact path', () => {
  const good: readonly (readonly [string, readonly string[]])[] = [
    [RESOURCE, []],
    [`${RESOURCE}&scope=deploy%3Aread`, ['deploy:read']],
    [`scope=a%20b&${RESOURCE}`, ['a', 'b']],
    [`${RESOURCE}&scope=a+b`, ['a', 'b']],
    [`${RESOURCE}&scope=a%20a`, ['a']],
    [`&${RESOURCE}&`, []],
  ]
  it.each(good)('is read from %s', (query, scopes) => {
    expect(ask('/verify', query)).toEqual({ resource: API, scopes })
  })

  it('may have as many scopes and as long a resource as a token request', () => {
    const scopes = Array.from({ length: MAX_REQUESTED_SCOPES }, (_, index) => `s${index}`)
    const resource = `${API}/`.padEnd(MAX_PARAMETER_CHARACTERS, 'a')
    const query = new URLSearchParams({ resource, scope: scopes.join(' ') }).toString()
    expect(ask('/verify', query)).toEqual({ resource, scopes })
  })

  const bad: readonly (readonly [string, string])[] = [
    ['nothing', ''],
    ['no resource', 'scope=a'],
    ['an empty resource', 'resource='],
    ['a resource that is not a URI', 'resource=api'],
    ['a resource with a fragment', `${RESOURCE}%23x`],
    ['a resource with a space', `${RESOURCE}%20https%3A%2F%2Fother.example.com`],
    ['a resource of 3000 characters', `${RESOURCE}%2F${'a'.repeat(3000)}`],
    ['two resources', `${RESOURCE}&resource=https%3A%2F%2Fother.example.com`],
    ['the same resource twice', `${RESOURCE}&${RESOURCE}`],
    ['two scope parameters', `${RESOURCE}&scope=a&scope=b`],
    ['a scope that was not filled in', `${RESOURCE}&scope=`],
    ['a scope that was not filled in, and one that was', `${RESOURCE}&scope=&scope=a`],
    ['a double space between scopes', `${RESOURCE}&scope=a++b`],
    ['a scope with a quote', `${RESOURCE}&scope=a%22b`],
    ['65 scopes', `${RESOURCE}&scope=${Array.from({ length: 65 }, (_, i) => `s${i}`).join('+')}`],
    ['a misspelt parameter name, which would require no scope', `${RESOURCE}&scopes=admin`],
    ['a parameter name in another case', `${RESOURCE}&Scope=admin`],
    ['a broken escape', `${RESOURCE}&scope=%zz`],
    ['an unknown source of proofs', `${RESOURCE}&proof=host`],
    ['a source of proofs that was not filled in', `${RESOURCE}&proof=`],
    ['two sources of proofs', `${RESOURCE}&proof=forwarded&proof=original`],
    ['an origin without proofs', `${RESOURCE}&origin=https%3A%2F%2Fapi.example.com`],
    ['an origin that was not filled in', `${RESOURCE}&proof=forwarded&origin=`],
    ['an origin with a path', `${RESOURCE}&proof=forwarded&origin=https%3A%2F%2Fa.example%2F`],
    ['an origin of another scheme', `${RESOURCE}&proof=forwarded&origin=ftp%3A%2F%2Fa.example`],
  ]
  it.each(bad)('is malformed with %s', (_, query) => {
    expect(ask('/verify', query)).toBeUndefined()
  })

  it('is malformed together with a header of the other form, so that a client cannot choose', () => {
    expect(ask('/verify', RESOURCE, { [REQUIRE_RESOURCE]: API })).toBeUndefined()
    expect(ask('/verify', RESOURCE, { [REQUIRE_SCOPE]: 'a' })).toBeUndefined()
    expect(ask('/verify', '', { [REQUIRE_RESOURCE]: API })).toBeUndefined()
    expect(ask('/verify', RESOURCE, { [REQUIRE_PROOF]: 'forwarded' })).toBeUndefined()
    expect(ask('/verify', RESOURCE, { [REQUIRE_ORIGIN]: API })).toBeUndefined()
  })
})

describe('the question below the path', () => {
  const headers = { [REQUIRE_RESOURCE]: API, [REQUIRE_SCOPE]: 'a b' }

  it.each(['/verify/', '/verify/deployments', '/verify//verify', '/verify/..'])(
    'is read from the two headers at %s',
    (path) => {
      expect(ask(path, '', headers)).toEqual({ resource: API, scopes: ['a', 'b'] })
    },
  )

  it('needs no scope', () => {
    expect(ask('/verify/x', '', { [REQUIRE_RESOURCE]: API })).toEqual({ resource: API, scopes: [] })
  })

  it('ignores the query, which the client controls', () => {
    const query = 'resource=https%3A%2F%2Fother.example.com&scope=&scope=none'
    expect(ask('/verify/x', query, headers)).toEqual({ resource: API, scopes: ['a', 'b'] })
    expect(ask('/verify/x', RESOURCE)).toBeUndefined()
  })

  it.each([
    ['is not a URI', { [REQUIRE_RESOURCE]: 'api' }],
    ['is empty', { [REQUIRE_RESOURCE]: '' }],
    ['is repeated', { [REQUIRE_RESOURCE]: `${API}, https://other.example.com` }],
    ['comes with an empty scope', { [REQUIRE_RESOURCE]: API, [REQUIRE_SCOPE]: '' }],
    ['is missing', { [REQUIRE_SCOPE]: 'a' }],
  ])('is malformed if the resource %s', (_, given) => {
    expect(ask('/verify/x', '', given as Headers)).toBeUndefined()
  })
})

describe('the question about proofs', () => {
  const origin = 'https://public.example'
  const expected = { resource: API, scopes: [], proof: { source: 'original', origin } }

  it('is read from the query at the exact path', () => {
    const query = `${RESOURCE}&proof=original&origin=${encodeURIComponent(origin)}`
    expect(ask('/verify', query)).toEqual(expected)
    expect(ask('/verify', `${RESOURCE}&proof=forwarded`)).toEqual({
      ...{ resource: API, scopes: [] },
      proof: { source: 'forwarded' },
    })
  })

  it('is read from headers below the path', () => {
    const headers = {
      [REQUIRE_RESOURCE]: API,
      [REQUIRE_PROOF]: 'original',
      [REQUIRE_ORIGIN]: origin,
    }
    expect(ask('/verify/x', '', headers)).toEqual(expected)
    expect(ask('/verify/x', '', { ...headers, [REQUIRE_PROOF]: 'x' })).toBeUndefined()
  })
})
