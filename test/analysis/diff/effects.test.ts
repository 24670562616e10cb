import { describe, expect, it } from 'vitest'
import { diffTrust } from '../../../src/analysis/diff/diff.ts'
import { describeEffects } from '../../../src/analysis/diff/effects.ts'
import { compileTrust } from '../../../src/core/policy/compile/compile.ts'
import { CEILINGS } from '../../support/core-world.ts'

type Json = Readonly<Record<string, unknown>>

const API = 'https://api.example.com'
const GRANT = { resource: API, scopes: ['read'], lifetime: '10m' }
const BASE = {
  version: 1,
  issuers: {
    ci: {
      provider: 'generic-oidc',
      issuer: 'https://ci.example.com',
      key_hosts: ['k.example.com'],
    },
  },
  resources: { [API]: { scopes: ['read', 'write'], max_lifetime: '30m' } },
}
const allow = (change: Json = {}) => ({
  name: 'deploy',
  owner: 'x@example.com',
  expires: '2099-12-31',
  from: 'ci',
  when: { team: '7', ref: 'refs/heads/main' },
  grant: GRANT,
  ...change,
})
const deny = (change: Json = {}) => ({
  ...{ name: 'deploy', effect: 'deny', from: 'ci', when: { team: '7' } },
  ...change,
})

function compile(document: unknown) {
  const result = compileTrust(document, CEILINGS)
  if ('problems' in result) throw new Error(JSON.stringify(result.problems))
  return result.trust
}

function changesOf(before: Json, after: Json) {
  return describeEffects(diffTrust(before, after), compile(before), compile(after))
}

const ofRules = (before: readonly Json[], after: readonly Json[]) =>
  changesOf({ ...BASE, rules: before }, { ...BASE, rules: after }).map(
    ({ kind, name, effect }) => `${kind} ${name}: ${effect}`,
  )

const withBudget = (grants: number, more: Json = {}) =>
  allow({ grant: { ...GRANT, budget: { per: 'job', grants, ...more } } })
const when = (conditions: Json) => allow({ when: conditions })

