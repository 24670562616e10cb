import { describe, expect, it } from 'vitest'
import { MAX_RESOURCES } from '../../../../src/contract/limits.ts'
import { MAX_STORED_PASSES } from '../../../../src/core/limits.ts'
import { compileTrust } from '../../../../src/core/policy/compile/compile.ts'
import type { Ceilings, CompiledTrust } from '../../../../src/core/policy/compile/compiled.ts'
import { compileStored } from '../../../../src/core/policy/compile/stored.ts'
import { evaluate } from '../../../../src/core/policy/decide/evaluate.ts'
import { AT, identityOf } from '../support/decide.ts'

const CEILINGS: Ceilings = {
  gatewayIssuer: 'https://sts.example.com',
  maxTokenLifetimeSeconds: 3600,
  maxRuleExpirySeconds: undefined,
  localIssuers: false,
}
const API = 'https://api.example.com'
const BROKEN = { hours: '9-17' }

const allow = (name: string, change: object = {}) => ({
  name,
  owner: 'ada@example.com',
  expires: '2099-12-31',
  from: 'ci',
  when: { sub: 'job' },
  grant: { resource: API, scopes: ['read'] },
  ...change,
})
const deny = (name: string, change: object = {}) => ({
  name,
  effect: 'deny',
  from: 'ci',
  when: { sub: 'job' },
  ...change,
})

function documentWith(change: object = {}) {
  return {
    version: 1,
    issuers: {
      ci: { provider: 'generic-oidc', issuer: 'https://ci.example.com' },
      other: { provider: 'generic-oidc', issuer: 'https://other.example.com' },
    },
    resources: { [API]: { scopes: ['read'] } },
    rules: [allow('one'), allow('two', { from: 'other' })],
    ...change,
  }
}

const CI = { provider: 'generic-oidc', issuer: 'https://ci.example.com' }
const TWINS = { issuers: { ci: CI, other: CI } }

const denyFrom = (from: string, change: object = {}) =>
  documentWith({ rules: [allow('one'), deny('never', { from })], ...change })

/** The names of the remaining parts. */
function read(document: unknown) {
  const { trust, problems } = compileStored(document, CEILINGS)
  return {
    rules: trust?.rules.map(({ name }) => name),
    closed: [...(trust?.issuers.values() ?? [])].flatMap(({ name, isClosed }) =>
      isClosed ? [name] : [],
    ),
    paths: problems.map(({ path }) => path.slice(0, 2).join('.')),
  }
}

/** Without the functions, which are never equal. */
const plain = ({ issuers, own, ...rest }: CompiledTrust) => ({
  ...rest,
  own: own?.issuer.index,
  issuers: [...issuers].map(([url, { ruleAt: _, ...issuer }]) => [url, issuer]),
})

