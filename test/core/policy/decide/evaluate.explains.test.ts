import { describe, expect, it } from 'vitest'
import type { RuleTrace } from '../../../../src/core/policy/decide/trace.ts'
import { allow, CLAIMS, decide, deny, OTHER } from '../support/decide.ts'

function explained(...asked: Parameters<typeof decide>): readonly RuleTrace[] {
  const decision = decide(...asked)
  expect(decision.kind).toBe('denied')
  if (decision.kind === 'granted') throw new Error(`granted by ${decision.rule.name}`)
  return 'trace' in decision.denial ? (decision.denial.trace ?? []) : []
}

const names = (traces: readonly RuleTrace[]) => traces.map(({ rule }) => rule)
const outcomes = (traces: readonly RuleTrace[]) =>
  traces.map(({ rule, outcome }) => `${rule}: ${outcome}`).toSorted()

/** A token of another organization. Only its issuer is the issuer of the rules. */
const STRANGER = {
  ...CLAIMS,
  sub: 'repo:evil/api:environment:production',
  repository_owner_id: '777',
  repository_owner: 'evil',
  repository_id: '1',
  repository: 'evil/api',
}
const HIDDEN = { ref: 'refs/heads/hidden' }

describe('a denial is explained', () => {
  it('EXC-10 to a token that meets the tenant conditions of a rule, only for that rule', () => {
    const theirs = { ...allow('theirs'), when: { repository_owner_id: '666', ...HIDDEN } }
    expect(names(explained([allow('ours', HIDDEN), theirs]))).toEqual(['ours'])
  })

  type Row = readonly [pinned: string, when: Readonly<Record<string, unknown>>]
  const rows: readonly Row[] = [
    ['an owner', { repository_owner_id: '4411' }],
    ['one of two owners', { repository_owner_id: ['4411', '4412'] }],
    ['an owner by name', { repository_owner: 'acme' }],
    ['a repository', { repository_id: '8123456' }],
    ['repositories of an owner', { repository: { glob: 'acme/*' } }],
    ['a subject', { sub: { glob: 'repo:acme/**' } }],
    [
      'a repository, and excludes an owner',
      { repository_owner_id: { not: '666' }, repository_id: '8123456' },
    ],
    [
      'a repository, and requires an owner',
      { repository_owner_id: { exists: true }, repository_id: '8123456' },
    ],
    [
      'a repository, and an owner by a glob that matches every owner',
      { repository_owner: { glob: '*' }, repository_id: '8123456' },
    ],
    [
      'an owner by id, and by a glob that matches every owner',
      { repository_owner_id: '4411', repository_owner: { glob: '**' } },
    ],
  ]
  it.each(rows)('EXC-10 to no other tenant, if the rule pins %s', (_, when) => {
    const rule = { ...allow('ours'), when: { ...when, ...HIDDEN } }
    expect(explained([rule], STRANGER)).toEqual([])
    const member = { ...CLAIMS, repository_owner: 'acme' }
    expect(names(explained([rule], member))).toEqual(['ours'])
  })

  it('to the whole tenant, if the rule also pins another project of it', () => {
    expect(names(explained([allow('ours', { repository_id: '999' })]))).toEqual(['ours'])
  })

  it('EXC-10 to no other tenant, if a deny rule excludes it', () => {
    expect(explained([deny('others', { repository_owner_id: { not: '4411' } })], STRANGER)).toEqual(
      [],
    )
  })

  it('to a token of a dedicated issuer that meets the conditions on its namespace', () => {
    const rule = (namespace: unknown) => ({
      ...allow('r'),
      when: { 'kubernetes.io.namespace': namespace, 'kubernetes.io.serviceaccount.name': 'other' },
    })
    const held = {
      sub: 'system:serviceaccount:payments:worker',
      'kubernetes.io': { namespace: 'payments', serviceaccount: { name: 'worker' } },
    }
    const told = (namespace: unknown) => names(explained([rule(namespace)], held, {}, 'kubernetes'))
    expect(told('payments')).toEqual(['r'])
    expect(told({ glob: 'pay*' })).toEqual(['r'])
    expect(told({ glob: '*' })).toEqual([])
    expect(told('billing')).toEqual([])
    expect(told({ not: 'billing' })).toEqual([])
  })
})

describe('an explanation', () => {
  it('names each condition with the expected and the presented value', () => {
    const conditions = {
      ref: 'refs/heads/x',
      environment: { exists: true },
      event_name: { not: ['push', 'pull_request'] },
      base_ref: ['main', 'next'],
      workflow_ref: { glob: 'acme/**' },
    }
    const claims = { ...CLAIMS, workflow_ref: 'x'.repeat(2049) }
    expect(explained([allow('r', conditions)], claims)).toEqual([
      {
        rule: 'r',
        outcome: 'condition_failed',
        conditions: [
          row('repository_owner_id', true, '"4411"', '"4411"'),
          row('ref', false, '"refs/heads/x"', '"refs/heads/main"'),
          row('environment', true, 'present', '"production"'),
          row('event_name', false, 'present and not "push" or "pull_request"', '"push"'),
          row('base_ref', false, '"main" or "next"', null),
          row('workflow_ref', false, 'like "acme/**"', 'an unreadable value'),
        ],
      },
    ])
  })

  it('describes a list, an object and a text that is too long, and never as one another', () => {
    const conditions = { ref: 'a', base_ref: 'a', actor: { not: 'a' }, sub: 'a' }
    const claims = { ...CLAIMS, ref: ['b', 'c'], base_ref: [], actor: {}, sub: 'x'.repeat(2049) }
    const [rule] = explained([allow('r', conditions)], claims)
    expect(rule?.conditions.map(({ claim, presented }) => [claim, presented]).slice(1)).toEqual([
      ['ref', 'a list of length 2'],
      ['base_ref', 'a list of length 0'],
      ['actor', 'an object'],
      ['sub', 'an unreadable value'],
    ])
  })

  it('says which rule has expired, was not named, denied, or lacks a scope', () => {
    const expired = allow('old', {}, {}, { expires: '2026-11-01' })
    const other = allow('other')
    expect(outcomes(explained([expired, other], CLAIMS, { rule: 'old' }))).toEqual([
      'old: expired',
      'other: not_named',
    ])
    expect(outcomes(explained([other], CLAIMS, { scopes: ['admin'] }))).toEqual([
      'other: scope_not_granted',
    ])
    const never = deny('never', { repository_id: '8123456' })
    expect(outcomes(explained([other, never]))).toEqual(['never: denied', 'other: matched'])
  })

  it('leaves out rules for other resources and deny rules that do not match', () => {
    const rules = [
      allow('elsewhere', {}, { resource: OTHER, scopes: ['read'] }),
      deny('never', { repository_id: '8123456', ref: 'refs/heads/x' }),
      allow('near', HIDDEN),
    ]
    expect(names(explained(rules))).toEqual(['near'])
  })

  it('lists at most ten rules, with the fewest failed conditions first', () => {
    const far = Array.from({ length: 30 }, (_, index) =>
      allow(`far-${index}`, { ref: 'x', environment: 'x', event_name: 'x' }),
    )
    const traces = explained([...far, allow('near', { ref: 'x' })])
    expect(traces).toHaveLength(10)
    expect(traces[0]?.rule).toBe('near')
  })
})

function row(claim: string, holds: boolean, expected: string, presented: string | null) {
  return { claim, holds, expected, presented }
}
