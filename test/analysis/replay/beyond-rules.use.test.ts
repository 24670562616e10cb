/** A replay of tokens that were used before, and of jobs that had all tokens of their budget. */
import { describe, expect, it } from 'vitest'
import { describeResult } from '../../../src/analysis/replay/describe.ts'
import { createReplay, type ReplayReport } from '../../../src/analysis/replay/replay.ts'
import type { DecisionRecord } from '../../../src/contract/decisions/record.ts'
import { compileTrust } from '../../../src/core/policy/compile/compile.ts'
import { CEILINGS } from '../../support/core-world.ts'

type Json = Readonly<Record<string, unknown>>

const API = 'https://api.example.com'
const AT = Date.parse('2026-11-20T12:00:00Z')

function compile(grant: Json, change: Json = {}) {
  const rule = {
    ...{ name: 'deploy', owner: 'platform@example.com', expires: '2099-12-31', from: 'github' },
    when: { repository_id: '1' },
    grant: { resource: API, scopes: ['read'], lifetime: '10m', replay: 'reuse', ...grant },
    ...change,
  }
  const document = {
    version: 1,
    issuers: { github: { provider: 'github-actions' } },
    resources: { [API]: { scopes: ['read'] } },
    rules: [rule],
  }
  const result = compileTrust(document, CEILINGS)
  if ('problems' in result) throw new Error(JSON.stringify(result.problems))
  return result.trust
}

const record = (change: Partial<DecisionRecord>): DecisionRecord => ({
  ...{ v: 1, id: 'dec_0000000000000000000000', at: AT, revision: 7 },
  ...{ outcome: 'granted', rule: 'deploy', resource: API },
  ...{ issuer: 'github', issuer_url: 'https://token.actions.githubusercontent.com' },
  ...{ subject: 'repo:acme/api', asked: { resource: API } },
  claims: { repository_id: '1', run_id: '5', check_run_id: '6' },
  ...change,
})
const used = (replay: string) =>
  record({ outcome: 'denied', reason: 'token_used', facts: { replay } })
const spent = { per: 'check_run_id', grants: 2, used: 2, excess: 'first' } as const
const refused = record({
  ...{ outcome: 'denied', reason: 'budget_exceeded', budget: spent },
  facts: { per: 'check_run_id', grants: 2 },
})
const excused = record({ budget: spent })

type Trust = ReturnType<typeof compile>

function replay(inForce: Trust, proposed: Trust, ...records: DecisionRecord[]): ReplayReport {
  const started = createReplay({
    ...{ inForce, proposed, revision: 7, at: AT / 1000 + 60 },
    gatewayIssuer: CEILINGS.gatewayIssuer,
  })
  for (const one of records) started.add(one)
  return started.report()
}

function judge(before: Trust, after: Trust, one: DecisionRecord): string {
  const { gains, loses, changes, inexact } = replay(before, after, one)
  if (inexact.decisions > 0) return `lacks ${Object.keys(inexact.missing).join(', ')}`
  const found = Object.entries({ gains, loses, changes }).filter(([, list]) => list.decisions > 0)
  return found.map(([kind]) => kind).join(' and ') || 'same'
}

describe('a replay of a token that was used before', () => {
  const once = compile({ replay: 'once' })
  it.each<[string, Trust, Trust, string, string]>([
    ['is a gain without the limit', once, compile({}), 'once', 'gains'],
    ['is no difference with it', once, compile({ replay: 'once', claims: {} }), 'once', 'same'],
    ['is no loss without a rule', once, compile({}, { mode: 'observe' }), 'once', 'same'],
    [
      'is not known under another limit',
      ...([once, compile({ replay: 'once_per_resource' })] as const),
      ...(['once', 'lacks whether the token was used before'] as const),
    ],
    ['is judged by the rule in force', compile({}), once, 'once', 'loses'],
  ])('%s', (_, before, after, mode, expected) => {
    expect(judge(before, after, used(mode))).toBe(expected)
  })

  it('names how often a token may be exchanged, where only that differs', () => {
    const { changes, gains } = replay(once, compile({}), record({}), used('once'))
    const texts = [...changes.identities, ...gains.identities].map(({ before, after }) =>
      [before, after].map(describeResult),
    )
    const granted = 'granted by deploy: read, 600 s, as github:repo:acme/api'
    expect(texts).toEqual([
      [`${granted}, replay: once`, `${granted}, replay: reuse`],
      ['denied: token_used', granted],
    ])
  })

  it('proves that the rule matched, also by claims that are not recorded', () => {
    const when = { repository_id: '1', actor: 'ada' }
    const [before, after] = [compile({ replay: 'once' }, { when }), compile({}, { when })]
    expect(judge(before, after, used('once'))).toBe('gains')
  })
})

describe('a replay of a job that had all tokens of its budget', () => {
  const two = compile({ budget: { grants: 2 } })
  const alerting = compile({ budget: { grants: 2, on_excess: 'alert' } })
  it.each<[string, Trust, Trust, DecisionRecord, string]>([
    ['is a gain without the budget', two, compile({}), refused, 'gains'],
    ['is a gain if the excess is only an alert', two, alerting, refused, 'gains'],
    ['is no difference with the same one', two, two, refused, 'same'],
    [
      'is no difference with a smaller one',
      two,
      compile({ budget: { grants: 1 } }),
      refused,
      'same',
    ],
    ['is a loss if the excess was only an alert', alerting, two, excused, 'loses'],
    ...[{ budget: { grants: 3 } }, { budget: { grants: 2, per: 'run_id' } }].map(
      (grant): [string, Trust, Trust, DecisionRecord, string] => [
        `is not known with ${JSON.stringify(grant.budget)}`,
        ...([two, compile(grant), refused, 'lacks how many tokens the job had'] as const),
      ],
    ),
    [
      'is not known under a rule with another name, which begins a new count',
      ...([two, compile({ budget: { grants: 2 } }, { name: 'ship' })] as const),
      ...([refused, 'lacks how many tokens the job had'] as const),
    ],
  ])('%s', (_, before, after, one, expected) => {
    expect(judge(before, after, one)).toBe(expected)
  })

  it('needs the claim that names the job, which not every record has', () => {
    const by = (on_excess: string) => compile({ budget: { grants: 2, per: 'actor', on_excess } })
    const first = record({ budget: { ...spent, per: 'actor' } })
    expect(judge(by('alert'), by('deny'), first)).toBe('loses')
    expect(judge(by('alert'), compile({}), first)).toBe('same')
    expect(judge(compile({}), by('deny'), record({}))).toBe('lacks actor')
    expect(judge(by('alert'), by('alert'), { ...first, revision: 6 })).toBe('same')
  })

  it('is not taken for one within its budget', () => {
    const within = record({ budget: { per: 'check_run_id', grants: 2, used: 1 } })
    const { loses, replayed } = replay(alerting, two, within, excused)
    expect([loses.decisions, replayed]).toEqual([1, 2])
  })
})