describe('the effect of a changed rule', () => {
  it.each<[string, Json, Json, string, string]>([
    ['a value', when({ ref: 'a' }), when({ ref: ['a', 'b'] }), 'widened', 'narrowed'],
    ['other values', when({ ref: ['a', 'c'] }), when({ ref: ['a', 'b'] }), 'changed', 'changed'],
    ['a condition', when({ ref: 'a', x: '1' }), when({ ref: 'a' }), 'widened', 'narrowed'],
    [
      'a value in a glob',
      when({ ref: 'v1' }),
      when({ ref: { glob: 'v*' } }),
      'widened',
      'narrowed',
    ],
    ['a glob', when({ ref: { glob: 'v*' } }), when({ ref: { glob: '**' } }), 'widened', 'narrowed'],
    [
      'a glob across segments',
      when({ ref: { glob: 'a/**' } }),
      when({ ref: { glob: 'a/*' } }),
      'narrowed',
      'widened',
    ],
    [
      'globs of which none has the other',
      when({ ref: { glob: 'a*' } }),
      when({ ref: { glob: '*a' } }),
      'changed',
      'changed',
    ],
    [
      'an excluded value',
      when({ x: { not: ['a', 'b'] } }),
      when({ x: { not: 'a' } }),
      'widened',
      'narrowed',
    ],
    ['any value', when({ x: { not: 'a' } }), when({ x: { exists: true } }), 'widened', 'narrowed'],
    ['a range', when({ n: { min: 2, max: 3 } }), when({ n: { min: 1 } }), 'widened', 'narrowed'],
    ['a number in a range', when({ n: 2 }), when({ n: { max: 2 } }), 'widened', 'narrowed'],
    ['a text that is no number', when({ n: '2' }), when({ n: { max: 2 } }), 'changed', 'changed'],
    [
      'a list with more values',
      when({ l: { contains: ['a', 'b'] } }),
      when({ l: { contains: 'a' } }),
      'widened',
      'narrowed',
    ],
    ['an expression', allow({ condition: 'claims.a == "b"' }), allow(), 'widened', 'narrowed'],
    [
      'another expression',
      allow({ condition: 'claims.a == "b"' }),
      allow({ condition: 'claims.a == "b" || true' }),
      'changed',
      'changed',
    ],
    ['an owner', allow(), allow({ owner: 'y@example.com' }), 'same', 'same'],
    ['the end', allow({ expires: '2098-01-01' }), allow(), 'widened', 'narrowed'],
    [
      'a scope',
      allow(),
      allow({ grant: { ...GRANT, scopes: ['read', 'write'] } }),
      'widened',
      'narrowed',
    ],
    [
      'the lifetime',
      allow(),
      allow({ grant: { ...GRANT, lifetime: '20m' } }),
      'widened',
      'narrowed',
    ],
    [
      'the lifetime and a value, in opposite directions',
      when({ ref: ['a', 'b'] }),
      allow({ when: { ref: 'a' }, grant: { ...GRANT, lifetime: '20m' } }),
      'changed',
      'changed',
    ],
    ['replay', allow({ grant: { ...GRANT, replay: 'once' } }), allow(), 'widened', 'narrowed'],
    ['a budget', withBudget(1), allow(), 'widened', 'narrowed'],
    ['a larger budget', withBudget(1), withBudget(2), 'widened', 'narrowed'],
    [
      'the claim that a budget needs',
      withBudget(1, { on_excess: 'alert' }),
      allow(),
      'widened',
      'narrowed',
    ],
    [
      'the limit of a budget that only alerts',
      withBudget(1, { on_excess: 'alert' }),
      withBudget(2, { on_excess: 'alert' }),
      'same',
      'same',
    ],
    [
      'the claim of a budget that no longer refuses',
      withBudget(1),
      withBudget(1, { per: 'run', on_excess: 'alert' }),
      'changed',
      'changed',
    ],
    ['a budget of another job', withBudget(1), withBudget(1, { per: 'run' }), 'changed', 'changed'],
    [
      'the subject',
      allow(),
      allow({ grant: { ...GRANT, subject: 'x:{sub}' } }),
      'changed',
      'changed',
    ],
    ['a claim', allow(), allow({ grant: { ...GRANT, claims: { a: 'b' } } }), 'changed', 'changed'],
    ['mode: observe', allow({ mode: 'observe' }), allow(), 'widened', 'narrowed'],
    [
      'a deny rule with more values',
      deny({ when: { x: ['a', 'b'] } }),
      deny({ when: { x: 'a' } }),
      'widened',
      'narrowed',
    ],
    // A deny rule also matches what a claim could be, such as a list with the value.
    [
      'a deny rule with a glob',
      deny({ when: { x: 'ab' } }),
      deny({ when: { x: { glob: 'a*' } } }),
      'changed',
      'changed',
    ],
    ['an allow rule that becomes a deny rule', deny(), allow(), 'widened', 'narrowed'],
  ])('is proven, or is called changed: %s', (_, before, after, forth, back) => {
    expect(ofRules([before], [after])).toEqual([`changed deploy: ${forth}`])
    expect(ofRules([after], [before])).toEqual([`changed deploy: ${back}`])
  })

  it('is that of an added or removed rule', () => {
    expect(ofRules([], [allow()])).toEqual(['added deploy: widened'])
    expect(ofRules([allow()], [])).toEqual(['removed deploy: narrowed'])
    expect(ofRules([], [deny()])).toEqual(['added deploy: narrowed'])
    expect(ofRules([], [allow({ mode: 'observe' })])).toEqual(['added deploy: same'])
  })

  it('is not proven if the old document does not compile', () => {
    const [before, after] = [
      { ...BASE, rules: [allow()] },
      { ...BASE, rules: [allow({ owner: 'y' })] },
    ]
    const changes = describeEffects(diffTrust(before, after), undefined, compile(after))
    expect(changes).toMatchObject([{ kind: 'changed', effect: 'changed' }])
    const removed = describeEffects(diffTrust(before, BASE), undefined, compile(BASE))
    expect(removed).toMatchObject([{ kind: 'removed', effect: 'changed' }])
  })
})

