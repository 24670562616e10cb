import { describe, expect, it } from 'vitest'
import { good, problemsOf, type Row, withIssuer } from '../support/documents.ts'

const spiffe = (domain: string, endpoint: string) => ({
  provider: 'spiffe-jwt-svid',
  issuer: `https://${domain}`,
  trust_domain: domain,
  bundle_endpoint: endpoint,
})

const rows: readonly Row[] = [
  [
    'an unknown key in an issuer',
    withIssuer({ issuer: 'https://a.example', isuer: 'x' }),
    'key_unknown',
    ['issuers', 'extra', 'isuer'],
  ],
  [
    'an unknown provider',
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
    'CLM-09 upper-case letters in the host',
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
    'LINT-01 a shared issuer under a profile of a dedicated issuer',
    withIssuer({ issuer: 'https://token.actions.githubusercontent.com' }),
    'issuer_invalid',
    ['issuers', 'extra', 'issuer'],
  ],
  [
    'LINT-01 gitlab.com as an instance of one owner',
    withIssuer({ provider: 'gitlab-self-managed', issuer: 'https://gitlab.com' }),
    'issuer_invalid',
    ['issuers', 'extra', 'issuer'],
  ],
  [
    'LINT-01 gitlab.com with a trailing slash',
    withIssuer({ provider: 'gitlab', issuer: 'https://gitlab.com/' }),
    'issuer_invalid',
    ['issuers', 'extra', 'issuer'],
  ],
  [
    'a provider named like a prototype',
    withIssuer({ provider: 'constructor' }),
    'provider_unknown',
    ['issuers', 'extra', 'provider'],
  ],
  [
    'ISS-03 the default issuer of every cluster, without keys',
    withIssuer({ provider: 'kubernetes', issuer: 'https://kubernetes.default.svc.cluster.local' }),
    'issuer_invalid',
    ['issuers', 'extra', 'issuer'],
  ],
  [
    'ISS-01 another path on the host of the gateway',
    withIssuer({ issuer: 'https://sts.example.com/other' }),
    'issuer_invalid',
    ['issuers', 'extra', 'issuer'],
  ],
  [
    'NET-03 an internal name with a port',
    withIssuer({ issuer: 'https://idp.corp.internal:8443/realm' }),
    'issuer_invalid',
    ['issuers', 'extra', 'issuer'],
  ],
  [
    'CLM-09 an explicit default port',
    withIssuer({ issuer: 'https://issuer.example.com:443' }),
    'issuer_invalid',
    ['issuers', 'extra', 'issuer'],
  ],
  [
    'CLM-09 ISS-06 a port with a leading zero',
    withIssuer({ issuer: 'https://issuer.example.com:0443' }),
    'issuer_invalid',
    ['issuers', 'extra', 'issuer'],
  ],
  [
    'CLM-09 ISS-06 an invalid port',
    withIssuer({ issuer: 'https://issuer.example.com:65536' }),
    'issuer_invalid',
    ['issuers', 'extra', 'issuer'],
  ],
  [
    'CLM-09 ISS-06 a segment of two dots',
    withIssuer({ issuer: 'https://issuer.example.com/a/../b' }),
    'issuer_invalid',
    ['issuers', 'extra', 'issuer'],
  ],
  [
    'CLM-09 ISS-06 a segment of encoded dots',
    withIssuer({ issuer: 'https://issuer.example.com/a/%2e%2E/b' }),
    'issuer_invalid',
    ['issuers', 'extra', 'issuer'],
  ],
  [
    'CLM-09 ISS-06 a letter that is encoded needlessly',
    withIssuer({ issuer: 'https://issuer.example.com/%62undle' }),
    'issuer_invalid',
    ['issuers', 'extra', 'issuer'],
  ],
  [
    'CLM-09 a query',
    withIssuer({ issuer: 'https://issuer.example.com?a=b' }),
    'issuer_invalid',
    ['issuers', 'extra', 'issuer'],
  ],
  [
    'an unknown key beside uploaded keys',
    withIssuer({ issuer: 'https://a.example', keys: { jwks: { keys: [] }, url: 'x' } }),
    'key_unknown',
    ['issuers', 'extra', 'keys', 'url'],
  ],
  [
    'uploaded keys that are not a list',
    withIssuer({ issuer: 'https://a.example', keys: { jwks: { keys: {} } } }),
    'type_wrong',
    ['issuers', 'extra', 'keys', 'jwks', 'keys'],
  ],
  [
    'an audience that is a list',
    withIssuer({ issuer: 'https://a.example', audience: ['a'] }),
    'type_wrong',
    ['issuers', 'extra', 'audience'],
  ],
  ['issuers that are a list', { ...good, issuers: [] }, 'type_wrong', ['issuers']],
  [
    'an issuer name with a space',
    { ...good, issuers: { ...good.issuers, 'a b': { provider: 'github-actions' } } },
    'name_invalid',
    ['issuers', 'a b'],
  ],
  [
    'a second issuer that differs only in a trailing slash',
    withIssuer({ issuer: 'https://oidc.cluster.example.com/' }),
    'issuer_repeated',
    ['issuers', 'extra'],
  ],
  [
    'a second bundle endpoint that differs only in a trailing slash',
    {
      ...good,
      issuers: {
        ...good.issuers,
        east: spiffe('east.example.org', 'https://bundle.example.org'),
        west: spiffe('west.example.org', 'https://bundle.example.org/'),
      },
    },
    'issuer_repeated',
    ['issuers', 'west', 'bundle_endpoint'],
  ],
  [
    'uploaded keys that include a private key',
    withIssuer({
      issuer: 'https://a.example',
      keys: { jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', d: 'AA' }] } },
    }),
    'keys_unusable',
    ['issuers', 'extra', 'keys', 'jwks'],
  ],
]

describe('refuses an issuer with', () => {
  it.each(rows)('%s', (_, document, code, path) => {
    expect(problemsOf(document)).toEqual([
      { code, path, message: expect.stringMatching(/^\S.*[^.]$/s) },
    ])
  })
})
