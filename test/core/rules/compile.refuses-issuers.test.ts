import { describe, expect, it } from 'vitest'
import { API, good, problemsOf, type Row, withIssuer, withResource } from './support/documents.ts'

const rows: readonly Row[] = [
  ['an unknown key', { ...good, rule: [] }, 'key_unknown', ['rule']],
  ['another version', { ...good, version: 2 }, 'value_invalid', ['version']],
  [
    'an unknown key in an issuer',
    withIssuer({ issuer: 'https://a.example', isuer: 'x' }),
    'key_unknown',
    ['issuers', 'extra', 'isuer'],
  ],
  [
    'an unknown key in a resource',
    withResource({ scope: [] }),
    'key_unknown',
    ['resources', API, 'scope'],
  ],
  [
    'a resource above the ceiling',
    withResource({ max_lifetime: '2h' }),
    'lifetime_above_ceiling',
    ['resources', API, 'max_lifetime'],
  ],
  [
    'audit: strict',
    withResource({ audit: 'strict' }),
    'not_supported',
    ['resources', API, 'audit'],
  ],
  [
    'proof of possession',
    withResource({ proof_of_possession: 'required' }),
    'not_supported',
    ['resources', API, 'proof_of_possession'],
  ],
  [
    'a scope twice',
    withResource({ scopes: ['deploy:read', 'deploy:read'] }),
    'scope_repeated',
    ['resources', API, 'scopes'],
  ],
  [
    'a provider nobody knows',
    withIssuer({ provider: 'github' }),
    'provider_unknown',
    ['issuers', 'extra', 'provider'],
  ],
  ['an issuer without a URL', withIssuer({}), 'issuer_missing', ['issuers', 'extra']],
  [
    'NET-03 an http issuer',
    withIssuer({ issuer: 'http://issuer.example.com' }),
    'issuer_invalid',
    ['issuers', 'extra', 'issuer'],
  ],
  [
    'NET-03 an address',
    withIssuer({ issuer: 'https://10.0.0.1' }),
    'issuer_invalid',
    ['issuers', 'extra', 'issuer'],
  ],
  [
    'NET-03 an internal name',
    withIssuer({ issuer: 'https://idp.corp.internal' }),
    'issuer_invalid',
    ['issuers', 'extra', 'issuer'],
  ],
  [
    'NET-03 a name with user information',
    withIssuer({ issuer: 'https://a@issuer.example.com' }),
    'issuer_invalid',
    ['issuers', 'extra', 'issuer'],
  ],
  [
    'CLM-09 capital letters in the host',
    withIssuer({ issuer: 'https://Issuer.example.com' }),
    'issuer_invalid',
    ['issuers', 'extra', 'issuer'],
  ],
  [
    'ISS-01 the gateway itself',
    withIssuer({ issuer: 'https://sts.example.com' }),
    'issuer_invalid',
    ['issuers', 'extra', 'issuer'],
  ],
  [
    'another URL for a fixed issuer',
    {
      ...good,
      issuers: { github: { provider: 'github-actions', issuer: 'https://evil.example' } },
    },
    'issuer_invalid',
    ['issuers', 'github', 'issuer'],
  ],
  [
    'an issuer twice, but for a slash',
    withIssuer({ issuer: 'https://oidc.cluster.example.com/' }),
    'issuer_repeated',
    ['issuers', 'extra'],
  ],
  [
    'uploaded keys with a private one',
    withIssuer({
      issuer: 'https://a.example',
      keys: { jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', d: 'AA' }] } },
    }),
    'keys_unusable',
    ['issuers', 'extra', 'keys', 'jwks'],
  ],
  [
    'ADM-03 the gateway as a resource',
    {
      ...good,
      resources: { ...good.resources, 'https://sts.example.com': { scopes: ['trust:write'] } },
    },
    'resource_reserved',
    ['resources', 'https://sts.example.com'],
  ],
  [
    'a resource with a fragment',
    { ...good, resources: { ...good.resources, 'https://a.example#x': { scopes: ['a'] } } },
    'resource_invalid',
    ['resources', 'https://a.example#x'],
  ],
]

describe('a document is refused for', () => {
  it.each(rows)('%s', (_, document, code, path) => {
    expect(problemsOf(document)).toEqual([
      { code, path, message: expect.stringMatching(/^\S.*[^.]$/s) },
    ])
  })
})