describe('a stored document', () => {
  it('compiles like a new document if it has no problem', () => {
    const { trust, problems } = compileStored(documentWith(), CEILINGS)
    expect(problems).toEqual([])
    const compiled = compileTrust(documentWith(), CEILINGS)
    expect('trust' in compiled && plain(compiled.trust)).toEqual(trust && plain(trust))
  })

  type Row = readonly [name: string, rules: readonly unknown[], rest: object]
  const rows: readonly Row[] = [
    [
      'leaves out an allow rule that does not compile, and no other rule',
      [allow('one', BROKEN), allow('two')],
      { rules: ['two'], closed: [], paths: ['rules.0'] },
    ],
    [
      'reports each problem with its path in the stored document',
      [allow('one', BROKEN), allow('two'), allow('three', { when: {}, condition: 'claims.' })],
      { rules: ['two'], closed: [], paths: ['rules.0', 'rules.2'] },
    ],
    [
      'reports problems of later passes with their paths in the stored document',
      [
        allow('one', BROKEN),
        allow('two', { grant: { resource: API, scopes: ['write'] } }),
        allow('three', { grant: { resource: API, scopes: ['read'], lifetime: '2h' } }),
      ],
      { rules: ['three'], closed: [], paths: ['rules.0', 'rules.1', 'rules.2'] },
    ],
    [
      'closes the issuer of a deny rule that does not compile',
      [allow('one'), deny('never', BROKEN)],
      { rules: ['one'], closed: ['ci'], paths: ['rules.1'] },
    ],
    [
      'closes the issuer of a deny rule whose condition does not compile',
      [allow('one'), deny('never', { condition: 'claims.' })],
      { rules: ['one'], closed: ['ci'], paths: ['rules.1'] },
    ],
    [
      'closes the issuer of a deny rule with a duplicate name',
      [allow('one'), deny('one')],
      { rules: ['one'], closed: ['ci'], paths: ['rules.1'] },
    ],
    [
      'keeps the issuer closed in later passes, which leave out other parts',
      [
        allow('one', { from: 'other' }),
        deny('never', BROKEN),
        allow('two', { grant: { resource: API, scopes: ['write'] } }),
      ],
      { rules: ['one'], closed: ['ci'], paths: ['rules.1', 'rules.2'] },
    ],
    [
      'treats a rule with an unknown effect as a deny rule',
      [allow('one'), allow('never', { effect: 'quarantine' })],
      { rules: ['one'], closed: ['ci'], paths: ['rules.1'] },
    ],
    [
      'treats a rule with an unknown mode as enforced',
      [allow('one'), deny('never', { mode: 'shadow' })],
      { rules: ['one'], closed: ['ci'], paths: ['rules.1'] },
    ],
    [
      'treats a rule with neither an effect nor a grant as a deny rule',
      [allow('one'), deny('never', { effect: undefined })],
      { rules: ['one'], closed: ['ci'], paths: ['rules.1', 'rules.1', 'rules.1'] },
    ],
    [
      'leaves out a deny rule that only observes',
      [allow('one'), deny('watch', { mode: 'observe', ...BROKEN })],
      { rules: ['one'], closed: [], paths: ['rules.1'] },
    ],
  ]
  it.each(rows)('%s', (_, rules, rest) => {
    expect(read(documentWith({ rules }))).toEqual(rest)
  })

  it('EXC-06 limits a lifetime above the maximum of its resource when a token is issued', () => {
    const resources = { [API]: { scopes: ['read'], max_lifetime: '10m' } }
    const grant = { resource: API, scopes: ['read'], lifetime: '1h' }
    const { trust } = compileStored(
      documentWith({ resources, rules: [allow('one', { grant })] }),
      CEILINGS,
    )
    const issuer = trust?.issuers.get('https://ci.example.com')
    if (trust === undefined || issuer === undefined) throw new Error('nothing can be used')
    const asked = { resource: API, scopes: undefined, rule: undefined }
    const identity = identityOf({ sub: 'job' })
    expect(evaluate({ trust, issuer, identity, request: asked, at: AT })).toMatchObject({
      kind: 'granted',
      lifetimeSeconds: 600,
    })
  })

  it('keeps a resource that has a scope twice, and reports it', () => {
    const resources = { [API]: { scopes: ['read', 'read'] } }
    expect(read(documentWith({ resources }))).toEqual({
      rules: ['one', 'two'],
      closed: [],
      paths: [`resources.${API}`],
    })
  })

  it('keeps as many resources as a document may have, and is not partial', () => {
    const resources = Array.from({ length: MAX_RESOURCES }, (_, index) => [
      index === 0 ? API : `https://${index}.example.com`,
      { scopes: ['read'] },
    ])
    const document = documentWith({ resources: Object.fromEntries(resources) })
    const { trust, problems } = compileStored(document, CEILINGS)
    expect([trust?.resources.size, trust?.isPartial, problems]).toEqual([
      MAX_RESOURCES,
      undefined,
      [],
    ])
  })

  it('keeps a rule that grants a scope twice, which older releases accepted', () => {
    const grant = { resource: API, scopes: ['read', 'read'] }
    const { trust, problems } = compileStored(
      documentWith({ rules: [allow('one', { grant })] }),
      CEILINGS,
    )
    expect([trust?.rules[0]?.grant?.scopes, problems]).toEqual([['read'], []])
  })

  it('leaves out all rules of an issuer that is left out, including deny rules', () => {
    const { issuers } = documentWith()
    const broken = { ...issuers, ci: { ...issuers.ci, provider: 'gone-ci' } }
    const rules = [allow('one'), deny('never'), allow('two', { from: 'other' })]
    expect(read(documentWith({ issuers: broken, rules }))).toEqual({
      rules: ['two'],
      closed: [],
      paths: ['issuers.ci'],
    })
  })

  it('leaves out the allow rules of a resource that is left out, but no deny rule', () => {
    const resources = { [API]: { scopes: ['read'], audience: 'https://other.example' } }
    const rules = [allow('one'), deny('never')]
    expect(read(documentWith({ resources, rules }))).toMatchObject({
      rules: ['never'],
      closed: [],
      paths: [`resources.${API}`],
    })
  })

  it('keeps the first of two issuers with the same URL', () => {
    const { issuers } = documentWith()
    const twins = { ...issuers, other: issuers.ci }
    expect(read(documentWith({ issuers: twins }))).toMatchObject({
      rules: ['one'],
      paths: ['issuers.other'],
    })
  })

  it('closes the issuer of a deny rule that names a resource that is left out', () => {
    const more = Array.from({ length: MAX_RESOURCES }, (_, index) => [
      `https://${index}.example.com`,
      { scopes: ['read'] },
    ])
    const last = `https://${MAX_RESOURCES - 1}.example.com`
    const resources = { [API]: { scopes: ['read'] }, ...Object.fromEntries(more) }
    const rules = [allow('one'), deny('never', { grant: { resource: last, scopes: ['read'] } })]
    expect(read(documentWith({ resources, rules }))).toMatchObject({
      rules: ['one'],
      closed: ['ci'],
    })
  })

  it('never has more rules after any one part is broken', () => {
    const whole = documentWith({ rules: [allow('one'), deny('never'), allow('two')] })
    for (const position of [0, 1, 2]) {
      const rules = whole.rules.map((rule, at) => (at === position ? { ...rule, ...BROKEN } : rule))
      const { trust } = compileStored({ ...whole, rules }, CEILINGS)
      expect(trust?.rules).toHaveLength(2)
    }
  })

  it.each([
    ['null', null],
    ['a list', []],
    ['another version', { ...documentWith(), version: 2 }],
    ['an unknown member', { ...documentWith(), imports: [] }],
    ['rules that are not a list', { ...documentWith(), rules: {} }],
    ['a rule that is not an object', { ...documentWith(), rules: ['deny'] }],
    ['a deny rule whose issuer name has a space', denyFrom('ci ')],
    ['a deny rule whose issuer name is in upper case', denyFrom('CI')],
    ['a deny rule with an empty issuer name', denyFrom('')],
    ['a deny rule whose issuer is named like a member of every object', denyFrom('constructor')],
    ['a deny rule of the second of two issuers with the same URL', denyFrom('other', TWINS)],
    [
      'a deny rule without an issuer',
      { ...documentWith(), rules: [deny('x', { from: undefined })] },
    ],
  ])('that is %s is not used at all', (_, document) => {
    const { trust, problems } = compileStored(document, CEILINGS)
    expect(trust).toBeUndefined()
    expect(problems).not.toEqual([])
    // A problem of the whole document leaves nothing out, so it is found in one pass.
    expect(problems).toEqual([
      ...new Map(problems.map((one) => [JSON.stringify(one), one])).values(),
    ])
  })

  it('is not used if it needs more than the maximum number of passes', () => {
    // Each pass finds one shape fault.
    const rules = Array.from({ length: MAX_STORED_PASSES + 1 }, (_, index) =>
      JSON.parse(`{"name":"r${index}","from":"ci","__proto__":{}}`),
    )
    expect(compileStored(documentWith({ rules }), CEILINGS).trust).toBeUndefined()
  })
})
