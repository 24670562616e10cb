import { describe, expect, it } from 'vitest'
import { createReplay, type ReplayReport } from '../../../src/analysis/replay/replay.ts'
import type { DecisionRecord } from '../../../src/contract/decisions/record.ts'
import { compileTrust } from '../../../src/core/policy/compile/compile.ts'
import { CEILINGS } from '../../support/core-world.ts'

type Json = Readonly<Record<string, unknown>>

const API = 'https://api.example.com'
const AT = Date.parse('2026-11-20T12:00:00Z')
const NOW = AT / 1000 + 86_400
const REVISION = 7

const BASE = {
  version: 1,
  issuers: { github: { provider: 'github-actions' } as Json } as Json,
  resources: { [API]: { scopes: ['read', 'write'] } } as Json,
}
const rule = (change: Json = {}, grant: Json = {}) => ({
  name: 'deploy',
  owner: 'platform@example.com',
  expires: '2099-12-31',
  from: 'github',
  when: { repository_id: '1' },
  grant: { resource: API, scopes: ['read', 'write'], lifetime: '10m', ...grant },
  ...change,
})
const deny = (when: Json) => ({ name: 'never', effect: 'deny', from: 'github', when })
const documentOf = (...rules: readonly Json[]) => ({ ...BASE, rules })

function compile(document: Json) {
  const result = compileTrust(document, CEILINGS)
  if ('problems' in result) throw new Error(JSON.stringify(result.problems))
  return result.trust
}

let number = 0
function record(change: Partial<DecisionRecord> = {}, claims: Json = {}): DecisionRecord {
  number += 1
  return {
    v: 1,
    id: `dec_${String(number).padStart(22, '0')}`,
    at: AT,
    ...{ outcome: 'granted', rule: 'deploy', resource: API, scopes: ['read', 'write'] },
    ...{ issuer: 'github', issuer_url: 'https://token.actions.githubusercontent.com' },
    ...{ subject: 'repo:acme/api:ref:refs/heads/main', revision: REVISION },
    asked: { resource: API },
    claims: { repository_id: '1', ref: 'refs/heads/main', run_id: String(number), ...claims },
    ...change,
  }
}

function replay(before: Json, after: Json, records: readonly DecisionRecord[]): ReplayReport {
  const started = createReplay({
    ...{ inForce: compile(before), proposed: compile(after), revision: REVISION, at: NOW },
    gatewayIssuer: CEILINGS.gatewayIssuer,
  })
  for (const one of records) started.add(one)
  return started.report()
}

/** What one decision is: a kind of difference, `same`, or what its record lacks. */
function judge(before: Json, after: Json, one: DecisionRecord = record()): string {
  const { gains, loses, changes, inexact, replayed, skipped } = replay(before, after, [one])
  if (inexact.decisions > 0) return `lacks ${Object.keys(inexact.missing).join(', ')}`
  if (skipped.admin + skipped.unverified > 0) return 'skipped'
  const kinds = { gains, loses, changes }
  const found = Object.entries(kinds).filter(([, { decisions }]) => decisions > 0)
  expect(replayed).toBe(1)
  return found.length === 0 ? 'same' : found.map(([kind]) => kind).join(' and ')
}

const denied = (reason: string) =>
  record({ outcome: 'denied', reason, rule: undefined, scopes: undefined })

