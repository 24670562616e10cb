/** A mistake in the options throws `TypeError`, whose message names the option. */
import { expect, test } from 'vitest'
import { requireToken } from '../../src/verify/doors/hono.ts'
import { createVerifier, type VerifierOptions } from '../../src/verify/index.ts'

const VALID = { issuer: 'https://sts.acme.dev', audience: 'https://api.acme.dev' }

const REFUSED: readonly (readonly [string, object, string])[] = [
  ['no issuer', { issuer: undefined }, 'issuer'],
  ['an issuer that is not a URL', { issuer: 'sts.acme.dev' }, 'issuer'],
  ['plain http', { issuer: 'http://sts.acme.dev' }, 'issuer'],
  ['http on a look-alike of this machine', { issuer: 'http://127.0.0.1.evil.dev' }, 'issuer'],
  ['http on localhost of another domain', { issuer: 'http://localhost.evil.dev' }, 'issuer'],
  ['another scheme', { issuer: 'ftp://sts.acme.dev' }, 'issuer'],
  ['a trailing slash', { issuer: 'https://sts.acme.dev/' }, 'issuer'],
  ['a trailing slash after a path', { issuer: 'https://acme.dev/sts/' }, 'issuer'],
  ['capitals in the host', { issuer: 'https://STS.acme.dev' }, 'issuer'],
  ['the default port', { issuer: 'https://sts.acme.dev:443' }, 'issuer'],
  ['a query', { issuer: 'https://sts.acme.dev?tenant=1' }, 'issuer'],
  ['a fragment', { issuer: 'https://sts.acme.dev#a' }, 'issuer'],
  ['an empty fragment', { issuer: 'https://sts.acme.dev/#' }, 'issuer'],
  ['a user', { issuer: 'https://me@sts.acme.dev' }, 'issuer'],
  ['braces', { issuer: 'https://acme.dev/{sts}' }, 'issuer'],
  ['escapes in small letters', { issuer: 'https://acme.dev/%7bsts%7d' }, 'issuer'],
  ['an escape that is none', { issuer: 'https://acme.dev/%zz' }, 'issuer'],
  ['an escape without need', { issuer: 'https://acme.dev/%73ts' }, 'issuer'],
  ['a tab', { issuer: 'https://sts.ac\tme.dev' }, 'issuer'],
  ['a clock in milliseconds', { now: Date.now }, 'now'],
  ['a clock that returns a Date', { now: () => new Date() }, 'now'],
  ['a clock that returns nothing', { now: () => undefined }, 'now'],
  ['no audience', { audience: undefined }, 'audience'],
  ['an empty audience', { audience: '' }, 'audience'],
  ['an audience with a line end', { audience: 'https://api.acme.dev\n' }, 'audience'],
  ['a list of audiences', { audience: ['https://api.acme.dev'] }, 'audience'],
  ['scopes as one string', { scopes: 'deploy:read deploy:write' }, 'scopes'],
  ['two scopes in one', { scopes: ['deploy:read deploy:write'] }, 'scopes'],
  ['an empty scope', { scopes: [''] }, 'scopes'],
  ['a scope with a quote', { scopes: ['deploy"read'] }, 'scopes'],
  ['a scope that is not a string', { scopes: [7] }, 'scopes'],
  ['a negative leeway', { clockSkewSeconds: -1 }, 'clockSkewSeconds'],
  ['a leeway over a minute', { clockSkewSeconds: 61 }, 'clockSkewSeconds'],
  ['a leeway that is a string', { clockSkewSeconds: '30' }, 'clockSkewSeconds'],
  ['a leeway that is not a number', { clockSkewSeconds: Number.NaN }, 'clockSkewSeconds'],
  ['an unknown revocation', { revocation: 'introspect' }, 'revocation'],
  ['revocation turned off by false', { revocation: { introspect: false } }, 'revocation'],
  ['an empty revocation object', { revocation: {} }, 'revocation'],
  ['a revocation that is null', { revocation: null }, 'revocation'],
  ['a misspelt age', { revocation: { introspect: true, maxAge: 5 } }, 'revocation'],
  ['an age of a status list', { revocation: { statusList: true, maxAgeSeconds: 5 } }, 'revocation'],
  ['both forms', { revocation: { statusList: true, introspect: true } }, 'revocation'],
  ['an age over a minute', { revocation: { introspect: true, maxAgeSeconds: 61 } }, 'revocation'],
  ['a negative age', { revocation: { introspect: true, maxAgeSeconds: -1 } }, 'revocation'],
  ['a realm with a quote', { realm: 'a"b' }, 'realm'],
  ['a realm with a line break', { realm: 'a\r\nSet-Cookie: x' }, 'realm'],
  ['metadata that is not a URL', { resourceMetadata: '/.well-known/x' }, 'resourceMetadata'],
  ['metadata over plain http', { resourceMetadata: 'http://api.acme.dev/x' }, 'resourceMetadata'],
  ['metadata with a quote', { resourceMetadata: 'https://api.acme.dev/"x' }, 'resourceMetadata'],
  ['a list of claims', { claims: ['repository'] }, 'claims'],
  ['claims as a string', { claims: 'repository' }, 'claims'],
  ['a claim without a value', { claims: { repository: undefined } }, 'claims.repository'],
  ['a claim that is null', { claims: { repository: null } }, 'claims.repository'],
  ['an empty claim', { claims: { repository: '' } }, 'claims.repository'],
  ['a claim with an empty list', { claims: { repository: [] } }, 'claims.repository'],
  ['a claim in an object', { claims: { repository: { is: 'a' } } }, 'claims.repository'],
  ['a claim that is NaN', { claims: { run: Number.NaN } }, 'claims.run'],
  ['scopes among the claims', { claims: { scope: 'deploy:read' } }, '"scope"'],
  ['the binding among the claims', { claims: { cnf: 'x' } }, '"cnf"'],
  ['the audience among the claims', { claims: { aud: 'x' } }, '"aud"'],
  ['a fetch that is not a function', { fetch: 'fetch' }, 'fetch'],
  ['a clock that is a number', { now: 0 }, 'now'],
  ['a misspelt option', { scope: ['deploy:read'] }, '"scope"'],
]

test.each(REFUSED)('refuses %s when the verifier is created', (_, change, name) => {
  // A caller without types can do this.
  const options = { ...VALID, ...change } as VerifierOptions
  for (const make of [createVerifier, requireToken]) {
    expect(() => make(options)).toThrow(TypeError)
    expect(() => make(options)).toThrow(name)
  }
})

test.each([
  ['only the required options', {}],
  ['escaped braces', { issuer: 'https://acme.dev/%7Bsts%7D' }],
  ['a path and a port', { issuer: 'https://acme.dev:8443/sts' }],
  ['http on this machine', { issuer: 'http://127.0.0.1:8787' }],
  ['http on this machine, by IPv6', { issuer: 'http://[::1]:8787' }],
  ['http on localhost', { issuer: 'http://localhost:8787/sts' }],
  ['no leeway', { clockSkewSeconds: 0 }],
  ['the longest leeway', { clockSkewSeconds: 60 }],
  ['no revocation', { revocation: 'none' }],
  ['an answer that is never cached', { revocation: { introspect: true, maxAgeSeconds: 0 } }],
  ['the longest cache time', { revocation: { introspect: true, maxAgeSeconds: 60 } }],
  ['options that are undefined', { scopes: undefined, realm: undefined, now: undefined }],
] as const)('accepts %s', (_, change) => {
  expect(createVerifier({ ...VALID, ...change })).toHaveProperty('verify')
})
