import { describe, expect, it } from 'vitest'
import { compilePolicy, compileTrust } from '../../../../src/core/policy/compile/compile.ts'
import type { CompiledTrust } from '../../../../src/core/policy/compile/compiled.ts'
import { listIssuers } from '../../../../src/core/policy/compile/issuers/own-issuer.ts'
import { compileStored } from '../../../../src/core/policy/compile/stored.ts'
import { hashText } from '../../../../src/core/policy/decide/index-keys.ts'
import { CEILINGS } from '../../../support/core-world.ts'
import { API, good, type Json, problemsOf, type Row, rule } from '../support/documents.ts'
import { loadForm } from '../support/form.ts'

const TOOL = 'https://tool.example.com'
const own = (change: Json = {}, grant: Json = {}): Json => ({
  ...rule,
  name: 'own',
  from: 'self',
  when: { client_id: 'deploy' },
  grant: { resource: TOOL, scopes: ['call'], ...grant },
  ...change,
})
const resources = { ...good.resources, [TOOL]: { scopes: ['call'] } }
const withOwn = (change: Json = {}, grant: Json = {}, first: Json = rule) => ({
  ...good,
  resources,
  rules: [first, own(change, grant)],
})
const CLAIMS = { ...rule, grant: { ...rule.grant, claims: { team: '{repository}' } } }

describe('a rule from self', () => {
  it('belongs to the gateway, which is no issuer that a URL finds', () => {
    const result = compileTrust(withOwn(), CEILINGS)
    if ('problems' in result) throw new Error(JSON.stringify(result.problems))
    const { trust } = result
    expect(trust.own?.issuer).toMatchObject({ name: 'self', url: CEILINGS.gatewayIssuer })
    expect(trust.own?.issuer.ruleAt(0).name).toBe('own')
    expect([...trust.issuers.keys()]).not.toContain(CEILINGS.gatewayIssuer)
    expect(listIssuers(trust).map(({ name }) => name)).toEqual(['github', 'cluster', 'self'])
  })

  it.each([
    ['a list', { client_id: ['deploy', 'other'] }],
    ['a number', { client_id: 'deploy', rev: { min: 3 } }],
    ['a nested claim', { aud: API, 'origin.sub': { glob: 'repo:acme/**' } }],
    ['a claim that a rule adds', { sub: 'github:42', team: 'acme/api' }],
    ['a member of such a claim', { sub: 'github:42', 'team.name': 'api' }],
  ])('has typed conditions: %s', (_, when) => {
    expect(problemsOf(withOwn({ when }, {}, CLAIMS))).toEqual([])
  })

  it('OUT-01 issues no JWT-SVID, because it keeps a subject outside the trust domain', () => {
    const svids = { ...resources, [TOOL]: { for: 'spiffe', scopes: ['svid'] } }
    const document = { ...withOwn({}, { scopes: ['svid'] }), resources: svids }
    const ceilings = { ...CEILINGS, trustDomain: 'acme.dev' }
    expect(problemsOf(document, ceilings)).toContainEqual(
      expect.objectContaining({
        code: 'trust_domain_foreign',
        path: ['rules', 1, 'grant', 'resource'],
      }),
    )
  })

  const when = (conditions: Json, first?: Json) => withOwn({ when: conditions }, {}, first)
  const rows: readonly Row[] = [
    [
      'names a holder only by a number',
      when({ rev: { min: 1 } }),
      'tenant_not_pinned',
      ['rules', 1, 'when'],
    ],
    [
      'only excludes holders',
      when({ client_id: { not: 'deploy' } }),
      'tenant_not_pinned',
      ['rules', 1, 'when'],
    ],
    [
      'names a holder by a glob',
      when({ client_id: { glob: 'deploy*' } }),
      'tenant_not_pinned',
      ['rules', 1, 'when'],
    ],
    [
      'reads a claim that no rule adds',
      when({ client_id: 'deploy', team: 'x' }),
      'claim_unknown',
      ['rules', 1, 'when', 'team'],
    ],
    [
      'reads a claim that only a deny rule mentions',
      when({ client_id: 'deploy', act: 'x' }),
      'claim_unknown',
      ['rules', 1, 'when', 'act'],
    ],
    [
      'compares a number with a text',
      when({ client_id: 'deploy', rev: '7' }),
      'condition_impossible',
      ['rules', 1, 'when', 'rev'],
    ],
    [
      'MAP-02 sets the subject',
      withOwn({}, { subject: 'admin:{sub}' }),
      'subject_not_allowed',
      ['rules', 1, 'grant', 'subject'],
    ],
    [
      'MAP-02 sets the ancestors',
      withOwn({}, { claims: { anc: '{jti}' } }),
      'claim_reserved',
      ['rules', 1, 'grant', 'claims', 'anc'],
    ],
    [
      'ADM-03 leads to the gateway',
      withOwn({}, { resource: CEILINGS.gatewayIssuer, scopes: ['trust:write'] }),
      'resource_unknown',
      ['rules', 1, 'grant', 'resource'],
    ],
  ]
  it.each(rows)('is refused if it %s', (_, document, code, path) => {
    expect(problemsOf(document)).toMatchObject([{ code, path }])
  })

  it('ADM-03 is refused in the deploy-time policy', () => {
    const policy = { issuers: good.issuers, rules: [own({}, { scopes: ['trust:read'] })] }
    const result = compilePolicy(
      {
        ...policy,
        rules: policy.rules.map((one) => ({ ...one, grant: { scopes: ['trust:read'] } })),
      },
      CEILINGS,
    )
    expect('problems' in result && result.problems.map(({ code }) => code)).toEqual([
      'issuer_unknown',
    ])
  })
})

