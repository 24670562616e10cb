import { describe, expect, it } from 'vitest'
import {
  good,
  owner,
  problemsOf,
  type Row,
  rule,
  withGrant,
  withRule,
  withWhen,
} from './support/documents.ts'

const rows: readonly Row[] = [
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
  ['replay: once', withGrant({ replay: 'once' }), 'not_supported', ['rules', 0, 'grant', 'replay']],
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

describe('a rule is refused for', () => {
  it.each(rows)('%s', (_, document, code, path) => {
    expect(problemsOf(document)).toEqual([
      { code, path, message: expect.stringMatching(/^\S.*[^.]$/s) },
    ])
  })
})
