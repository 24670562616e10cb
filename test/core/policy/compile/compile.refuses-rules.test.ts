import { describe, expect, it } from 'vitest'
import { good, problemsOf, type Row, rule, withGrant, withRule } from '../support/documents.ts'

const rows: readonly Row[] = [
  ['an unknown key in a rule', withRule({ ownr: 'x' }), 'key_unknown', ['rules', 0, 'ownr']],
  [
    'ADM-15 an unknown key in a grant',
    withGrant({ scope: 'x' }),
    'key_unknown',
    ['rules', 0, 'grant', 'scope'],
  ],
  ['rules that are not a list', { ...good, rules: {} }, 'type_wrong', ['rules']],
  ['a rule without an owner', withRule({ owner: undefined }), 'type_wrong', ['rules', 0, 'owner']],
  [
    'a rule without an expiry',
    withRule({ expires: undefined }),
    'type_wrong',
    ['rules', 0, 'expires'],
  ],
  [
    'an expiry that is not a date',
    withRule({ expires: '2027-02-31' }),
    'value_invalid',
    ['rules', 0, 'expires'],
  ],
  [
    'a rule that has expired',
    withRule({ expires: '2026-01-01' }),
    'rule_expired',
    ['rules', 0, 'expires'],
  ],
  [
    'a duplicate rule name',
    { ...good, rules: [rule, rule] },
    'rule_repeated',
    ['rules', 1, 'name'],
  ],
  [
    'a rule with an undeclared issuer',
    withRule({ from: 'gitlab' }),
    'issuer_unknown',
    ['rules', 0, 'from'],
  ],
  ...[0, -1, 1.5, 10_001, '1', null].map(
    (grants): Row => [
      `a budget of ${grants}`,
      withGrant({ budget: { grants } }),
      typeof grants === 'number' && Number.isInteger(grants) ? 'value_invalid' : 'type_wrong',
      ['rules', 0, 'grant', 'budget', 'grants'],
    ],
  ),
  [
    'an unknown key in a budget',
    withGrant({ budget: { grants: 1, by: 'run_id' } }),
    'key_unknown',
    ['rules', 0, 'grant', 'budget', 'by'],
  ],
  [
    'another consequence of an excess',
    withGrant({ budget: { grants: 1, on_excess: 'log' } }),
    'value_invalid',
    ['rules', 0, 'grant', 'budget', 'on_excess'],
  ],
  [
    'REP-06 a budget by a claim that the provider does not have',
    withGrant({ budget: { per: 'check_run', grants: 1 } }),
    'claim_unknown',
    ['rules', 0, 'grant', 'budget', 'per'],
  ],
  [
    'an undeclared resource',
    withGrant({ resource: 'https://other.example' }),
    'resource_unknown',
    ['rules', 0, 'grant', 'resource'],
  ],
  [
    'IT-11 a scope that the resource does not have',
    withGrant({ scopes: ['admin'] }),
    'scope_unknown',
    ['rules', 0, 'grant', 'scopes', 0],
  ],
  [
    'MAP-01 a scope that a claim would fill',
    withGrant({ scopes: ['deploy:{ref}'] }),
    'scope_unknown',
    ['rules', 0, 'grant', 'scopes', 0],
  ],
  [
    'a duplicate scope',
    withGrant({ scopes: ['deploy:read', 'deploy:read'] }),
    'scope_repeated',
    ['rules', 0, 'grant', 'scopes', 1],
  ],
  [
    'a lifetime above the maximum of the resource',
    withGrant({ lifetime: '20m' }),
    'lifetime_above_ceiling',
    ['rules', 0, 'grant', 'lifetime'],
  ],
  [
    'a lifetime of a few seconds',
    withGrant({ lifetime: '5s' }),
    'lifetime_too_short',
    ['rules', 0, 'grant', 'lifetime'],
  ],
  [
    'an unknown replay mode',
    withGrant({ replay: 'twice' }),
    'value_invalid',
    ['rules', 0, 'grant', 'replay'],
  ],
  [
    'MAP-02 a claim that only the gateway sets',
    withGrant({ claims: { sub: '{ref}' } }),
    'claim_reserved',
    ['rules', 0, 'grant', 'claims', 'sub'],
  ],
  ...['acr', 'amr', 'auth_time'].map(
    (name): Row => [
      `MAP-02 IT-18 the claim ${name} about a sign-in that the rule did not see`,
      withGrant({ claims: { [name]: 'x' } }),
      'claim_reserved',
      ['rules', 0, 'grant', 'claims', name],
    ],
  ),
  [
    'MAP-05 a template without a separator',
    withGrant({ subject: '{repository_id}{ref}' }),
    'template_invalid',
    ['rules', 0, 'grant', 'subject'],
  ],
  [
    'a template with an unknown claim',
    withGrant({ subject: '{reff}' }),
    'template_invalid',
    ['rules', 0, 'grant', 'subject'],
  ],
  [
    'a template with an unknown filter',
    withGrant({ subject: '{ref|md5}' }),
    'template_invalid',
    ['rules', 0, 'grant', 'subject'],
  ],
  [
    'RULE-01 an unknown effect',
    withRule({ effect: 'observe' }),
    'value_invalid',
    ['rules', 0, 'effect'],
  ],
  ['a grant in a deny rule', withRule({ effect: 'deny' }), 'key_unknown', ['rules', 0, 'grant']],
  [
    'MAP-02 a claim of the issued token named like a prototype',
    withGrant({ claims: { constructor: '{ref}' } }),
    'claim_reserved',
    ['rules', 0, 'grant', 'claims', 'constructor'],
  ],
  [
    'an issuer named like a prototype',
    withRule({ from: 'constructor' }),
    'issuer_unknown',
    ['rules', 0, 'from'],
  ],
  [
    'a resource named like a prototype',
    withGrant({ resource: 'constructor' }),
    'resource_unknown',
    ['rules', 0, 'grant', 'resource'],
  ],
  ['a rule that is null', { ...good, rules: [null] }, 'type_wrong', ['rules', 0]],
  [
    'scopes as one text',
    withGrant({ scopes: 'deploy:read' }),
    'type_wrong',
    ['rules', 0, 'grant', 'scopes'],
  ],
  ['an expiry as a number', withRule({ expires: 20270331 }), 'type_wrong', ['rules', 0, 'expires']],
  [
    'an expiry in another time zone',
    withRule({ expires: '2027-03-31T00:00:00+02:00' }),
    'value_invalid',
    ['rules', 0, 'expires'],
  ],
  [
    'ADM-13 an owner with a bidirectional mark',
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

describe('refuses a rule with', () => {
  it.each(rows)('%s', (_, document, code, path) => {
    expect(problemsOf(document)).toEqual([
      { code, path, message: expect.stringMatching(/^\S.*[^.]$/s) },
    ])
  })
})
