import { describe, expect, it } from 'vitest'
import { findAccess, findReach } from '../../src/analysis/access.ts'
import { diffTrust } from '../../src/analysis/diff/diff.ts'
import { describeEffects } from '../../src/analysis/diff/effects.ts'
import { compileTrust, evaluate, explain, lint } from '../../src/analysis/index.ts'
import { API, actingTrust, RULES, STORE } from '../core/support/acting-world.ts'
import { CEILINGS } from '../support/core-world.ts'

type Json = Readonly<Record<string, unknown>>
const AT = 1_795_000_000
const PEOPLE = 'https://people.example.com/github'
const AGENTS = 'https://people.example.com/idp'

const documentOf = (rules: readonly object[] = RULES) => actingTrust(PEOPLE, rules)
function compile(rules?: readonly object[]) {
  const result = compileTrust(documentOf(rules), CEILINGS)
  if ('problems' in result) throw new Error(JSON.stringify(result.problems))
  return result.trust
}
const person = { issuer: 'people', claims: { sub: 'user:1' } }
const agent = (claims: Json = {}) => ({
  issuer: 'agents',
  claims: { sub: 'agent-7', tier: 'gold', ...claims },
})
function decide(
  subject: typeof person,
  actor?: { issuer: string; claims: Json },
  asked: Json = {},
) {
  const request = { resource: API, scopes: undefined, rule: undefined, ...asked }
  const decision = evaluate(compile(), { ...subject, actor }, request, AT)
  const { summary, rules } = explain(decision)
  const sentences = Object.fromEntries(rules.map(({ rule, sentence }) => [rule, sentence]))
  return { decision, summary, sentences }
}

describe('claims of a subject and of an actor, offline', () => {
  it('give the claim act that a gateway would write', () => {
    const { decision, sentences } = decide(person, agent())
    expect(decision).toMatchObject({
      kind: 'granted',
      rule: 'agent',
      act: { iss: AGENTS, sub: 'agent-7' },
    })
    expect(sentences).toMatchObject({
      agent: 'matches and decides',
      person: 'does not match: it has no acting_as, and the request has an actor from agents',
      'no-rogue': 'does not match: acting_as.sub must be "agent-rogue", but it is "agent-7"',
    })
  })

  it('are explained by the issuer of the actor, or by its first claim that fails', () => {
    expect(decide(person).sentences).toMatchObject({
      agent:
        'does not match: it is for requests with an actor from agents, and this one has no actor',
    })
    expect(decide(person, person).sentences).toMatchObject({
      agent:
        'does not match: it is for requests with an actor from agents, and this one has an actor from people',
    })
    expect(decide(person, agent({ tier: 'tin' })).sentences).toMatchObject({
      agent: 'does not match: acting_as.tier must be "gold", but it is "tin"',
    })
  })

  it.each([
    [{ issuer: 'nobody', claims: {} }, 'actor_issuer_not_trusted', 'does not have the issuer'],
    [agent({ act: { sub: 'x' } }), 'actor_delegated', 'names an actor of its own'],
  ])('are refused as a gateway refuses them: %j', (actor, reason, text) => {
    const { decision, summary } = decide(person, actor)
    expect(decision).toMatchObject({ kind: 'denied', reason })
    expect(summary).toContain(text)
  })

  it('TE-43 are held against may_act', () => {
    const named = { issuer: 'people', claims: { sub: 'user:1', may_act: { sub: 'x' } } }
    const { decision, summary } = decide(named, agent())
    expect(decision).toMatchObject({ reason: 'actor_not_named' })
    expect(summary).toContain('may_act')
  })

  it('ISS-02 are held against may_act without iss by the issuer of the subject, as in a token', () => {
    const reasonWith = (subject: Json, actor: string) => {
      const claims = { sub: 'user:1', may_act: { sub: 'user:2' }, ...subject }
      const named = { issuer: 'people', claims }
      const { decision } = decide(named, { issuer: actor, claims: { sub: 'user:2' } })
      return 'reason' in decision ? decision.reason : decision.kind
    }
    for (const subject of [{}, { iss: PEOPLE }]) {
      expect(reasonWith(subject, 'people')).toBe('no_rule_matched')
      expect(reasonWith(subject, 'agents')).toBe('actor_not_named')
    }
  })

  it('EXC-07 are held against the number of actors', () => {
    const act = [1, 2, 3].reduce<Json | undefined>(
      (inner, one) => ({ iss: AGENTS, sub: `tool-${one}`, ...(inner && { act: inner }) }),
      undefined,
    )
    const own = { sub: 'u', aud: API, client_id: 'agent', scope: 'read', act }
    const { decision, summary } = decide(
      { issuer: 'self', claims: own as never },
      agent({ sub: 'tool-9' }),
    )
    expect(decision).toMatchObject({ reason: 'actor_chain_too_long' })
    expect(summary).toContain('too many actors')
  })

  it('of a token that names an actor say why a rule for the subject is not for it', () => {
    const own = {
      sub: 'u',
      aud: API,
      client_id: 'agent',
      scope: 'read',
      act: { iss: 'a', sub: 'b' },
    }
    const { sentences } = decide({ issuer: 'self', claims: own as never }, undefined, {
      resource: STORE,
    })
    expect(sentences['tool-itself']).toBe(
      'does not match: it has no acting_as, and the request has an actor in the claim act',
    )
  })
})

