import { describe, expect, it } from 'vitest'
import { createDecider } from '../../../src/analysis/replay/decider.ts'
import { readCase } from '../../../src/analysis/replay/recorded-case.ts'
import { formatDecisionId } from '../../../src/contract/decisions/id.ts'
import {
  type DecisionRecord,
  decisionRecordSchema,
} from '../../../src/contract/decisions/record.ts'
import { type DecisionEvidence, formatRecord } from '../../../src/core/decisions/build-record.ts'
import { explainRecord, sourceOf } from '../../../src/core/decisions/explain-record.ts'
import { matchesFilter } from '../../../src/core/decisions/match.ts'
import { compileTrust } from '../../../src/core/policy/compile/compile.ts'
import { CEILINGS } from '../../support/core-world.ts'
import { API, actingTrust, RULES } from '../support/acting-world.ts'

const AT = 1_800_000_000_123
const ID = formatDecisionId({ shard: 1, at: AT }, new Uint8Array(9))
const PEOPLE = 'https://people.example.com/github'
const AGENTS = 'https://people.example.com/idp'
const OPTIONS = { gatewayIssuer: CEILINGS.gatewayIssuer, maxTokenLifetimeSeconds: 3600 }

const compiled = compileTrust(actingTrust(PEOPLE), CEILINGS)
if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems))
const { trust } = compiled
const profile = trust.issuers.get(AGENTS)?.profile
if (profile === undefined) throw new Error('no profile')

const SECRET = 'someone@example.com'
const identityOf = (issuer: string, claims: Readonly<Record<string, unknown>>) => ({
  issuer,
  subject: String(claims.sub),
  tokenId: 'jti-1',
  expiresAt: 1_800_000_600,
  claims,
})
// Only tests make an identity without verification.
const EVIDENCE = {
  identity: identityOf(PEOPLE, { sub: 'user:1', email: SECRET }),
  profile,
  trust,
  asked: { resource: API },
  actor: {
    identity: {
      ...identityOf(AGENTS, { sub: 'agent-7', tier: 'gold', email: SECRET }),
      issuerName: 'agents',
    },
    profile,
  },
} as unknown as DecisionEvidence

const EVENT = {
  event: 'decision',
  decisionId: ID,
  at: 1_800_000_000,
  outcome: 'granted',
  issuer: 'people',
  actorIssuer: 'agents',
  rule: 'agent',
  resource: API,
  revision: 1,
} as const

function recordOf(mode: 'recorded' | 'none' | 'all', evidence = EVIDENCE): DecisionRecord {
  return decisionRecordSchema.parse(JSON.parse(formatRecord(EVENT, evidence, mode).line))
}

describe('the record of a decision about two parties', () => {
  it('has the ids of the actor, as it has those of the subject', () => {
    const record = recordOf('none')
    expect(record).toMatchObject({ issuer: 'people', issuer_url: PEOPLE, subject: 'user:1' })
    expect(record.actor).toEqual({
      issuer: 'agents',
      issuer_url: AGENTS,
      subject: 'agent-7',
      token_id: 'jti-1',
      token_expires_at: 1_800_000_600,
    })
    expect(record).not.toHaveProperty('actor_claims')
  })

  it('LOG-03 has the claims of the actor that the deployment keeps', () => {
    expect(JSON.stringify(recordOf('recorded'))).not.toContain(SECRET)
    expect(recordOf('all').actor_claims).toMatchObject({ tier: 'gold', email: SECRET })
  })

  it('has no member for an actor that is not there', () => {
    const { actor: _, ...alone } = EVIDENCE
    const record = recordOf('all', alone)
    expect(Object.keys(record).filter((name) => name.startsWith('actor'))).toEqual([])
  })

  it('is found by the subject of the actor', () => {
    const record = recordOf('none')
    expect(matchesFilter(record, { actor: 'agent-7' })).toBe(true)
    expect(matchesFilter(record, { actor: 'user:1' })).toBe(false)
    expect(matchesFilter(record, { subject: 'agent-7' })).toBe(false)
    const { actor: _, ...alone } = record
    expect(matchesFilter(alone, { actor: 'agent-7' })).toBe(false)
  })
})