describe('the replay of one decision', () => {
  it.each<[string, Json, string]>([
    ['the same document', rule(), 'same'],
    [
      'a condition that it meets',
      rule({ when: { repository_id: '1', ref: 'refs/heads/main' } }),
      'same',
    ],
    [
      'a condition that it does not meet',
      rule({ when: { repository_id: '1', ref: 'x' } }),
      'loses',
    ],
    ['a scope less', rule({}, { scopes: ['read'] }), 'loses'],
    ['another name', rule({ name: 'ship' }), 'changes'],
    ['another lifetime', rule({}, { lifetime: '5m' }), 'changes'],
    ['another subject', rule({}, { subject: 'x:{repository_id}' }), 'changes'],
    ['another claim', rule({}, { claims: { id: '{repository_id}' } }), 'changes'],
    ['another owner', rule({ owner: 'x@example.com' }), 'same'],
    ['mode: observe', rule({ mode: 'observe' }), 'loses'],
    [
      'a condition on an unrecorded claim',
      rule({ when: { repository_id: '1', actor: 'ada' } }),
      'lacks actor',
    ],
    ['an expression', rule({ condition: 'claims.ref == "refs/heads/main"' }), 'lacks condition'],
    ['a claim from an unrecorded claim', rule({}, { claims: { actor: '{actor}' } }), 'lacks actor'],
    [
      'an unrecorded claim that does not matter',
      rule({ when: { repository_id: '2', actor: 'ada' } }),
      'loses',
    ],
  ])('with %s', (_, after, expected) => {
    expect(judge(documentOf(rule()), documentOf(after))).toBe(expected)
  })

  it('tells a scope that is gained from one that is lost', () => {
    const [read, write] = [rule({}, { scopes: ['read'] }), rule({}, { scopes: ['write'] })]
    const one = record({ scopes: ['read'] })
    expect(judge(documentOf(read), documentOf(write), one)).toBe('gains and loses')
    expect(judge(documentOf(read), documentOf(rule()), one)).toBe('gains')
  })

  it('uses the recorded result as evidence about rules with unrecorded claims', () => {
    const secret = deny({ actor: 'mallory' })
    const before = documentOf(rule(), secret)
    // It was granted, so the deny rule did not match, and it is in the proposed document too.
    expect(judge(before, documentOf(rule({ when: { repository_id: '2' } }), secret))).toBe('loses')
    expect(judge(before, documentOf(rule(), secret))).toBe('same')
    // A deny rule that the document of the record did not have proves nothing.
    expect(judge(documentOf(rule()), before)).toBe('lacks actor')
    // A record of another revision proves nothing either.
    expect(judge(before, before, record({ revision: 6 }))).toBe('lacks actor')
  })

  it('knows that the deciding rule matched, and that an earlier one did not', () => {
    const actor = (name: string, login: string) =>
      rule({ name, when: { repository_id: '1', actor: login } })
    const [ada, bob] = [actor('ada', 'ada'), actor('bob', 'bob')]
    const byBob = record({ rule: 'bob' })
    expect(judge(documentOf(ada, bob), documentOf(bob), byBob)).toBe('same')
    expect(judge(documentOf(ada, bob), documentOf(ada), byBob)).toBe('loses')
    const nobody = denied('no_rule_matched')
    expect(judge(documentOf(ada), documentOf(ada), nobody)).toBe('same')
    expect(judge(documentOf(ada), documentOf(ada, bob), nobody)).toBe('lacks actor')
    expect(judge(documentOf(ada), documentOf(ada, rule()), nobody)).toBe('gains')
  })

  it('knows what follows for a rule that became narrower or wider', () => {
    const own = (more: Json, rest: Json = {}) =>
      rule({ when: { repository_id: '1', ...more }, ...rest })
    const before = documentOf(own({ actor: ['ada', 'bob'] }))
    // It matched, so the actor is one of the two.
    expect(judge(before, documentOf(own({ actor: ['ada', 'bob'], ref: 'refs/heads/main' })))).toBe(
      'same',
    )
    expect(judge(before, documentOf(own({ actor: ['ada', 'bob'], ref: 'x' })))).toBe('loses')
    expect(judge(before, documentOf(own({ actor: ['ada', 'bob', 'eve'] })))).toBe('same')
    expect(judge(before, documentOf(own({ actor: 'ada' })))).toBe('lacks actor')
    const condition = 'claims.actor != "eve"'
    const expressed = documentOf(rule({ condition }))
    expect(judge(expressed, documentOf(own({ ref: 'refs/heads/main' }, { condition })))).toBe(
      'same',
    )
    // It did not match, so a narrower one does not either.
    const nobody = denied('no_rule_matched')
    expect(judge(before, documentOf(own({ actor: 'ada' })), nobody)).toBe('same')
    expect(judge(before, documentOf(own({ actor: ['ada', 'eve'] })), nobody)).toBe('lacks actor')
  })

  it('knows that the templates of the deciding rule rendered', () => {
    const signed = rule({}, { claims: { by: '{actor}' } })
    const narrowed = rule({ when: { repository_id: '1', ref: 'x' } }, { claims: { by: '{actor}' } })
    expect(judge(documentOf(signed), documentOf(signed))).toBe('same')
    expect(judge(documentOf(signed), documentOf(narrowed))).toBe('loses')
    // Without such a record, it is not known whether a token had been issued.
    const other = record({ revision: 6 })
    expect(judge(documentOf(signed), documentOf(narrowed), other)).toBe('lacks actor')
  })

  it('judges both documents as of now, so that a rule that ended since is no loss', () => {
    const ended = rule({ expires: '2026-11-20' })
    expect(judge(documentOf(ended), documentOf())).toBe('same')
    expect(judge(documentOf(ended), documentOf(rule()))).toBe('gains')
  })

  it('finds the issuer of a token by its URL, not by its name', () => {
    const renamed = {
      ...BASE,
      issuers: { actions: { provider: 'github-actions' } },
      rules: [rule({ from: 'actions' }, { subject: 'x:{repository_id}' })],
    }
    expect(judge(documentOf(rule({}, { subject: 'x:{repository_id}' })), renamed)).toBe('same')
    expect(judge(documentOf(rule()), { ...BASE, issuers: {}, rules: [] })).toBe('loses')
  })

  it('says that it cannot know what an issuer verifies that changes', () => {
    const change = (members: Json) => ({
      ...documentOf(rule()),
      issuers: { github: { provider: 'github-actions', ...members } },
    })
    const other = change({ audience: 'https://other.example.com' })
    expect(judge(documentOf(rule()), other)).toMatch(/^lacks the verification by the issuer github/)
    expect(judge(documentOf(rule()), change({ accepts: ['access_token'] }))).toBe('same')
  })

  it('says that it cannot know a name that was not recorded, if a new one could be it', () => {
    const asked = (unknown: 'resource' | 'scopes' | 'rule') =>
      record({ ...denied('resource_unknown'), asked: { resource: API, unknown: [unknown] } })
    const before = documentOf(rule())
    const more = {
      ...before,
      resources: { ...BASE.resources, 'https://b.example.com': { scopes: ['x'] } },
    }
    const wider = { ...before, resources: { [API]: { scopes: ['read', 'write', 'x'] } } }
    expect(judge(before, documentOf(), asked('resource'))).toBe('same')
    expect(judge(before, more, asked('resource'))).toBe('lacks the resource of the request')
    expect(judge(before, documentOf(), asked('scopes'))).toBe('same')
    expect(judge(before, wider, asked('scopes'))).toBe('lacks a scope of the request')
    expect(judge(before, before, asked('rule'))).toBe('lacks the rule of the request')
    expect(judge(before, before, record({ asked: undefined, omitted: ['asked'] }))).toBe(
      'lacks the request',
    )
  })

  it('skips what no document decides', () => {
    const gateway = CEILINGS.gatewayIssuer
    const admin = record({ asked: { resource: gateway }, resource: gateway })
    const unverified = record({ ...denied('issuer_not_trusted'), subject: undefined })
    const { skipped, decisions, replayed } = replay(documentOf(rule()), documentOf(), [
      admin,
      unverified,
    ])
    expect([skipped, decisions, replayed]).toEqual([{ admin: 1, unverified: 1 }, 2, 0])
  })

  it('decides a request without a resource only if no possible rule leads elsewhere', () => {
    const other = 'https://b.example.com'
    const resources = { ...BASE.resources, [other]: { scopes: ['read'] } }
    const elsewhere = rule(
      { name: 'b', when: { repository_id: '1', actor: 'ada' } },
      { resource: other, scopes: ['read'] },
    )
    const before = { ...BASE, resources, rules: [rule()] }
    const after = { ...BASE, resources, rules: [rule(), elsewhere] }
    const open = record({ asked: {} })
    expect(judge(before, after, open)).toBe('lacks actor')
    expect(judge(before, { ...before, rules: [] }, open)).toBe('loses')
  })
})

