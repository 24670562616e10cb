import { describe, expect, it } from 'vitest'
import { owner, problemsOf, type Row, withWhen } from '../support/documents.ts'

const rows: readonly Row[] = [
  ['a rule without conditions', withWhen({}), 'value_invalid', ['rules', 0, 'when']],
  [
    'a misspelt claim',
    withWhen({ ...owner, repositoryid: '1' }),
    'claim_unknown',
    ['rules', 0, 'when', 'repositoryid'],
  ],
  [
    'a number for a text claim',
    withWhen({ ...owner, repository_id: 4411 }),
    'condition_impossible',
    ['rules', 0, 'when', 'repository_id'],
  ],
  [
    'a number for a text claim, in a list',
    withWhen({ ...owner, ref: ['a', 1] }),
    'condition_impossible',
    ['rules', 0, 'when', 'ref'],
  ],
  [
    'a boolean for a text claim, under not',
    withWhen({ ...owner, ref_protected: { not: true } }),
    'condition_impossible',
    ['rules', 0, 'when', 'ref_protected'],
  ],
  [
    'a glob for a number claim',
    withWhen({ ...owner, exp: { glob: '1*' } }),
    'condition_impossible',
    ['rules', 0, 'when', 'exp'],
  ],
  [
    'CLM-13 a number beyond 2^53',
    withWhen({ ...owner, exp: 2 ** 53 }),
    'condition_impossible',
    ['rules', 0, 'when', 'exp'],
  ],
  [
    'CLM-11 a value with a line break',
    withWhen({ ...owner, ref: 'main\nevil' }),
    'condition_impossible',
    ['rules', 0, 'when', 'ref'],
  ],
  [
    'RULE-01 an unknown operator',
    withWhen({ ...owner, ref: { includes: 'main' } }),
    'type_wrong',
    ['rules', 0, 'when', 'ref'],
  ],
  [
    'RULE-06 a regular expression',
    withWhen({ ...owner, ref: { matches: '^main$' } }),
    'type_wrong',
    ['rules', 0, 'when', 'ref'],
  ],
  [
    'RULE-01 two operators at once',
    withWhen({ ...owner, ref: { not: 'a', glob: 'b*' } }),
    'type_wrong',
    ['rules', 0, 'when', 'ref'],
  ],
  [
    'RULE-22 an empty list',
    withWhen({ ...owner, ref: [] }),
    'value_invalid',
    ['rules', 0, 'when', 'ref'],
  ],
  [
    'RULE-22 not without a value',
    withWhen({ ...owner, ref: { not: [] } }),
    'value_invalid',
    ['rules', 0, 'when', 'ref', 'not'],
  ],
  [
    'a condition that is null',
    withWhen({ ...owner, ref: null }),
    'type_wrong',
    ['rules', 0, 'when', 'ref'],
  ],
  [
    'a claim named like a prototype',
    withWhen({ ...owner, constructor: 'x' }),
    'claim_unknown',
    ['rules', 0, 'when', 'constructor'],
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
    'LINT-01 a shared issuer and no tenant condition',
    withWhen({ ref: 'refs/heads/main' }),
    'tenant_not_pinned',
    ['rules', 0, 'when'],
  ],
  [
    'LINT-02 a glob that names no tenant',
    withWhen({ repository: { glob: '*/api' } }),
    'tenant_not_pinned',
    ['rules', 0, 'when'],
  ],
  [
    'LINT-03 a subject that any repository can have',
    withWhen({ sub: 'ref:refs/heads/main' }),
    'tenant_not_pinned',
    ['rules', 0, 'when'],
  ],
  [
    'LINT-03 a glob of subjects that any repository can have',
    withWhen({ sub: { glob: 'ref:refs/heads/**' } }),
    'tenant_not_pinned',
    ['rules', 0, 'when'],
  ],
  [
    'LINT-03 one subject with a tenant and one without',
    withWhen({ sub: ['repo:acme/api:ref:refs/heads/main', 'ref:refs/heads/main'] }),
    'tenant_not_pinned',
    ['rules', 0, 'when'],
  ],
  [
    'LINT-03 a glob that matches every subject',
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
]

describe('refuses a condition with', () => {
  it.each(rows)('%s', (_, document, code, path) => {
    expect(problemsOf(document)).toEqual([
      { code, path, message: expect.stringMatching(/^\S.*[^.]$/s) },
    ])
  })
})
