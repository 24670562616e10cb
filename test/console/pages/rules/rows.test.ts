/** The rows of the table of rules: use, findings, search, filters and order. */
import { describe, expect, test } from 'vitest'
import {
  judgeEnd,
  makeRows,
  type RuleQuery,
  selectRows,
} from '../../../../src/console/pages/rules/rows.ts'
import type { PostureFinding, PostureReport } from '../../../../src/contract/posture/report.ts'
import type { RuleSource } from '../../../../src/contract/trust-document.ts'

const NOW = Date.UTC(2026, 10, 29) / 1000
const DAY = 86_400

const allow = (name: string, owner: string, expires: string, more: object = {}): RuleSource => ({
  name,
  owner,
  expires,
  from: 'github',
  when: { repository_id: '1' },
  grant: { resource: 'https://api.example.com', scopes: ['deploy:read'] },
  ...more,
})

const RULES: readonly RuleSource[] = [
  allow('rule-10', 'platform@example.com', '2027-06-30', { description: 'The nightly build.' }),
  allow('rule-2', 'payments@example.com', '2026-12-05'),
  { name: 'never', effect: 'deny', from: 'gitlab', when: { ref_protected: 'false' } },
  allow('watch', 'platform@example.com', '2026-11-01', { mode: 'observe' }),
]

const finding = (name: string, severity: PostureFinding['severity']): PostureFinding => ({
  id: 'POS-04',
  severity,
  subject: { kind: 'rule', name },
  message: 'it ends',
  fix: 'Renew it.',
})

function report(state: PostureReport['usage']['state']): PostureReport {
  const right = { resource: 'https://api.example.com', scope: 'deploy:read', granted: 1 }
  return {
    at: NOW,
    revision: 1,
    unused_days: 30,
    findings: [
      finding('rule-2', 'info'),
      finding('rule-2', 'info'),
      finding('rule-10', 'warn'),
      { ...finding('rule-10', 'error'), subject: { kind: 'owner', name: 'rule-10' } },
    ],
    mapping: {},
    usage: {
      state,
      since: 0,
      rights: [
        { ...right, rule: 'rule-10', last_at: 5, outlived_seconds: null },
        { ...right, rule: 'rule-10', last_at: 9, outlived_seconds: null },
      ],
    },
  }
}

const ALL: RuleQuery = { search: '', filter: 'all', order: 'position', isReversed: false }
const names = (query: Partial<RuleQuery>, posture: PostureReport | undefined = report('on')) =>
  selectRows(makeRows(RULES, posture), { ...ALL, ...query }, NOW).map(({ name }) => name)

describe('a row', () => {
  test('has the last use of any right, and the findings about the rule itself', () => {
    const [row] = makeRows(RULES, report('on'))
    expect(row?.use).toEqual({ lastAt: 9 })
    expect(row?.findings.map(({ severity }) => severity)).toEqual(['warn'])
    expect(row?.position).toBe(1)
  })

  test('says that a rule was never used only if the use is known', () => {
    expect(makeRows(RULES, report('on'))[1]?.use).toEqual({ lastAt: undefined })
    expect(makeRows(RULES, report('off'))[1]?.use).toBeUndefined()
    expect(makeRows(RULES, undefined)[1]?.use).toBeUndefined()
  })

  test('has no end and no grant if the rule has none', () => {
    expect(makeRows(RULES, undefined)[2]).toMatchObject({
      effect: 'deny',
      endsAt: undefined,
      scopes: [],
      owner: '',
    })
  })
})

describe('the search', () => {
  test.each([
    ['a part of a name', 'rule-1', ['rule-10']],
    ['an owner in capitals', 'PAYMENTS', ['rule-2']],
    ['a description', 'nightly', ['rule-10']],
    ['all of its words', 'platform observe', []],
    ['a scope and an owner', 'deploy:read platform', ['rule-10', 'watch']],
  ])('finds %s', (_, search, expected) => {
    expect(names({ search })).toEqual(expected)
  })
})

describe('the filter', () => {
  test.each([
    ['allow', ['rule-10', 'rule-2']],
    ['deny', ['never']],
    ['observe', ['watch']],
    ['ending', ['rule-2', 'watch']],
    ['unused', ['rule-2']],
    ['findings', ['rule-10', 'rule-2']],
  ] as const)('%s keeps %j', (filter, expected) => {
    expect(names({ filter })).toEqual(expected)
  })

  test('unused finds nothing if the use is not known', () => {
    expect(names({ filter: 'unused' }, report('off'))).toEqual([])
  })
})

describe('the order', () => {
  test.each([
    ['name', ['never', 'rule-2', 'rule-10', 'watch']],
    ['from', ['rule-10', 'rule-2', 'watch', 'never']],
    ['owner', ['never', 'rule-2', 'rule-10', 'watch']],
    ['ends', ['watch', 'rule-2', 'rule-10', 'never']],
    ['used', ['rule-2', 'never', 'watch', 'rule-10']],
    ['findings', ['never', 'watch', 'rule-2', 'rule-10']],
  ] as const)('by %s', (order, expected) => {
    expect(names({ order })).toEqual(expected)
  })

  test('in reverse keeps equal rules in the order of the document', () => {
    expect(names({ order: 'from', isReversed: true })).toEqual([
      'never',
      'rule-10',
      'rule-2',
      'watch',
    ])
  })
})

test.each([
  [NOW, 'ended'],
  [NOW + DAY, 'soon'],
  [NOW + 31 * DAY, 'later'],
] as const)('an end at %i is %s', (endsAt, judged) => {
  expect(judgeEnd(endsAt, NOW)).toBe(judged)
})