describe('the effect of a change of acting_as', () => {
  const head = { owner: 'x@example.com', expires: '2099-12-31', from: 'people', when: { sub: 'u' } }
  const allow = (acting_as?: Json) => ({
    ...head,
    name: 'a',
    ...(acting_as && { acting_as }),
    grant: { resource: API, scopes: ['read'] },
  })
  const deny = (acting_as?: Json) => ({
    name: 'a',
    effect: 'deny',
    from: 'people',
    when: { sub: 'u' },
    ...(acting_as && { acting_as }),
  })
  const by = (when: Json, from = 'agents') => ({ from, when })
  const effect = (before: object, after: object) => {
    const [old, young] = [documentOf([before]), documentOf([after])]
    return describeEffects(diffTrust(old, young), compile([before]), compile([after])).map(
      (change) => change.effect,
    )
  }
  it.each<[string, object, object, string, string]>([
    ['a value', allow(by({ sub: ['a', 'b'] })), allow(by({ sub: 'a' })), 'narrowed', 'widened'],
    [
      'a condition',
      allow(by({ sub: 'a' })),
      allow(by({ sub: 'a', tier: 'gold' })),
      'narrowed',
      'widened',
    ],
    [
      'another issuer',
      allow(by({ sub: 'a' })),
      allow(by({ sub: 'a' }, 'people')),
      'changed',
      'changed',
    ],
    ['an actor instead of none', allow(), allow(by({ sub: 'a' })), 'changed', 'changed'],
    ['a deny rule for one actor', deny(), deny(by({ sub: 'a' })), 'widened', 'narrowed'],
    [
      'a deny rule for fewer actors',
      deny(by({ sub: ['a', 'b'] })),
      deny(by({ sub: 'a' })),
      'widened',
      'narrowed',
    ],
  ])('is proven for %s', (_, before, after, there, back) => {
    expect(effect(before, after)).toEqual([there])
    expect(effect(after, before)).toEqual([back])
  })

  it('counts rules for other actors as rules that never compete', () => {
    const rules = [allow(by({ sub: 'a' })), { ...allow(by({ sub: 'b' })), name: 'b' }]
    const others = [allow(by({ sub: 'a' })), { ...allow(by({ sub: 'a', tier: '1' })), name: 'b' }]
    const swapped = (list: readonly object[]) =>
      describeEffects(
        diffTrust(documentOf(list), documentOf(list.toReversed())),
        compile(list),
        compile(list.toReversed()),
      ).map((change) => change.effect)
    expect(swapped(rules)).toEqual(['same'])
    expect(swapped(others)).toEqual(['changed'])
  })
})