const SELF = { provider: 'generic-oidc', issuer: 'https://self.example.com' }
const declared = {
  ...good,
  issuers: { ...good.issuers, self: SELF },
  rules: [rule, { ...rule, name: 'old', from: 'self', when: { sub: 'job' } }],
}

describe('an issuer with the reserved name', () => {
  it('is refused in a new document', () => {
    expect(problemsOf(declared)).toMatchObject([
      { code: 'issuer_reserved', path: ['issuers', 'self'] },
    ])
  })

  it('is still read from a stored one, and its rules are not those of the gateway', () => {
    const { trust, problems } = compileStored(declared, CEILINGS)
    expect(problems).toEqual([])
    expect(trust?.issuers.get(SELF.issuer)?.ruleAt(0).name).toBe('old')
    expect(() => trust?.own?.issuer.ruleAt(0)).toThrow(RangeError)
    expect(trust && listIssuers(trust).filter(({ name }) => name === 'self')).toHaveLength(1)
  })
})

describe('a stored document', () => {
  const anc = { ...rule, grant: { ...rule.grant, claims: { anc: '{repository}' } } }

  it('may have a rule that sets the claim anc', () => {
    expect(compileStored({ ...good, rules: [anc] }, CEILINGS).problems).toEqual([])
    expect(problemsOf({ ...good, rules: [anc] })).toMatchObject([{ code: 'claim_reserved' }])
  })

  it('closes the gateway as an issuer if it loses a deny rule from self, and no other issuer', () => {
    const broken = { name: 'no', effect: 'deny', from: 'self', when: { sub: 'x' }, hours: '9' }
    const { trust } = compileStored({ ...good, rules: [rule, broken] }, CEILINGS)
    expect(trust && closedOf(trust)).toEqual(['self'])
  })

  it('keeps a rule that reads a claim of a rule that was left out', () => {
    const broken = { ...CLAIMS, hours: '9' }
    const reading = own({ when: { client_id: 'deploy', team: 'x' } })
    const { trust } = compileStored({ ...good, resources, rules: [broken, reading] }, CEILINGS)
    expect(trust?.rules.map(({ name }) => name)).toEqual(['own'])
  })
})

const LOST = { name: 'no', effect: 'deny', from: 'self', when: { sub: 'x' }, hours: '9' }

const closedOf = (trust: CompiledTrust) =>
  listIssuers(trust).flatMap(({ name, isClosed }) => (isClosed ? [name] : []))

describe('a compiled form', () => {
  it.each([
    ['rules from self', withOwn()],
    ['a declared issuer of this name', declared],
    ['a lost deny rule of a declared issuer of this name', { ...declared, rules: [rule, LOST] }],
    [
      'a lost deny rule',
      {
        ...good,
        rules: [{ name: 'no', effect: 'deny', from: 'self', when: { sub: 'x' }, hours: '9' }],
      },
    ],
  ])('has the gateway and its rules, with %s', (_, document) => {
    const compiled = compileStored(document, CEILINGS)
    const { trust } = loadForm(compiled)
    const [ours, theirs] = [trust.own, compiled.trust?.own]
    expect(ours?.issuer.isClosed).toBe(theirs?.issuer.isClosed)
    expect(ours?.issuer.index).toEqual(theirs?.issuer.index)
    expect(closedOf(trust)).toEqual(compiled.trust && closedOf(compiled.trust))
    for (const { name } of compiled.trust?.rules ?? []) {
      expect(ours?.ruleNamed(name)).toEqual(theirs?.ruleNamed(name))
      expect(ours?.ruleNamed(name)?.name).toBe(name)
    }
    for (const name of ['', 'nobody', 'Deploy', '__proto__']) {
      expect([ours?.ruleNamed(name), theirs?.ruleNamed(name)]).toEqual([undefined, undefined])
    }
  })

  it('finds a rule among names with the same hash', () => {
    const names = ['rqzpcwxq', 'first', 'r1cxtgvt1j', 'last']
    expect(hashText('rqzpcwxq')).toBe(hashText('r1cxtgvt1j'))
    const rules = names.map((name) => ({ ...rule, name }))
    const { trust } = loadForm(compileStored({ ...good, rules }, CEILINGS))
    expect(names.map((name) => trust.own?.ruleNamed(name)?.name)).toEqual(names)
  })
})
