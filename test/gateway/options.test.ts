/** Mistakes in the options of an edge gateway throw `TypeError`. The message names the option. */
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { expect, test } from 'vitest'
import { createEdgeGateway, type EdgeGatewayOptions } from '../../src/gateway/index.ts'

const route = { path: '/deployments/**', scopes: ['deploy:read'] }
const VALID: EdgeGatewayOptions = {
  issuer: 'https://sts.acme.dev',
  audience: 'https://api.acme.dev',
  origin: 'https://origin.acme.dev',
  identity: { kind: 'headers' },
  routes: [route],
}
const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
const key: JWK = { ...(await exportJWK(privateKey)), alg: 'ES256' }
const signed = { kind: 'signed', key, audience: 'origin' }

const REFUSED: readonly (readonly [string, object, string])[] = [
  ['a misspelt option', { route: [] }, '"route"'],
  ['no issuer', { issuer: undefined }, 'verify: issuer must'],
  ['an issuer with a slash', { issuer: 'https://sts.acme.dev/' }, 'verify: issuer must not end'],
  ['no audience', { audience: undefined }, 'audience'],
  ['an unknown revocation', { revocation: 'introspect' }, 'revocation'],
  ['a leeway over a minute', { clockSkewSeconds: 61 }, 'clockSkewSeconds'],
  ['no routes', { routes: [] }, 'routes'],
  ['routes as a table', { routes: { '/': route } }, 'routes'],
  ['too many routes', { routes: Array.from({ length: 201 }, () => route) }, 'routes'],
  ['a route that is text', { routes: ['/'] }, 'route 1'],
  ['a route that is null', { routes: [route, null] }, 'route 2'],
  ['a route without scopes', { routes: [{ path: '/' }] }, 'route 1 needs scopes'],
  ['scopes as text', { routes: [{ path: '/', scopes: 'a' }] }, 'route 1 needs scopes'],
  ['two scopes in one', { routes: [{ path: '/', scopes: ['a b'] }] }, 'scopes'],
  ['a route with public as text', { routes: [{ ...route, public: 'yes' }] }, 'route 1'],
  ['a public route with scopes', { routes: [{ ...route, public: true }] }, '"scopes"'],
  ['a misspelt member', { routes: [{ ...route, scope: [] }] }, '"scope"'],
  ['a wrong claim', { routes: [{ ...route, claims: { a: null } }] }, 'claims.a'],
  ['a relative path', { routes: [{ ...route, path: 'deployments' }] }, 'path'],
  ['an encoded path', { routes: [{ ...route, path: '/a%20b' }] }, 'path'],
  ['a path with dots', { routes: [{ ...route, path: '/a/../b' }] }, 'no request'],
  ['a path with two slashes', { routes: [{ ...route, path: '//a' }] }, 'no request'],
  ['a path with a semicolon', { routes: [{ ...route, path: '/a;b' }] }, 'no request'],
  ['* within a segment', { routes: [{ ...route, path: '/v*' }] }, '*'],
  ['** in the middle', { routes: [{ ...route, path: '/**/a' }] }, '*'],
  ['methods in lower case', { routes: [{ ...route, methods: ['get'] }] }, 'methods'],
  ['one method in lower case', { routes: [{ ...route, methods: ['GET', 'post'] }] }, 'methods'],
  ['no method', { routes: [{ ...route, methods: [] }] }, 'methods'],
  ['TRACE', { routes: [{ ...route, methods: ['TRACE'] }] }, 'methods'],
  ['a preflight that is true', { routes: [{ ...route, preflight: true }] }, 'preflight'],
  ['no origin', { origin: undefined }, 'origin'],
  ['an origin with a path', { origin: 'https://origin.acme.dev/base' }, 'origin'],
  ['an origin with a user', { origin: 'https://me@origin.acme.dev' }, 'origin'],
  ['a file URL as origin', { origin: 'file:///etc' }, 'origin'],
  ['an FTP URL as origin', { origin: 'ftp://origin.acme.dev' }, 'origin'],
  ['an origin that cannot fetch', { origin: { fetch: 'x' } }, 'origin.fetch'],
  ['no identity', { identity: undefined }, 'identity'],
  ['an unknown identity', { identity: { kind: 'both' } }, 'identity.kind'],
  ['a misspelt identity', { identity: { kind: 'headers', prefixes: [] } }, '"prefixes"'],
  ['both identities', { identity: { ...signed, prefix: 'x-acme-' } }, '"prefix"'],
  ['a prefix without x-', { identity: { kind: 'headers', prefix: 'acme-' } }, 'prefix'],
  ['a prefix of every header', { identity: { kind: 'headers', prefix: 'x-' } }, 'prefix'],
  ['a prefix in capitals', { identity: { kind: 'headers', prefix: 'X-Acme-' } }, 'prefix'],
  ['a prefix with _', { identity: { kind: 'headers', prefix: 'x-acme_' } }, 'prefix'],
  ['the prefix of proxies', { identity: { kind: 'headers', prefix: 'x-forwarded-' } }, 'prefix'],
  [
    'a prefix below that of proxies',
    { identity: { kind: 'headers', prefix: 'x-forwarded-for-' } },
    'prefix',
  ],
  ['no audience of the origin', { identity: { ...signed, audience: '' } }, 'identity.audience'],
  [
    'a lifetime that is too long',
    { identity: { ...signed, lifetimeSeconds: 301 } },
    'lifetimeSeconds',
  ],
  ['a lifetime of 0', { identity: { ...signed, lifetimeSeconds: 0 } }, 'lifetimeSeconds'],
  ['a common header', { identity: { ...signed, header: 'authorization' } }, 'identity.header'],
  [
    'a header of proxies',
    { identity: { ...signed, header: 'x-forwarded-for' } },
    'identity.header',
  ],
  ['claims as text', { identity: { ...signed, claims: 'sub' } }, 'identity.claims'],
  ['no key', { identity: { ...signed, key: undefined } }, 'identity.key'],
  ['a key that is not JSON', { identity: { ...signed, key: 'secret' } }, 'identity.key'],
  ['a public key', { identity: { ...signed, key: { ...key, d: undefined } } }, 'identity.key'],
  ['a key without alg', { identity: { ...signed, key: { ...key, alg: undefined } } }, 'key'],
  [
    'a shared secret',
    { identity: { ...signed, key: { kty: 'oct', k: 'AAAA', d: 'AAAA', alg: 'HS256' } } },
    'identity.key',
  ],
  ['forwardAuthorization as text', { forwardAuthorization: 'yes' }, 'forwardAuthorization'],
]