describe('the explanation of such a record', () => {
  const told = (record: DecisionRecord) => {
    const explained = explainRecord(record, trust, OPTIONS)
    const rules = explained.rules ?? []
    return {
      ...explained,
      sentences: Object.fromEntries(rules.map(({ rule, sentence }) => [rule, sentence])),
    }
  }

  it('is that of the same evaluator if every claim is recorded', () => {
    const { status, agrees, sentences, summary } = told(recordOf('all'))
    expect([status, agrees]).toEqual(['complete', true])
    expect(summary).toContain('granted by the rule agent')
    expect(sentences.person).toContain('it has no acting_as')
  })

  it('names the claims of the actor that are not recorded', () => {
    const { status, sentences } = told(recordOf('recorded'))
    expect(status).toBe('partial')
    expect(sentences.agent).toBe('cannot be evaluated: not recorded: acting_as.tier')
    expect(sentences.person).toContain('it has no acting_as')
    expect(sentences['by-own']).toContain('it is for requests with an actor from self')
  })

  it('does not evaluate rules if the actor token was refused', () => {
    const { actor: _, ...alone } = EVIDENCE
    const record = {
      ...recordOf('all', alone),
      outcome: 'denied',
      reason: 'actor_expired',
    } as const
    expect(sourceOf(record, OPTIONS.gatewayIssuer)).toBeUndefined()
    expect(explainRecord(record, trust, OPTIONS)).toMatchObject({
      status: 'none',
      note: expect.stringContaining('actor_expired'),
    })
    const named = { ...recordOf('all'), outcome: 'denied', reason: 'actor_not_named' } as const
    expect(sourceOf(named, OPTIONS.gatewayIssuer)).toBe('document')
  })
})

describe('the replay of such a record', () => {
  const decide = createDecider(trust, () => undefined, 1_800_000_000)
  const replay = (record: DecisionRecord) => {
    const recorded = readCase(record, OPTIONS.gatewayIssuer)
    if (typeof recorded === 'string') throw new Error(recorded)
    return decide(recorded)
  }

  it('decides with the actor, or says that it cannot', () => {
    expect(replay(recordOf('all'))).toMatchObject({ kind: 'granted', rule: 'agent' })
    expect(replay(recordOf('recorded'))).toMatchObject({ kind: 'unknown' })
    const { actor: _, ...alone } = EVIDENCE
    expect(replay(recordOf('all', alone))).toMatchObject({ kind: 'granted', rule: 'person' })
  })

  it('finds the issuer of the actor by its URL, because its name may have changed', () => {
    const { agents, people } = actingTrust(PEOPLE).issuers
    const decideWith = (issuers: object, from: string) => {
      const rules = RULES.slice(0, 2).map((rule) =>
        'acting_as' in rule ? { ...rule, acting_as: { ...rule.acting_as, from } } : rule,
      )
      const result = compileTrust({ ...actingTrust(PEOPLE, rules), issuers }, CEILINGS)
      if ('problems' in result) throw new Error(JSON.stringify(result.problems))
      const recorded = readCase(recordOf('all'), OPTIONS.gatewayIssuer)
      if (typeof recorded === 'string') throw new Error(recorded)
      return createDecider(result.trust, () => undefined, 1_800_000_000)(recorded)
    }
    const renamed = decideWith({ people, robots: agents }, 'robots')
    expect(renamed).toMatchObject({ kind: 'granted', rule: 'agent' })
    expect(decideWith({ people }, 'people')).toEqual({
      kind: 'denied',
      reason: 'actor_issuer_not_trusted',
    })
  })
})
