import { describe, expect, it } from 'vitest'
import { API, good, problemsOf, type Row, withResource } from '../support/documents.ts'

const withDescribed = (uri: string) => ({
  ...good,
  resources: { ...good.resources, [uri]: { scopes: ['a'], protected_resource_metadata: true } },
})

const rows: readonly Row[] = [
  ['an unknown key', { ...good, rule: [] }, 'key_unknown', ['rule']],
  ['another version', { ...good, version: 2 }, 'value_invalid', ['version']],
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
    'DPOP-04 a proof that its consumer does not check',
    withResource({ for: 'vault', proof_of_possession: 'required' }),
    'preset_contradicted',
    ['resources', API, 'proof_of_possession'],
  ],
  [
    'PR-15 metadata for a resource with a URN',
    withDescribed('urn:acme:api'),
    'metadata_misplaced',
    ['resources', 'urn:acme:api', 'protected_resource_metadata'],
  ],
  [
    'PR-15 metadata for a resource with a URL of another scheme',
    withDescribed('http://api.acme.dev/v1'),
    'metadata_misplaced',
    ['resources', 'http://api.acme.dev/v1', 'protected_resource_metadata'],
  ],
  [
    'PR-15 metadata for a resource with a query',
    withDescribed('https://api.acme.dev/v1?x=1'),
    'metadata_misplaced',
    ['resources', 'https://api.acme.dev/v1?x=1', 'protected_resource_metadata'],
  ],
  [
    'PR-15 metadata for a resource with user information',
    withDescribed('https://ada@api.acme.dev/v1'),
    'metadata_misplaced',
    ['resources', 'https://ada@api.acme.dev/v1', 'protected_resource_metadata'],
  ],
  [
    'PR-15 metadata with a documentation page that is no https URL',
    withResource({ protected_resource_metadata: { documentation: 'javascript:alert(1)' } }),
    'value_invalid',
    ['resources', API, 'protected_resource_metadata', 'documentation'],
  ],
  [
    'a duplicate scope',
    withResource({ scopes: ['deploy:read', 'deploy:read'] }),
    'scope_repeated',
    ['resources', API, 'scopes'],
  ],
  [
    'MAP-01 a scope with a space',
    withResource({ scopes: ['deploy:read admin', 'deploy:read'] }),
    'value_invalid',
    ['resources', API, 'scopes', 0],
  ],
  [
    'an unsupported algorithm',
    withResource({ algorithm: 'none' }),
    'value_invalid',
    ['resources', API, 'algorithm'],
  ],
  [
    'a duration without a unit',
    withResource({ max_lifetime: '900' }),
    'value_invalid',
    ['resources', API, 'max_lifetime'],
  ],
  [
    'a lifetime of a few seconds',
    { ...withResource({ max_lifetime: '9s' }), rules: [] },
    'lifetime_too_short',
    ['resources', API, 'max_lifetime'],
  ],
  [
    'a resource that is not a URI',
    { ...good, resources: { ...good.resources, api: { scopes: ['a'] } } },
    'resource_invalid',
    ['resources', 'api'],
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

describe('refuses a document or a resource with', () => {
  it.each(rows)('%s', (_, document, code, path) => {
    expect(problemsOf(document)).toEqual([
      { code, path, message: expect.stringMatching(/^\S.*[^.]$/s) },
    ])
  })
})
