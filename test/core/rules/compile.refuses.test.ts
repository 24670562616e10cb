import { describe, expect, it } from 'vitest'
import { compilePolicy, compileTrust } from '../../../src/core/rules/compile.ts'
import { CEILINGS } from '../../support/core-world.ts'

const NOW = 1_795_000_000
const API = 'https://api.example.com'

type Json = Record<string, unknown>

const rule = {
  name: 'deploy',
  owner: 'platform@example.com',
  expires: '2027-03-31',
  from: 'github',
  when: { repository_owner_id: '4411' },
  grant: { resource: API, scopes: ['deploy:read'], lifetime: '10m' },
}

const good = {
  version: 1,
  issuers: {
    github: { provider: 'github-actions' },
    cluster: { provider: 'kubernetes', issuer: 'https://oidc.cluster.example.com' },
  },
  resources: { [API]: { scopes: ['deploy:read', 'deploy:write'], max_lifetime: '15m' } },
  rules: [rule],
}

const withRule = (change: Json): Json => ({ ...good, rules: [{ ...rule, ...change }] })
const withGrant = (change: Json) => withRule({ grant: { ...rule.grant, ...change } })
const withWhen = (when: Json) => withRule({ when })
const withIssuer = (change: Json) => ({
  ...good,
  issuers: { ...good.issuers, extra: { provider: 'generic-oidc', ...change } },
})
const withResource = (change: Json) => ({
  ...good,
  resources: { [API]: { ...good.resources[API], ...change } },
})
const owner = { repository_owner_id: '4411' }

function problemsOf(document: unknown, ceilings = CEILINGS) {
  const result = compileTrust(document, ceilings, { admitAt: NOW })
  return 'problems' in result ? result.problems : []
}

type Row = readonly [
  name: string,
  document: unknown,
  code: string,
  path: readonly (string | number)[],
]

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
  ['an unknown key in a rule', withRule({ ownr: 'x' }), 'key_unknown', ['rules', 0, 'ownr']],
  [
    'an unknown key in a grant',
    withGrant({ scope: 'x' }),
    'key_unknown',
    ['rules', 0, 'grant', 'scope'],
  ],
  ['rules that are no list', { ...good, rules: {} }, 'type_wrong', ['rules']],
  ['a rule without an owner', withRule({ owner: undefined }), 'type_wrong', ['rules', 0, 'owner']],
  [
    'a rule without an end',
    withRule({ expires: undefined }),
    'type_wrong',
    ['rules', 0, 'expires'],
  ],
  ['a rule without conditions', withWhen({}), 'value_invalid', ['rules', 0, 'when']],
  [
    'an end that is no day',
    withRule({ expires: '2027-02-31' }),
    'value_invalid',
    ['rules', 0, 'expires'],
  ],
  [
    'a rule that has ended',
    withRule({ expires: '2026-01-01' }),
    'rule_expired',
    ['rules', 0, 'expires'],
  ],
  ['a rule name twice', { ...good, rules: [rule, rule] }, 'rule_repeated', ['rules', 1, 'name']],
  ['a rule from nobody', withRule({ from: 'gitlab' }), 'issuer_unknown', ['rules', 0, 'from']],
  [
    'a resource nobody has',
    withGrant({ resource: 'https://other.example' }),
    'resource_unknown',
    ['rules', 0, 'grant', 'resource'],
  ],
  [
    'a scope the resource lacks',
    withGrant({ scopes: ['admin'] }),
    'scope_unknown',
    ['rules', 0, 'grant', 'scopes', 0],
  ],
  [
    'a lifetime above the resource',
    withGrant({ lifetime: '20m' }),
    'lifetime_above_ceiling',
    ['rules', 0, 'grant', 'lifetime'],
  ],
  [
    'a lifetime of seconds',
    withGrant({ lifetime: '5s' }),
    'lifetime_too_short',
    ['rules', 0, 'grant', 'lifetime'],
  ],
  [
    'a resource above the ceiling',
    withResource({ max_lifetime: '2h' }),
    'lifetime_above_ceiling',
    ['resources', API, 'max_lifetime'],
  ],
  ['replay: once', withGrant({ replay: 'once' }), 'not_supported', ['rules', 0, 'grant', 'replay']],
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
    'MAP-02 a claim that only the gateway writes',
    withGrant({ claims: { sub: '{ref}' } }),
    'claim_reserved',
    ['rules', 0, 'grant', 'claims', 'sub'],
  ],
  [
    'MAP-05 a template without a separator',
    withGrant({ subject: '{repository_id}{ref}' }),
    'template_invalid',
    ['rules', 0, 'grant', 'subject'],
  ],
  [
    'a template of an unknown claim',
    withGrant({ subject: '{reff}' }),
    'template_invalid',
    ['rules', 0, 'grant', 'subject'],
  ],
  [
    'a template with another filter',
    withGrant({ subject: '{ref|md5}' }),
    'template_invalid',
    ['rules', 0, 'grant', 'subject'],
  ],
  [
    'a claim that is misspelt',
    withWhen({ ...owner, repositoryid: '1' }),
    'claim_unknown',
    ['rules', 0, 'when', 'repositoryid'],
  ],
  [
    'a number where the claim is text',
    withWhen({ ...owner, repository_id: 4411 }),
    'condition_impossible',
    ['rules', 0, 'when', 'repository_id'],
  ],
  [
    'an empty value',
    withWhen({ ...owner, ref: '' }),
    'condition_impossible',
    ['rules', 0, 'when', 'ref'],
  ],
  [
    'a required claim that must be absent',
    withWhen({ ...owner, repository_id: { exists: false } }),
    'condition_impossible',
    ['rules', 0, 'when', 'repository_id'],
  ],
  [
    'three stars',
    withWhen({ ...owner, ref: { glob: 'a***' } }),
    'condition_impossible',
    ['rules', 0, 'when', 'ref'],
  ],
  [
    'LINT-01 a shared issuer and nobody named',
    withWhen({ ref: 'refs/heads/main' }),
    'tenant_not_pinned',
    ['rules', 0, 'when'],
  ],
  [
    'LINT-02 a glob that names nobody',
    withWhen({ repository: { glob: '*/api' } }),
    'tenant_not_pinned',
    ['rules', 0, 'when'],
  ],
  [
    'LINT-03 a subject of everybody',
    withWhen({ sub: { glob: 'repo:**' } }),
    'tenant_not_pinned',
    ['rules', 0, 'when'],
  ],
  [
    'a tenant that is only excluded',
    withWhen({ repository_owner_id: { not: '666' } }),
    'tenant_not_pinned',
    ['rules', 0, 'when'],
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
  [
    'ADM-13 a name that reads backwards',
    withRule({ owner: 'plat\u202eform' }),
    'value_invalid',
    ['rules', 0, 'owner'],
  ],
  [
    'a line break in a description',
    withRule({ description: 'a\nb' }),
    'value_invalid',
    ['rules', 0, 'description'],
  ],
  [
    'a rule named like a prototype',
    withRule({ name: '__proto__' }),
    'value_invalid',
    ['rules', 0, 'name'],
  ],
]