describe('a rule that moved', () => {
  const other = (change: Json = {}) => allow({ name: 'other', ...change })

  it('matters if both rules can match one token', () => {
    expect(ofRules([allow(), other()], [other(), allow()])).toEqual(['changed other: changed'])
  })

  it.each<[string, Json]>([
    ['no token matches both', { when: { ref: 'refs/heads/next' } }],
    ['the other is for another ref, as a glob', { when: { ref: { glob: 'refs/tags/*' } } }],
    ['the other rule denies', { effect: 'deny', grant: undefined }],
    ['the other rule only observes', { mode: 'observe' }],
  ])('does not matter if %s', (_, change) => {
    const passed = JSON.parse(JSON.stringify(other(change))) as Json
    expect(ofRules([allow(), passed], [passed, allow()])).toEqual([
      expect.stringMatching(/^changed \w+: same$/),
    ])
  })

  it('is recognized under a new name', () => {
    const [before, after] = [
      { ...BASE, rules: [allow()] },
      { ...BASE, rules: [allow({ name: 'ship' })] },
    ]
    expect(changesOf(before, after)).toEqual([
      {
        ...{ kind: 'changed', part: 'rule', name: 'ship', effect: 'same' },
        renamed: { before: 'deploy' },
      },
    ])
    // With another change it is another rule.
    expect(ofRules([allow()], [allow({ name: 'ship', owner: 'y' })])).toEqual([
      'removed deploy: narrowed',
      'added ship: widened',
    ])
  })
})

describe('the effect of a changed issuer or resource', () => {
  const issuer = (change: Json) => ({ ...BASE, issuers: { ci: { ...BASE.issuers.ci, ...change } } })
  const resource = (change: Json) => ({
    ...BASE,
    resources: { [API]: { ...BASE.resources[API], ...change } },
  })
  it.each<[string, Json, string]>([
    ['another audience', issuer({ audience: 'https://x.example.com' }), 'changed'],
    ['one more key host', issuer({ key_hosts: ['k.example.com', 'l.example.com'] }), 'widened'],
    ['one more kind of token', issuer({ accepts: ['access_token'] }), 'widened'],
    ['one more scope', resource({ scopes: ['read', 'write', 'admin'] }), 'widened'],
    ['one scope less', resource({ scopes: ['read'] }), 'narrowed'],
    ['a shorter lifetime', resource({ max_lifetime: '5m' }), 'narrowed'],
    ['another name', resource({ also_known_as: ['api'] }), 'widened'],
    ['another algorithm', resource({ algorithm: 'RS256' }), 'changed'],
    ['strict audit', resource({ audit: 'strict' }), 'same'],
    ['a demand for a proof', resource({ proof_of_possession: 'required' }), 'narrowed'],
    ['a proof that is refused', resource({ proof_of_possession: 'none' }), 'narrowed'],
  ])('is proven, or is called changed: %s', (_, after, effect) => {
    expect(changesOf(BASE, after)).toMatchObject([{ kind: 'changed', effect }])
  })
})

describe('another spelling of one thing', () => {
  const named = (name: string) => ({
    ...BASE,
    resources: { [API]: { ...BASE.resources[API], also_known_as: [name] } },
  })

  it('of a name of a resource is the same', () => {
    const name = 'https://other.example.com/v1'
    for (const other of ['https://OTHER.example.com:443/v1', 'https://other.example.com/%761']) {
      expect(changesOf(named(name), named(other))).toMatchObject([{ effect: 'same' }])
    }
    expect(changesOf(named(name), named(`${name}/`))).toMatchObject([{ effect: 'changed' }])
  })

  it.each([
    ['spaces', 'claims.a=="b"&&claims.n>1', 'claims.a == "b"  && claims.n > 1', 'same'],
    ['line ends and comments', 'claims.a == "b"', '// why\nclaims.a ==\n "b"', 'same'],
    ['quotation marks', 'claims.a == "b"', "claims.a == 'b'", 'same'],
    ['needless parentheses', 'claims.a == "b"', '(claims.a == "b")', 'same'],
    ['spaces within a text', 'claims.a == "b c"', 'claims.a == "b  c"', 'changed'],
    ['another order of operands', 'claims.n - 1.0 > 2.0', '1.0 - claims.n > 2.0', 'changed'],
    ['an int and a text', 'claims.n == 1', 'claims.n == "1"', 'changed'],
    ['an int and a double', 'claims.n == 1', 'claims.n == 1.0', 'changed'],
    ['an int and a uint', 'claims.n == 1', 'claims.n == 1u', 'changed'],
    ['two uints', 'claims.n == 2u', 'claims.n == 1u', 'changed'],
  ])('of an expression: %s', (_, before, after, effect) => {
    const rules = (condition: string) => ({ ...BASE, rules: [allow({ condition })] })
    expect(changesOf(rules(before), rules(after))).toMatchObject([{ effect }])
  })
})
