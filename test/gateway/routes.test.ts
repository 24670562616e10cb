/**
 * Which route a request matches: the first one, or none if an origin may read the path differently.
 */
import { describe, expect, test } from 'vitest'
import { parseCanonicalPath } from '../../src/gateway/canonical-path.ts'
import { compileRoutes, type EdgeRoute, findRoute } from '../../src/gateway/routes.ts'
import { createVerifier } from '../../src/verify/index.ts'

const verifier = createVerifier({ issuer: 'https://sts.acme.dev', audience: 'urn:acme:api' })
const guard = () => ({ verifier, audience: 'urn:acme:api' })

function compile(...routes: readonly EdgeRoute[]) {
  const compiled = compileRoutes(routes, guard)
  return (method: string, path: string) => {
    const canonical = parseCanonicalPath(`https://api.acme.dev${path}`)
    if (canonical === undefined) throw new Error('no canonical path')
    const found = findRoute(compiled, method, canonical)
    if (found === undefined || found === 'disputed') return found
    return routes[compiled.indexOf(found)]?.path
  }
}

const scopes: readonly string[] = []

describe('a route', () => {
  test.each([
    ['/deployments', '/deployments', true],
    ['/deployments', '/deployments/1', false],
    ['/deployments', '/deployment', false],
    ['/deployments', '/', false],
    ['/', '/', true],
    ['/', '/x', false],
    ['/deployments/*', '/deployments/1', true],
    ['/deployments/*', '/deployments', false],
    ['/deployments/*', '/deployments/', false],
    ['/deployments/*', '/deployments/1/logs', false],
    ['/*/logs', '/1/logs', true],
    ['/*/logs', '/logs', false],
    ['/deployments/**', '/deployments', true],
    ['/deployments/**', '/deployments/', true],
    ['/deployments/**', '/deployments/1/logs', true],
    ['/deployments/**', '/deployments-of-others', false],
    ['/deployments/*/logs/**', '/deployments/1/logs/2', true],
    ['/deployments/*/logs/**', '/deployments/1', false],
    ['/**', '/', true],
    ['/**', '/x/y', true],
    ['/a.b', '/aXb', false],
    ['/café', '/caf%C3%A9', true],
    ['/constructor', '/constructor', true],
  ])('%s matches %s: %s', (pattern, path, isMatch) => {
    const find = compile({ path: pattern, scopes })
    expect(find('GET', path)).toBe(isMatch ? pattern : undefined)
  })

  test('matches every method by default, but never TRACE', () => {
    const find = compile({ path: '/any', scopes }, { path: '/some', methods: ['GET'], scopes })
    for (const method of ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS', 'PURGE']) {
      expect(find(method, '/any')).toBe('/any')
    }
    for (const method of ['TRACE', 'trace', 'TRACK', 'CONNECT']) {
      expect(find(method, '/any')).toBeUndefined()
    }
    expect(find('HEAD', '/some')).toBe('/some')
    for (const method of ['POST', 'get', 'OPTIONS']) expect(find(method, '/some')).toBeUndefined()
  })

  test('has priority over later routes', () => {
    const find = compile(
      { path: '/files/public/**', public: true },
      { path: '/files/*/secret', scopes },
      { path: '/files/**', methods: ['GET'], scopes },
    )
    expect(find('GET', '/files/public/secret')).toBe('/files/public/**')
    expect(find('GET', '/files/1/secret')).toBe('/files/*/secret')
    expect(find('GET', '/files/1')).toBe('/files/**')
    expect(find('POST', '/files/1')).toBeUndefined()
  })
})

test.each([
  ['another case', '/ADMIN/users'],
  ['another case of one letter', '/admiN/users'],
  ['a dot at the end', '/admin./users'],
  ['a space at the end', '/admin%20/users'],
  ['full-width letters', '/%EF%BD%81dmin/users'],
  ['the Kelvin sign', '/%E2%84%AAey'],
  ['a dotless i, whose capital is I', '/adm%C4%B1n/users'],
  ['a capital I with a dot, which Java and Go read as i', '/ADM%C4%B0N/users'],
  ['a sharp s, whose capital is SS', '/pa%C3%9Fword'],
  ['a trailing slash', '/exact/'],
])(
  'EXC-16 a path that a lenient origin would read as a protected one is disputed: %s',
  (_, path) => {
    const find = compile(
      { path: '/admin/**', scopes: ['admin'] },
      { path: '/key', scopes: ['admin'] },
      { path: '/password', scopes: ['admin'] },
      { path: '/exact', scopes: ['admin'] },
      { path: '/**', public: true },
    )
    expect(find('GET', path)).toBe('disputed')
    expect(find('GET', '/other/users')).toBe('/**')
  },
)

test('a path in another case is accepted if the same route matches both', () => {
  const find = compile({ path: '/files/**', scopes })
  expect(find('GET', '/files/README')).toBe('/files/**')
})

const UNREACHABLE: readonly (readonly [string, EdgeRoute, EdgeRoute])[] = [
  ['"/**" on top', { path: '/**', public: true }, { path: '/admin/**', scopes }],
  ['the same path twice', { path: '/a', scopes }, { path: '/a', scopes: ['x'] }],
  ['a * before its literal', { path: '/*/b', scopes }, { path: '/a/b', scopes }],
  ['an open one before a closed', { path: '/a/**', scopes }, { path: '/a', scopes }],
  ['an open one before an open', { path: '/*/**', scopes }, { path: '/a/b/**', scopes }],
  [
    'more methods before fewer',
    { path: '/a', methods: ['GET', 'PUT'], scopes },
    { path: '/a', methods: ['HEAD', 'PUT'], scopes },
  ],
]
test.each(UNREACHABLE)('refuses a route that is never reached: %s', (_, first, second) => {
  expect(() => compile(first, second)).toThrow('route 2 is never reached: route 1 comes first')
})

test.each([
  ['a literal before *', { path: '/a/b', scopes }, { path: '/*/b', scopes }],
  ['a closed one before an open', { path: '/a', scopes }, { path: '/a/**', scopes }],
  ['* before an empty segment', { path: '/a/*', scopes }, { path: '/a/', scopes }],
  ['fewer methods', { path: '/a', methods: ['GET'], scopes }, { path: '/a', scopes }],
  [
    'one method of two',
    { path: '/a', methods: ['PUT'], scopes },
    { path: '/a', methods: ['PUT', 'POST'], scopes },
  ],
  ['* before an open one', { path: '/*', scopes }, { path: '/a/**', scopes }],
] as readonly (readonly [string, EdgeRoute, EdgeRoute])[])(
  'routes that overlap in part may stand in this order: %s',
  (_, first, second) => {
    expect(() => compile(first, second)).not.toThrow()
  },
)