describe('a document is refused', () => {
  it('not at all as it stands', () => {
    expect(problemsOf(good)).toEqual([])
  })

  it.each(rows)('for %s', (_, document, code, path) => {
    expect(problemsOf(document)).toEqual([
      { code, path, message: expect.stringMatching(/^\S.*[^.]$/s) },
    ])
  })

  it('with what was perhaps meant by a misspelt claim', () => {
    const [problem] = problemsOf(withWhen({ ...owner, repositoryid: '1' }))
    expect(problem?.message).toContain('did you mean "repository_id"?')
  })

  it('for a rule that ends beyond the ceiling of the deployment', () => {
    const ceilings = { ...CEILINGS, maxRuleExpirySeconds: 90 * 86_400 }
    expect(problemsOf(good, ceilings)).toMatchObject([{ code: 'expiry_above_ceiling' }])
  })

  it('for loopback issuers, unless they are allowed', () => {
    const local = withIssuer({ issuer: 'http://127.0.0.1:7600/a' })
    expect(problemsOf(local)).toEqual([])
    const problems = problemsOf(local, { ...CEILINGS, localIssuers: false })
    expect(problems).toMatchObject([{ code: 'issuer_invalid' }])
  })

  it('with every problem at once, and a count beyond a hundred', () => {
    const rules = Array.from({ length: 150 }, (_, index) => ({
      ...rule,
      name: `r${index}`,
      from: 'nobody',
    }))
    const problems = problemsOf({ ...good, rules })
    expect(problems).toHaveLength(101)
    expect(problems.at(-1)).toMatchObject({
      code: 'more_problems',
      message: 'and 50 more problems',
    })
  })

  const shapes: readonly (readonly [string, string])[] = [
    ['10,000 nested lists', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    [
      '10,000 nested conditions',
      `{"version":1,"rules":[{"when":${'{"not":'.repeat(10_000)}1${'}'.repeat(10_000)}}]}`,
    ],
    ['null', 'null'],
    ['a number', '1'],
    ['a text', '"x"'],
    ['prototype names', '{"version":1,"__proto__":{"issuers":{}},"constructor":{}}'],
  ]
  it.each(shapes)('and never crashes on %s', (_, json) => {
    expect(problemsOf(JSON.parse(json)).length).toBeGreaterThan(0)
  })

  it('never by changing it', () => {
    const frozen = JSON.stringify(good)
    compileTrust(good, CEILINGS)
    expect(JSON.stringify(good)).toBe(frozen)
  })
})

describe('a stored document', () => {
  it('is still read when one of its rules has ended since', () => {
    const result = compileTrust(withRule({ expires: '2026-01-01' }), CEILINGS)
    expect(result).toHaveProperty('trust')
  })
})

describe('a deploy-time policy', () => {
  const policy = {
    issuers: { github: { provider: 'github-actions' } },
    rules: [{ ...rule, grant: { scopes: ['trust:write'] } }],
  }
  it('grants admin scopes of the gateway itself', () => {
    const result = compilePolicy(policy, CEILINGS)
    expect('trust' in result && [...result.trust.resources.keys()]).toContain(
      'https://sts.example.com',
    )
  })

  it.each([
    ['resources of its own', { ...policy, resources: { [API]: { scopes: ['a'] } } }],
    [
      'scopes of no admin API',
      { ...policy, rules: [{ ...rule, grant: { scopes: ['deploy:read'] } }] },
    ],
    ['another resource', { ...policy, rules: [rule] }],
  ])('has no %s', (_, document) => {
    expect(compilePolicy(document, CEILINGS)).toHaveProperty('problems')
  })
})
