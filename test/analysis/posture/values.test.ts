import { describe, expect, it } from 'vitest'
import { findWideConditions } from '../../../src/analysis/posture/values.ts'
import type { DecisionRecord } from '../../../src/contract/decisions/record.ts'
import { API, compile, documentOf, NOW, rule } from './world.ts'

const when = {
  repository_owner_id: '1234567',
  repository_id: '456789012',
  ref: { glob: 'refs/heads/**' },
  event_name: ['push', 'workflow_dispatch'],
}
const record = (claims: object, change: Partial<DecisionRecord> = {}): DecisionRecord => ({
  ...{ v: 1, id: 'dec_1', at: NOW * 1000, outcome: 'granted', rule: 'deploy', resource: API },
  issuer: 'github',
  claims: { ref: 'refs/heads/main', event_name: 'push', ...claims },
  ...change,
})
const tokens = (count: number, claims: (index: number) => object = () => ({})) =>
  Array.from({ length: count }, (_, index) => record(claims(index)))

function find(records: readonly DecisionRecord[], conditions: object = when) {
  const document = documentOf(rule('deploy', { when: conditions }))
  return findWideConditions({ trust: compile(document), document, at: NOW, records })
}

describe('a condition that is wider than its use', () => {
  it('comes with the rule that pins what was presented', () => {
    expect(find(tokens(10))).toEqual([
      {
        ...{ id: 'POS-16', severity: 'info', subject: { kind: 'rule', name: 'deploy' } },
        path: ['rules', 0],
        message: 'in 10 recorded tokens, ref was only refs/heads/main; event_name was only push',
        fix: expect.stringContaining('Pin these values'),
        narrower: rule('deploy', { when: { ...when, ref: 'refs/heads/main', event_name: 'push' } }),
      },
    ])
  })

  it('lists several values, as a document does', () => {
    const [finding] = find(tokens(10, (index) => ({ ref: `refs/heads/r${index % 2}` })))
    expect(finding?.narrower?.when).toMatchObject({ ref: ['refs/heads/r0', 'refs/heads/r1'] })
  })

  it.each<[string, readonly DecisionRecord[]]>([
    ['too few tokens', tokens(9)],
    ['tokens of another rule', tokens(10).map((one) => ({ ...one, rule: 'other' }))],
    ['tokens for another resource', tokens(10).map((one) => ({ ...one, resource: 'https://x' }))],
    ['claims that one record lacks', [...tokens(9), record({}, { claims: {} })]],
    [
      'too many values, and every listed value',
      tokens(12, (index) => ({
        ref: `refs/heads/r${index}`,
        event_name: index % 2 === 0 ? 'push' : 'workflow_dispatch',
      })),
    ],
  ])('is not found with %s', (_, records) => {
    expect(find(records)).toEqual([])
  })

  it('ignores tokens that only an earlier version of the rule could grant', () => {
    const events = { ...when, event_name: ['push', 'schedule', 'workflow_dispatch'] }
    const old = tokens(10, () => ({ event_name: 'release' }))
    const foreign = tokens(10, () => ({ ref: 'refs/heads/other' })).map((one) => ({
      ...one,
      issuer: 'former',
    }))
    expect(find([...old, ...foreign], events)).toEqual([])
    const [finding] = find([...old, ...foreign, ...tokens(10)], events)
    expect(finding?.message).toContain('in 10 recorded tokens, ref was only refs/heads/main')
    expect(finding?.narrower?.when).toEqual({
      ...when,
      ...{ ref: 'refs/heads/main', event_name: 'push' },
    })
  })

  it('pins no value that is too long for a document', () => {
    const ref = (characters: number) => `refs/heads/${'x'.repeat(characters - 11)}`
    const [pinned] = find(tokens(10, () => ({ ref: ref(256) })))
    expect(pinned?.narrower?.when.ref).toBe(ref(256))
    const [finding] = find(tokens(10, () => ({ ref: ref(257) })))
    expect(finding?.narrower?.when).toEqual({ ...when, event_name: 'push' })
  })

  it('reads the subject, and folds the case that the platform ignores', () => {
    const conditions = {
      ...when,
      sub: { glob: 'repo:acme/*:**' },
      repository: ['Acme/API', 'acme/x'],
    }
    const records = tokens(10, (index) => ({
      repository: index % 2 === 0 ? 'ACME/api' : 'acme/api',
    }))
    const own = records.map((one) => ({ ...one, subject: 'repo:acme/api:ref:refs/heads/main' }))
    const [finding] = find(own, conditions)
    expect(finding?.message).toContain('sub was only repo:acme/api:ref:refs/heads/main')
    expect(finding?.message).toContain('repository was only acme/api')
  })
})
