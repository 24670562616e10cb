import { describe, expect, it } from 'vitest'
import { compileTrust, evaluate, explain, lint } from '../../src/analysis/index.ts'
import { API, ownTrust, RULES, STORE, TOOL } from '../core/support/own-world.ts'
import { CEILINGS } from '../support/core-world.ts'

type Json = Readonly<Record<string, unknown>>
const AT = 1_795_000_000
const ISSUER = 'https://token.actions.githubusercontent.com'
const CLAIMS = { sub: 'github:1', aud: API, client_id: 'deploy', scope: 'read write' }

const compiled = (rules: readonly object[] = RULES) => compiledOf(ownTrust(ISSUER, rules))

function compiledOf(document: object) {
  const result = compileTrust(document, CEILINGS)
  if ('problems' in result) throw new Error(JSON.stringify(result.problems))
  return result.trust
}

function decide(claims: Json, asked: Json = {}, rules?: readonly object[]) {
  const request = { resource: API, scopes: undefined, rule: undefined, ...asked }
  const decision = evaluate(compiled(rules), { issuer: 'self', claims }, request, AT)
  return { decision, summary: explain(decision).summary }
}

describe('claims of a token of the gateway, offline', () => {
  it('get a narrower token for the same resource, without a rule', () => {
    const claims = { ...CLAIMS, exp: AT + 100, iat: AT - 500, repository: '1', jti: 'x' }
    const { decision, summary } = decide(claims, { scopes: ['read'] })
    expect(decision).toMatchObject({
      kind: 'granted',
      rule: 'deploy',
      isNarrowing: true,
      subject: 'github:1',
      scopes: ['read'],
      lifetimeSeconds: 100,
      claims: { repository: '1' },
    })
    expect(summary).toBe(`granted, as a token of the rule deploy: read at ${API}`)
  })

  it('get a token for another resource by a rule from self, with the same subject', () => {
    const claims = { ...CLAIMS, repository: '456789012' }
    const { decision, summary } = decide(claims, { resource: TOOL })
    expect(decision).toMatchObject({ rule: 'tool', subject: 'github:1', claims: { via: 'deploy' } })
    expect(decision).not.toHaveProperty('isNarrowing')
    expect(summary).toBe(`granted by the rule tool: call list at ${TOOL}`)
  })

  it('get a token for their own resource if the request names none', () => {
    const asked = { resource: undefined }
    const claims = { ...CLAIMS, repository: '456789012' }
    expect(decide(claims, asked).decision).toMatchObject({ resource: API, isNarrowing: true })
    const elsewhere = { ...claims, aud: 'https://gone.example.com' }
    expect(decide(elsewhere, asked).decision).toMatchObject({ reason: 'target_missing' })
  })

  const anc = [{ jti: 'a', iat: AT, client_id: 'deploy', aud: STORE }]
  it.each([
    [{}, { scopes: ['admin'] }, 'scope_not_granted', 'no matching rule grants every requested'],
    [{ exp: AT }, {}, 'token_expired', 'the token has expired'],
    [{ client_id: 'gone' }, {}, 'granting_rule_ended', 'the rule that granted the token'],
    [{ anc }, { resource: STORE }, 'resource_left', `descends from a token for ${STORE}`],
    [{ rev: 0 }, {}, 'rule_denied', 'denied by the rule no-old'],
    [{}, { resource: TOOL }, 'no_rule_matched', 'no rule from self matches'],
    [{ client_id: undefined }, {}, 'no_rule_matched', 'no rule from self matches'],
  ])('are refused as by the gateway: %j, asked for %j', (change, asked, reason, words) => {
    const { decision, summary } = decide({ ...CLAIMS, ...change }, asked)
    expect(decision).toMatchObject({ kind: 'denied', reason })
    expect(summary).toContain(words)
  })

  it.each([
    { aud: 7, exp: 'x', scope: ['read'], client_id: {}, anc: [null, { jti: 1 }] },
    { aud: API, client_id: 'deploy', scope: 7 },
    {},
  ])('may be of any form: %j', (claims) => {
    expect(decide(claims).decision.kind).toBe('denied')
  })
})

const rule = (when: Json, grant: Json = { resource: TOOL, scopes: ['call'] }) => ({
  ...RULES[1],
  name: 'own',
  description: 'For tests.',
  expires: '2027-06-30',
  when,
  grant,
})
const lintOf = (document: object) =>
  lint(compiledOf(document), { at: AT }).filter(({ rule: name }) => name === 'own')
const found = (last: object) => lintOf(ownTrust(ISSUER, [RULES[0], last]))

describe('lint of rules from self', () => {
  it('LINT-37 reports a rule or a resource that the document does not have', () => {
    const messages = found(rule({ client_id: 'deploi', aud: 'https://api.example.org' }))
    expect(messages).toMatchObject([
      { lint: 'LINT-37', severity: 'warn', path: ['rules', 1, 'when', 'client_id'] },
      { lint: 'LINT-37', severity: 'warn', path: ['rules', 1, 'when', 'aud'] },
    ])
    const deny = { name: 'own', effect: 'deny', from: 'self', when: { client_id: 'deploi' } }
    expect(found(deny)).toMatchObject([{ lint: 'LINT-37', severity: 'error' }])
    // A deny rule grants no token.
    const named = { ...deny, when: { client_id: ['deploy', 'own'] } }
    expect(found(named)).toMatchObject([{ message: expect.stringContaining('"own" never occurs') }])
  })

  it('LINT-37 reports a rule for the resource that its tokens are for', () => {
    const grant = { resource: API, scopes: ['read'] }
    expect(found(rule({ aud: API }, grant))).toMatchObject([
      { lint: 'LINT-37', message: expect.stringContaining('needs no rule') },
    ])
    expect(found(rule({ client_id: 'deploy', aud: [API, STORE] }, grant))).toEqual([])
  })

  it('LINT-37 compares with the audience of a resource, which its tokens have', () => {
    const document = ownTrust(ISSUER)
    const tool = { scopes: ['call', 'list'], audience: 'the-tool' }
    const resources = { ...document.resources, [TOOL]: tool }
    const findings = (when: Json) =>
      lintOf({ ...document, resources, rules: [RULES[0], rule(when)] })
    expect(findings({ aud: 'the-tool' })).toMatchObject([
      { lint: 'LINT-37', message: expect.stringContaining('needs no rule') },
    ])
    expect(findings({ client_id: 'deploy', aud: TOOL })).toMatchObject([
      { lint: 'LINT-37', message: expect.stringContaining('has no such resource') },
    ])
  })

  it('finds nothing in a careful rule', () => {
    expect(found(rule({ client_id: 'deploy', aud: API, repository: '1' }))).toEqual([])
  })

  it('LINT-33 compares them with each other', () => {
    const twin = { ...rule({ client_id: 'deploy', aud: API }), name: 'twin' }
    const all = lint(compiled([RULES[0], rule({ client_id: 'deploy' }), twin]), { at: AT })
    expect(all.filter(({ lint: id }) => id === 'LINT-33')).toMatchObject([{ rule: 'twin' }])
  })
})
