import { describe, expect, it } from 'vitest'
import { createReplay } from '../../../src/analysis/replay/replay.ts'
import type { DecisionRecord } from '../../../src/contract/decisions/record.ts'
import { compileTrust } from '../../../src/core/policy/compile/compile.ts'
import { CEILINGS } from '../../support/core-world.ts'

const API = 'https://api.example.com'
const AT = Date.parse('2026-11-20T12:00:00Z')
type Demand = 'required' | 'optional' | 'none'

const compile = (demand: Demand, rules: number) => {
  const result = compileTrust(
    {
      version: 1,
      issuers: { github: { provider: 'github-actions' } },
      resources: { [API]: { scopes: ['read'], proof_of_possession: demand } },
      rules: [
        {
          ...{
            name: 'deploy',
            owner: 'platform@example.com',
            expires: '2099-12-31',
            from: 'github',
          },
          when: { repository_id: '1' },
          grant: { resource: API, scopes: ['read'], lifetime: '10m' },
        },
      ].slice(0, rules),
    },
    CEILINGS,
  )
  if ('problems' in result) throw new Error(JSON.stringify(result.problems))
  return result.trust
}

const record = (change: Partial<DecisionRecord>): DecisionRecord => ({
  ...{ v: 1, id: 'dec_0000000000000000000001', at: AT, outcome: 'granted', rule: 'deploy' },
  ...{ issuer: 'github', issuer_url: 'https://token.actions.githubusercontent.com', revision: 7 },
  ...{ subject: 'repo:acme/api', resource: API, scopes: ['read'], asked: { resource: API } },
  claims: { repository_id: '1' },
  ...change,
})
const BEARER = record({})
const BOUND = record({ binding: { kind: 'dpop', thumbprint: 'x' } })
const CERTIFICATE = record({ binding: { kind: 'mtls', thumbprint: 'x' } })
const denied = (reason: string) =>
  record({ outcome: 'denied', reason, rule: undefined, scopes: undefined })

/** `rules`: how many of the document have a rule, before and after. */
function judge(before: Demand, after: Demand, one: DecisionRecord, rules = [1, 1]): string {
  const replay = createReplay({
    ...{ inForce: compile(before, rules[0] ?? 1), proposed: compile(after, rules[1] ?? 1) },
    ...{ revision: 7, at: AT / 1000 + 60, gatewayIssuer: CEILINGS.gatewayIssuer },
  })
  // Equal but for the binding: what is remembered of one must not answer for another.
  for (const other of [BOUND, BEARER, CERTIFICATE]) replay.add({ ...other, subject: one.subject })
  const first = replay.report()
  replay.add(one)
  const second = replay.report()
  expect(second.replayed).toBe(4)
  const kinds = (['loses', 'gains', 'changes'] as const).filter(
    (kind) => second[kind].decisions > first[kind].decisions,
  )
  return kinds.join(' and ') || 'same'
}

describe('the replay of a demand for a proof of possession', () => {
  it.each<[string, Demand, Demand, DecisionRecord, string]>([
    ['a bearer token where a proof is required', 'optional', 'required', BEARER, 'loses'],
    ['a bound token where a proof is required', 'optional', 'required', BOUND, 'same'],
    ['a bound token where a proof is refused', 'required', 'none', BOUND, 'loses'],
    ['a bearer token where a proof is refused', 'optional', 'none', BEARER, 'same'],
    ['a certificate where a proof is refused', 'required', 'none', CERTIFICATE, 'same'],
    [
      'a request without the proof that was required',
      'required',
      'optional',
      denied('dpop_proof_missing'),
      'gains',
    ],
    [
      'a request with the proof that was refused',
      'none',
      'optional',
      denied('dpop_proof_unsupported'),
      'gains',
    ],
    ['an invalid proof', 'required', 'optional', denied('dpop_proof_invalid'), 'same'],
  ])('judges %s', (_, before, after, one, expected) => {
    expect(judge(before, after, one)).toBe(expected)
  })

  it('takes no access away that a request without its proof never had', () => {
    expect(judge('required', 'required', denied('dpop_proof_missing'), [1, 0])).toBe('same')
    expect(judge('required', 'required', denied('dpop_proof_invalid'), [1, 0])).toBe('same')
    expect(judge('required', 'required', BOUND, [1, 0])).toBe('loses')
  })

  it('counts a decision that did not come to the proof as one that has what is demanded', () => {
    expect(judge('required', 'required', denied('no_rule_matched'), [0, 1])).toBe('gains')
    expect(judge('none', 'none', denied('no_rule_matched'), [0, 1])).toBe('gains')
  })
})
