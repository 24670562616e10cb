/** Metadata of a protected resource: its URL, its content, and the challenges that name it (RFC 9728). */
import { describe, expect, test } from 'vitest'
import {
  createVerifier,
  describeResource,
  type ResourceOptions,
  VerificationError,
} from '../../src/verify/index.ts'

const ISSUER = 'https://sts.acme.dev'
const RESOURCE = 'https://api.acme.dev/artifacts'
const options = { resource: RESOURCE, authorizationServers: [ISSUER], scopes: ['deploy:read'] }
const WELL_KNOWN = '/.well-known/oauth-protected-resource'

describe('describeResource', () => {
  test.each([
    ['https://api.acme.dev', `https://api.acme.dev${WELL_KNOWN}`],
    ['https://api.acme.dev/', `https://api.acme.dev${WELL_KNOWN}`],
    ['https://api.acme.dev/v1/artifacts', `https://api.acme.dev${WELL_KNOWN}/v1/artifacts`],
    ['https://api.acme.dev/v1/', `https://api.acme.dev${WELL_KNOWN}/v1/`],
    ['https://api.acme.dev/?tenant=a/b', `https://api.acme.dev${WELL_KNOWN}?tenant=a/b`],
    ['https://api.acme.dev/v1?tenant=a', `https://api.acme.dev${WELL_KNOWN}/v1?tenant=a`],
    ['http://127.0.0.1:8788/mcp', `http://127.0.0.1:8788${WELL_KNOWN}/mcp`],
  ])('PR-15 serves the metadata of %s at the URL of RFC 9728 §3.1', (resource, url) => {
    const described = describeResource({ ...options, resource })
    expect(described.url).toBe(url)
    expect(described.metadata.resource).toBe(resource)
    expect(described.respond(new Request(url))?.status).toBe(200)
  })

  test('answers a request whose URL is only a path, and no malformed one', () => {
    const { respond } = describeResource(options)
    const ask = (url: string) => respond({ method: 'GET', url })?.status
    expect(ask(`${WELL_KNOWN}/artifacts`)).toBe(200)
    expect(ask(`${WELL_KNOWN}/artifacts?query=ignored`)).toBe(200)
    expect(ask(`//host${WELL_KNOWN}/artifacts`)).toBeUndefined()
    expect(ask('http://a b/')).toBeUndefined()
  })

  test('PR-15 PR-17 serves the document as JSON without absent members', async () => {
    const { respond, url } = describeResource(options)
    const answer = respond(new Request(url))
    expect(answer?.headers.get('content-type')).toBe('application/json')
    expect(answer?.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer?.headers.get('cache-control')).toBe('public, max-age=300')
    expect(answer?.headers.get('access-control-allow-origin')).toBe('*')
    expect(await answer?.json()).toEqual({
      resource: RESOURCE,
      authorization_servers: [ISSUER],
      bearer_methods_supported: ['header'],
      scopes_supported: ['deploy:read'],
    })
    const bare = describeResource({ resource: RESOURCE, authorizationServers: [ISSUER] })
    expect(Object.keys(bare.metadata)).not.toContain('scopes_supported')
  })

  test('OUT-05 uses nothing from the request, such as its host or forwarding headers', async () => {
    const { respond, url } = describeResource(options)
    const { pathname } = new URL(url)
    const headers = { 'x-forwarded-host': 'evil.example' }
    const answer = respond(new Request(`https://evil.example${pathname}`, { headers }))
    expect(await answer?.text()).not.toContain('evil')
  })

  test('does not answer another path, or another tenant in the query', () => {
    const { respond } = describeResource(options)
    for (const path of ['/', '/artifacts', WELL_KNOWN, `${WELL_KNOWN}/artifacts/`]) {
      expect(respond(new Request(`https://api.acme.dev${path}`))).toBeUndefined()
    }
    const tenant = describeResource({ ...options, resource: `${RESOURCE}?tenant=a` })
    const { url } = tenant
    expect(tenant.respond(new Request(url))?.status).toBe(200)
    expect(tenant.respond(new Request(url.replace('=a', '=b')))).toBeUndefined()
  })

  test('answers HEAD without a body, answers a preflight, and refuses methods that write', async () => {
    const { respond, url } = describeResource(options)
    const head = respond(new Request(url, { method: 'HEAD' }))
    expect([head?.status, await head?.text()]).toEqual([200, ''])
    const preflight = respond(new Request(url, { method: 'OPTIONS' }))
    expect(preflight?.status).toBe(204)
    expect(preflight?.headers.get('access-control-allow-methods')).toBe('GET')
    expect(preflight?.headers.get('access-control-allow-credentials')).toBeNull()
    const post = respond(new Request(url, { method: 'POST' }))
    expect([post?.status, post?.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
  })

  const wrong: readonly (readonly [string, object, string])[] = [
    ['a resource that is not a URL', { resource: 'urn:acme:api' }, 'resource'],
    ['a resource over plain http', { resource: 'http://api.acme.dev' }, 'resource'],
    ['a resource with a fragment', { resource: `${RESOURCE}#a` }, 'resource'],
    ['a resource with a user', { resource: 'https://me@api.acme.dev' }, 'resource'],
    ['capitals in the host', { resource: 'https://API.acme.dev/v1' }, 'resource'],
    ['no gateway', { authorizationServers: [] }, 'authorizationServers'],
    ['a gateway and a number', { authorizationServers: [ISSUER, 1] }, 'authorizationServers'],
    ['a gateway as text', { authorizationServers: ISSUER }, 'authorizationServers'],
    ['a gateway with a slash', { authorizationServers: [`${ISSUER}/`] }, 'authorizationServers'],
    ['two scopes in one', { scopes: ['a b'] }, 'scopes'],
    ['an empty name', { name: '' }, 'name'],
    ['a documentation URL without a scheme', { documentation: 'docs.acme.dev' }, 'documentation'],
    ['a misspelt option', { scope: [] }, '"scope"'],
  ]
  test.each(wrong)('refuses %s when it is called', (_, change, name) => {
    const make = () => describeResource({ ...options, ...change } as ResourceOptions)
    expect(make).toThrow(TypeError)
    expect(make).toThrow(name)
  })
})

describe('a verifier with resourceMetadata', () => {
  const verifier = createVerifier({
    issuer: ISSUER,
    audience: RESOURCE,
    scopes: ['deploy:read'],
    resourceMetadata: describeResource(options).url,
  })
  const url = `resource_metadata="https://api.acme.dev${WELL_KNOWN}/artifacts"`

  test('PR-16 names the metadata without a token, and names no error', () => {
    const answer = verifier.renderRefusal(
      new VerificationError('token_missing', 'authorization_missing'),
    )
    expect(answer.headers.get('www-authenticate')).toBe(`Bearer ${url}`)
  })

  test.each([
    ['invalid_token', 'token_expired'],
    ['insufficient_scope', 'scope_missing'],
  ] as const)('PR-11 PR-16 names the metadata once with %s', (code, reason) => {
    const answer = verifier.renderRefusal(new VerificationError(code, reason))
    const challenge = answer.headers.get('www-authenticate') ?? ''
    expect(challenge.split('resource_metadata=')).toHaveLength(2)
    expect(challenge.endsWith(url)).toBe(true)
  })
})