test.each(REFUSED)('refuses %s at its creation', (_, change, sentence) => {
  const make = () => createEdgeGateway({ ...VALID, ...change } as EdgeGatewayOptions)
  expect(make).toThrow(TypeError)
  expect(make).toThrow(sentence)
})

test('never repeats the key', () => {
  const broken = { ...signed, key: { ...key, alg: 'ES999' } }
  try {
    createEdgeGateway({ ...VALID, identity: broken } as EdgeGatewayOptions)
  } catch (error) {
    expect(String(error)).not.toContain(String(key.d))
    return
  }
  throw new Error('it was taken')
})

test('publicKeys throws TypeError without the content of a key that cannot be imported', async () => {
  const broken = { ...key, x: (await exportJWK(publicKey)).y ?? '' }
  const edge = createEdgeGateway({
    ...VALID,
    identity: { kind: 'signed', key: broken, audience: 'origin' },
  })
  const failure = await edge.publicKeys().catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(TypeError)
  expect(String(failure)).toContain('identity.key cannot be imported as an ES256 key')
  expect(String(failure)).not.toContain(String(key.d))
})

test.each([
  ['only the required options', {}],
  ['an origin as URL', { origin: new URL('https://origin.acme.dev:8443') }],
  ['a binding', { origin: { fetch: async () => new Response() } }],
  ['an identity of one second', { identity: { ...signed, lifetimeSeconds: 1 } }],
  [
    '200 routes',
    { routes: Array.from({ length: 200 }, (_, at) => ({ ...route, path: `/${at}` })) },
  ],
  ['a key as text', { identity: { ...signed, key: JSON.stringify(key) } }],
  [
    'an audience for each route',
    { audience: undefined, routes: [{ ...route, audience: 'urn:a' }] },
  ],
  ['only public routes', { audience: undefined, routes: [{ path: '/', public: true }] }],
])('accepts %s', (_, change) => {
  expect(() => createEdgeGateway({ ...VALID, ...change } as EdgeGatewayOptions)).not.toThrow()
})
