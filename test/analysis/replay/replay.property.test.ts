/** The replay against a naive one: the naive evaluator of the tests, with every claim of the token. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createReplay } from '../../../src/analysis/replay/replay.ts'
import type { DecisionRecord } from '../../../src/contract/decisions/record.ts'
import { compileTrust } from '../../../src/core/policy/compile/compile.ts'
import { API, AT, OTHER } from '../../core/policy/support/decide.ts'
import {
  claim,
  condition,
  documentWith,
  NAMES,
  request,
  resource,
} from '../../core/policy/support/generated.ts'
import { decideNaively, type NaiveRule } from '../../core/policy/support/naive.ts'
import { CEILINGS } from '../../support/core-world.ts'
import { runs } from '../../support/runs.ts'

type Json = Readonly<Record<string, unknown>>
type Asked = { readonly resource: string; readonly scopes?: string[]; readonly rule?: string }

const ISSUER = 'https://issuer.example.com'
const REVISION = 7

function compile(rules: readonly NaiveRule[]) {
  const result = compileTrust(
    {
      version: 1,
      issuers: {
        ci: { provider: 'generic-oidc', issuer: ISSUER },
        else: { provider: 'generic-oidc', issuer: 'https://else.example.com' },
      },
      resources: { [API]: { scopes: ['read', 'write', 'admin'] }, [OTHER]: { scopes: ['read'] } },
      rules,
    },
    CEILINGS,
  )
  return 'trust' in result ? result.trust : undefined
}

const decide = (rules: readonly NaiveRule[], claims: Json, asked: Asked) =>
  decideNaively(rules, { name: 'ci', folds: false }, claims, asked, AT)

/** The scopes that a result gives. */
function scopesOf(rules: readonly NaiveRule[], result: string, { scopes }: Asked) {
  const rule = rules.find(({ name }) => name === result)
  return rule === undefined ? [] : (scopes ?? rule.grant?.scopes ?? [])
}

/** The record that a gateway with these rules writes. `kept`: the claims that it keeps; all by default. */
function recordOf(
  rules: readonly NaiveRule[],
  claims: Json,
  asked: Asked,
  kept?: readonly string[],
): DecisionRecord {
  const result = decide(rules, claims, asked)
  const deciding = rules.find(({ name }) => name === result)
  const { resource: uri, scopes, rule } = asked
  return {
    ...{ v: 1, id: 'dec_AQGiIpBI__ARrf0R24hOWA', at: AT * 1000, revision: REVISION },
    ...{ issuer: 'ci', issuer_url: ISSUER, subject: 's', resource: uri },
    asked: { resource: uri, ...(scopes ? { scopes } : {}), ...(rule ? { rule } : {}) },
    ...(deciding === undefined
      ? { outcome: 'denied', reason: result }
      : { outcome: 'granted', rule: result }),
    ...(kept === undefined
      ? { claims, all_claims: true }
      : {
          claims: Object.fromEntries(
            Object.entries(claims).filter(([name]) => kept.includes(name)),
          ),
        }),
  }
}

function replay(
  before: readonly NaiveRule[],
  after: readonly NaiveRule[],
  records: readonly DecisionRecord[],
) {
  const [inForce, proposed] = [compile(before), compile(after)]
  if (inForce === undefined || proposed === undefined) return undefined
  const gatewayIssuer = CEILINGS.gatewayIssuer
  const replayed = createReplay({ inForce, proposed, revision: REVISION, gatewayIssuer, at: AT })
  for (const record of records) replayed.add(record)
  return replayed.report()
}

const claims = fc.dictionary(fc.constantFrom(...NAMES), claim, { noNullPrototype: true })
const rules = documentWith(NAMES, condition)
/** A document, and one with some of its rules and some others. */
const documents = fc
  .tuple(rules, rules, fc.array(fc.boolean(), { maxLength: 8 }))
  .map(
    ([before, other, choice]) =>
      [
        before,
        before.map((rule, index) => (choice[index] ? (other[index] ?? rule) : rule)),
      ] as const,
  )
const asked = fc.tuple(request, resource).map(([one, uri]): Asked => ({ ...one, resource: uri }))

describe('the replay', () => {
  it('names exactly who gains and who loses, with every claim', () => {
    fc.assert(
      fc.property(documents, claims, asked, ([before, after], held, question) => {
        const token = { sub: 's', ...held }
        const report = replay(before, after, [recordOf(before, token, question)])
        if (report === undefined) return fc.pre(false)
        const [old, young] = [before, after].map((list) =>
          scopesOf(list, decide(list, token, question), question),
        )
        expect(report.replayed).toBe(1)
        expect([report.loses.decisions, report.gains.decisions]).toEqual([
          old?.some((scope) => !young?.includes(scope)) ? 1 : 0,
          young?.some((scope) => !old?.includes(scope)) ? 1 : 0,
        ])
      }),
      runs(250),
    )
  })

  it('says of many decisions what it says of each by itself', () => {
    const tokens = fc.array(fc.tuple(claims, asked, fc.subarray([...NAMES])), { maxLength: 12 })
    fc.assert(
      fc.property(documents, tokens, ([before, after], cases) => {
        // Twice, so that equal decisions are remembered.
        const records = [...cases, ...cases].flatMap(([held, question, kept]) => {
          const token = { sub: 's', ...held }
          return [recordOf(before, token, question), recordOf(before, token, question, kept)]
        })
        const together = replay(before, after, records)
        if (together === undefined) return fc.pre(false)
        const single = records.map((record) => replay(before, after, [record]))
        const sum = (count: (report: NonNullable<typeof together>) => number) =>
          single.reduce((total, one) => total + (one === undefined ? 0 : count(one)), 0)
        expect(together.replayed).toBe(sum(({ replayed }) => replayed))
        for (const list of ['gains', 'loses', 'changes'] as const) {
          expect(together[list].decisions, list).toBe(sum((report) => report[list].decisions))
        }
      }),
      runs(60),
    )
  })

  it('LOG-21 never guesses: with fewer claims it says the same, or that it does not know', () => {
    let known = 0
    fc.assert(
      fc.property(
        documents,
        claims,
        asked,
        fc.subarray([...NAMES]),
        ([before, after], held, question, kept) => {
          const token = { sub: 's', ...held }
          const whole = replay(before, after, [recordOf(before, token, question)])
          const partial = replay(before, after, [recordOf(before, token, question, kept)])
          if (whole === undefined || partial === undefined) return fc.pre(false)
          if (partial.inexact.decisions === 1) {
            expect(Object.keys(partial.inexact.missing)).not.toEqual([])
            return
          }
          known += 1
          for (const list of ['gains', 'loses', 'changes'] as const) {
            expect(partial[list].decisions, list).toBe(whole[list].decisions)
          }
        },
      ),
      runs(300),
    )
    // Otherwise the property would hold because nothing is known.
    expect(known).toBeGreaterThan(30)
  })
})