describe('the report of a replay', () => {
  it('groups decisions by identity, with the claims that all of them have', () => {
    const web = { repository_id: '2', ref: 'refs/heads/main', environment: 'staging' }
    const records = [
      record({ at: AT + 1 }),
      record({ at: AT + 4 }),
      record({ at: AT + 3 }),
      record({ at: AT + 2 }),
      record({ subject: 'repo:acme/web', rule: 'web' }, web),
      record({ subject: 'repo:acme/web', rule: 'web' }, { ...web, ref: 'refs/heads/next' }),
    ]
    const both = documentOf(rule(), rule({ name: 'web', when: { repository_id: '2' } }))
    const { loses, gains, replayed } = replay(both, documentOf(), records)
    expect([replayed, gains.decisions, loses.decisions]).toEqual([6, 0, 6])
    expect(loses.identities).toEqual([
      {
        issuer: 'github',
        subject: 'repo:acme/api:ref:refs/heads/main',
        claims: { repository_id: '1', ref: 'refs/heads/main' },
        varying: ['run_id'],
        resource: API,
        before: {
          granted: {
            ...{ rule: 'deploy', scopes: ['read', 'write'], lifetime_seconds: 600 },
            subject: 'github:repo:acme/api:ref:refs/heads/main',
          },
        },
        after: { denied: 'no_rule_matched' },
        ...{ decisions: 4, first_at: AT + 1, last_at: AT + 4 },
        examples: [records[1]?.id, records[2]?.id, records[3]?.id],
      },
      expect.objectContaining({
        subject: 'repo:acme/web',
        claims: { repository_id: '2', environment: 'staging' },
        varying: ['ref', 'run_id'],
        decisions: 2,
      }),
    ])
  })

  it('counts what is missing by name', () => {
    const after = documentOf(rule({ when: { repository_id: '1', actor: 'ada' } }))
    const { inexact } = replay(documentOf(rule()), after, [record(), record()])
    expect(inexact.decisions).toBe(2)
    expect(inexact.missing).toMatchObject({ actor: 2 })
  })
})