describe('lint of acting_as', () => {
  const head = { owner: 'x@example.com', expires: '2027-01-31', from: 'people', when: { sub: 'u' } }
  const findings = (acting_as: Json, issuers: Json = {}, more: Json = {}) => {
    const rule = {
      ...head,
      name: 'a',
      acting_as,
      grant: { resource: API, scopes: ['read'] },
      ...more,
    }
    const document = { ...documentOf([rule]), issuers: { ...documentOf().issuers, ...issuers } }
    const result = compileTrust(document, CEILINGS)
    if ('problems' in result) throw new Error(JSON.stringify(result.problems))
    return lint(result.trust, { at: AT })
  }
  const ofActor = (...given: Parameters<typeof findings>) =>
    findings(...given)
      .filter(({ path }) => path[2] === 'acting_as')
      .map(({ lint: id, path }) => `${id} ${path.slice(3).join('.')}`)

  it('has the findings that the same conditions on a subject have', () => {
    const github = { github: { provider: 'github-actions' } }
    const names = { from: 'github', when: { repository: 'acme/api', ref: { glob: '**' } } }
    const asActor = ofActor(names, github)
    expect(asActor).toContain('LINT-09 when')
    const asSubject = findings({ from: 'agents', when: { sub: 'a' } }, github, names)
      .filter(({ path }) => path[2] === 'when' && path[0] === 'rules')
      .map(({ lint: id, path }) => `${id} ${path.slice(2).join('.')}`)
      .filter((one) => !one.startsWith('PROBE'))
    expect(asActor).toEqual(asSubject)
  })

  it('LINT-31 reports an actor that only excludes values', () => {
    expect(ofActor({ from: 'agents', when: { sub: { not: 'agent-rogue' } } })).toContain(
      'LINT-31 when',
    )
  })

  it('has none for an actor that is named', () => {
    expect(ofActor({ from: 'agents', when: { sub: 'agent-7' } })).toEqual([])
  })

  it('can be accepted', () => {
    const accept = [{ lint: 'LINT-31', reason: 'all agents but one' }]
    const rogue = { from: 'agents', when: { sub: { not: 'agent-rogue' } } }
    const [found] = findings(rogue, {}, { accept }).filter(({ lint: id }) => id === 'LINT-31')
    expect(found?.accepted).toBe('all agents but one')
    expect(found?.message).toMatch(/^of the actor: /)
  })

  it('LINT-33 compares rules for the same actors only', () => {
    const rules = (first: unknown, second: unknown) => [
      { ...head, name: 'a', acting_as: first, grant: { resource: API, scopes: ['read'] } },
      { ...head, name: 'b', acting_as: second, grant: { resource: API, scopes: ['read'] } },
    ]
    const overlaps = (first: unknown, second: unknown) =>
      lint(compile(rules(first, second)), { at: AT }).filter(({ lint: id }) => id === 'LINT-33')
    const seven = { from: 'agents', when: { sub: 'agent-7' } }
    expect(overlaps(seven, seven)).toHaveLength(1)
    expect(overlaps(seven, { from: 'agents', when: { sub: 'agent-8' } })).toEqual([])
    expect(overlaps(seven, undefined)).toEqual([])
    expect(overlaps(undefined, seven)).toEqual([])
    const wide = { from: 'agents', when: { sub: { glob: 'agent-*' } } }
    expect(overlaps(wide, seven)).toHaveLength(1)
  })

  it('probes the subject with an actor that meets it', () => {
    const github = { github: { provider: 'github-actions' } }
    const when = { repository_owner_id: '4411' }
    const open = findings({ from: 'agents', when: { sub: 'a' } }, github, { from: 'github', when })
    expect(open.some(({ lint: id }) => id === 'PROBE')).toBe(true)
  })
})

describe('who and what', () => {
  it('name the actor that a rule demands', () => {
    const asked = { resource: API, scopes: undefined }
    const { rules, except } = findAccess(compile(), documentOf(), asked, AT)
    expect(rules.find(({ rule }) => rule === 'agent')?.acting_as).toEqual(RULES[1].acting_as)
    expect(rules.find(({ rule }) => rule === 'person')).not.toHaveProperty('acting_as')
    expect(except.find(({ rule }) => rule === 'no-rogue')).toHaveProperty(
      'acting_as.from',
      'agents',
    )
  })

  it('say that what a holder gets through an actor depends on the actor', () => {
    const trust = compile()
    const issuer = [...trust.issuers.values()].find(({ name }) => name === 'people')
    if (issuer === undefined) throw new Error('no issuer')
    const claims = { claims: { sub: 'user:1' }, known: () => true, hasAll: true }
    const { rules, refused } = findReach(trust, documentOf(), { issuer, claims }, AT)
    expect(rules.map(({ rule, certainty, unknown }) => [rule, certainty, unknown])).toEqual([
      ['person', 'can', []],
      ['agent', 'may', ['acting_as']],
      ['by-own', 'may', ['acting_as']],
      ['tool-itself', 'can', []],
      ['tool-at-store', 'may', ['acting_as']],
    ])
    expect(refused.map(({ rule, certainty }) => [rule, certainty])).toEqual([['no-rogue', 'may']])
  })
})
