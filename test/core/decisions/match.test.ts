import { describe, expect, it } from 'vitest'
import type { DecisionRecord } from '../../../src/contract/decisions/record.ts'
import { comparePositions, listTexts, matchesFilter } from '../../../src/core/decisions/match.ts'

const RECORD: DecisionRecord = {
  v: 1,
  id: 'dec_BQEjRWeJqwAAAAAAAAAAAA',
  at: 1000,
  outcome: 'denied',
  reason: 'no_rule_matched',
  issuer: 'ci',
  subject: 'repo:a/b',
  rule: 'deploy',
  resource: 'https://api.test',
  token_id: 'jti-1',
  claims: { ref: 'main', run: 7, groups: ['a', 'b'], nested: { deep: true }, none: null },
}

describe('a filter', () => {
  it.each([
    [{}],
    [{ from: 1000 }],
    [{ to: 1001 }],
    [{ issuer: 'ci', subject: 'repo:a/b', rule: 'deploy', resource: 'https://api.test' }],
    [{ outcome: 'denied', reason: 'no_rule_matched', token_id: 'jti-1' }],
    [{ claims: [{ path: ['ref'], value: 'main' }] }],
    [{ claims: [{ path: ['run'], value: '7' }] }],
    [{ claims: [{ path: ['groups'], value: 'b' }] }],
    [{ claims: [{ path: ['nested', 'deep'], value: 'true' }] }],
  ] as const)('matches %j', (filter) => expect(matchesFilter(RECORD, filter as never)).toBe(true))

  it.each([
    [{ from: 1001 }],
    [{ to: 1000 }],
    [{ issuer: 'CI' }],
    [{ rule: 'deploy2' }],
    [{ subject: 'repo:a' }],
    [{ resource: 'https://api.test/' }],
    [{ outcome: 'granted' }],
    [{ reason: 'rule_denied' }],
    [{ token_id: 'jti' }],
    [{ claims: [{ path: ['ref'], value: 'Main' }] }],
    [{ claims: [{ path: ['absent'], value: 'undefined' }] }],
    [{ claims: [{ path: ['none'], value: 'null' }] }],
    [{ claims: [{ path: ['nested'], value: '[object Object]' }] }],
    [{ claims: [{ path: ['constructor', 'name'], value: 'Object' }] }],
    [
      {
        claims: [
          { path: ['ref'], value: 'main' },
          { path: ['run'], value: '8' },
        ],
      },
    ],
  ] as const)('does not match %j', (filter) =>
    expect(matchesFilter(RECORD, filter as never)).toBe(false),
  )
})

it.each([
  [{ asked: { resource: 'https://api.test' } }, true],
  [{ asked: { resource: 'https://other.test' } }, false],
  [{ asked: { resource: 'https://api.test' }, resource: 'https://other.test' }, false],
  [{ asked: { unknown: ['resource'] } }, false],
] as const)('a filter by resource finds %j: %s', (members, isFound) => {
  const { resource: _, ...rest } = RECORD
  const record = { ...rest, ...members } as DecisionRecord
  const filter = { resource: 'https://api.test' }
  expect(matchesFilter(record, filter)).toBe(isFound)
  if (isFound) for (const text of listTexts(filter)) expect(JSON.stringify(record)).toContain(text)
})

describe('the texts of a filter', () => {
  const hostile = 'a"b\\c\n\u2028\ud800é'

  it.each([
    [{ issuer: 'ci', subject: 'repo:a/b', rule: 'deploy', resource: 'https://api.test' }],
    [{ outcome: 'denied', reason: 'no_rule_matched', token_id: 'jti-1' }],
    [{ subject: hostile }],
    [{ actor: hostile }],
    [{ claims: [{ path: ['ref'], value: hostile }] }],
    [{ claims: [{ path: ['run'], value: '1e+21' }] }],
    [{ claims: [{ path: ['zero'], value: '0' }] }],
    [{ claims: [{ path: ['nested', 'deep'], value: 'true' }] }],
    [{ claims: [{ path: ['groups'], value: 'b' }] }],
  ] as const)('are in every record that matches %j', (filter) => {
    const texts = listTexts(filter as never)
    const record = {
      ...RECORD,
      actor: { subject: hostile },
      claims: { ...(RECORD.claims as object), ref: hostile, run: 1e21, zero: -0 },
      ...('subject' in filter ? { subject: filter.subject } : {}),
    } as unknown as DecisionRecord
    const line = JSON.stringify(record)
    expect(matchesFilter(record, filter as never)).toBe(true)
    expect(texts).not.toEqual([])
    expect(texts.filter((text) => !line.includes(text))).toEqual([])
  })

  it('tell a rule from another one whose name it begins', () => {
    const line = JSON.stringify(RECORD)
    expect(listTexts({ rule: 'dep' }).every((text) => line.includes(text))).toBe(false)
  })
})

describe('the order of pages', () => {
  it('is the newest first, then by id, and total', () => {
    const a = { at: 2, id: 'a' }
    const b = { at: 2, id: 'b' }
    const late = { at: 3, id: 'a' }
    expect([a, late, b].sort(comparePositions)).toEqual([late, b, a])
    expect(comparePositions(a, { ...a })).toBe(0)
  })
})
