import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluateClaims } from '../../../../src/analysis/evaluate-claims.ts'
import { compileTrust } from '../../../../src/core/policy/compile/compile.ts'
import { evaluate } from '../../../../src/core/policy/decide/evaluate.ts'
import { CEILINGS } from '../../../support/core-world.ts'
import { runs } from '../../../support/runs.ts'
import { API, AT, identityOf, OTHER } from '../support/decide.ts'
import { decideNaively, type NaiveRule } from '../support/naive.ts'

const text = fc.constantFrom('a', 'A', 'b', 'a/b', 'a:b', 'a/b/c', 'k', '\u212a', 'ab', 'x-a')
const scalar = fc.oneof(
  { weight: 6, arbitrary: text },
  { weight: 1, arbitrary: fc.integer({ min: -2, max: 3 }) },
  { weight: 1, arbitrary: fc.boolean() },
)
const glob = fc
  .array(fc.constantFrom('a', 'b', 'A', '/', ':', '*', '**', 'k', '-'), {
    minLength: 1,
    maxLength: 5,
  })
  .map((parts) => parts.join(''))
  .filter((pattern) => !pattern.includes('***'))
const range = fc.tuple(fc.integer({ min: -2, max: 2 }), fc.nat(3))
const condition = fc.oneof(
  { weight: 5, arbitrary: scalar },
  { weight: 3, arbitrary: fc.array(scalar, { minLength: 1, maxLength: 3 }) },
  {
    weight: 2,
    arbitrary: fc.record({
      not: fc.oneof(scalar, fc.array(scalar, { minLength: 1, maxLength: 2 })),
    }),
  },
  { weight: 3, arbitrary: fc.record({ glob }) },
  {
    weight: 1,
    arbitrary: fc.record({ contains: fc.array(scalar, { minLength: 1, maxLength: 2 }) }),
  },
  { weight: 1, arbitrary: fc.record({ exists: fc.boolean() }) },
  { weight: 1, arbitrary: range.map(([min, more]) => ({ min, max: min + more })) },
  { weight: 1, arbitrary: range.map(([max]) => ({ max })) },
)
const claim = fc.oneof(
  { weight: 8, arbitrary: scalar },
  { weight: 1, arbitrary: fc.constantFrom(null, '', 'a\nb', {}, { a: 'a' }) },
  {
    weight: 2,
    arbitrary: fc.array(fc.oneof(scalar, fc.constantFrom(null, '', [], {})), { maxLength: 3 }),
  },
)

const NAMES = ['one', 'two', 'three', 'constructor'] as const
const scopes = fc.subarray(['read', 'write', 'admin'], { minLength: 1 })

function documentWith(names: readonly string[], values: typeof condition) {
  const when = fc.dictionary(fc.constantFrom(...names), values, {
    minKeys: 1,
    maxKeys: 3,
    noNullPrototype: true,
  })
  const allowed = fc.record({
    when,
    scopes,
    isOther: fc.boolean(),
    isObserved: fc.boolean(),
    isPast: fc.constantFrom(false, false, false, true),
    isDeny: fc.constantFrom(false, false, false, false, true),
    from: fc.constantFrom('ci', 'ci', 'ci', 'else'),
  })
  return fc.array(allowed, { maxLength: 8 }).map((list) =>
    list.map(
      (one, index): NaiveRule => ({
        name: `r${index}`,
        from: one.from,
        when: one.when,
        ...(one.isObserved && index % 3 === 0 ? { mode: 'observe' } : {}),
        ...(one.isPast ? { expires: '2026-01-31' } : one.isDeny ? {} : { expires: '2099-12-31' }),
        ...(one.isDeny
          ? { effect: 'deny' }
          : {
              owner: 'x@example.com',
              grant: one.isOther
                ? { resource: OTHER, scopes: ['read'] }
                : { resource: API, scopes: one.scopes },
            }),
      }),
    ),
  )
}

const request = fc.record(
  {
    scopes: fc.subarray(['read', 'write', 'admin'], { minLength: 1 }),
    rule: fc.constantFrom('r0', 'r1', 'r2'),
  },
  { requiredKeys: [] },
)
const resource = fc.constantFrom(API, API, API, OTHER)

type Json = Readonly<Record<string, unknown>>

function agree(
  provider: Json,
  folds: boolean,
  rules: readonly NaiveRule[],
  claims: Json,
  asked: Json,
) {
  const compiled = compileTrust(
    {
      version: 1,
      issuers: {
        ci: provider,
        else: { provider: 'generic-oidc', issuer: 'https://else.example.com' },
      },
      resources: { [API]: { scopes: ['read', 'write', 'admin'] }, [OTHER]: { scopes: ['read'] } },
      rules,
    },
    CEILINGS,
  )
  // The compiler refuses impossible conditions. Both implementations must decide the rest equally.
  if ('problems' in compiled) return fc.pre(false)
  const { trust } = compiled
  const issuer = [...trust.issuers.values()].find(({ name }) => name === 'ci')
  if (issuer === undefined) throw new Error('no issuer')
  const wanted = { resource: API, scopes: undefined, rule: undefined, ...asked }
  const naive = decideNaively(rules, { name: 'ci', folds }, claims, wanted as never, AT)
  const decision = evaluate(trust, issuer, identityOf(claims), wanted, AT)
  expect(decision.kind === 'granted' ? decision.rule.name : decision.denial.reason).toBe(naive)
  const offline = evaluateClaims(trust, { issuer: 'ci', claims }, wanted, AT)
  expect(offline.kind === 'granted' ? offline.rule : offline.reason).toBe(naive)
}

describe('the evaluator', () => {
  it('decides like the naive implementation, with every operator', () => {
    const provider = { provider: 'generic-oidc', issuer: 'https://issuer.example.com' }
    const claims = fc.dictionary(fc.constantFrom(...NAMES), claim, { noNullPrototype: true })
    fc.assert(
      fc.property(
        documentWith(NAMES, condition),
        claims,
        request,
        resource,
        (rules, held, asked, uri) =>
          agree(provider, false, rules, held, { ...asked, resource: uri }),
      ),
      runs(1000),
    )
  })

  it('RULE-09 RULE-10 decides like the naive implementation on claims without case', () => {
    const names = ['repository', 'repository_owner', 'environment', 'ref'] as const
    const texts = fc.oneof(
      text,
      fc.array(text, { minLength: 1, maxLength: 3 }),
      fc.record({ glob }),
      fc.record({ not: text }),
    )
    const provider = {
      provider: 'github-enterprise-server',
      issuer: 'https://ghes.example.com/_services/token',
    }
    const claims = fc.dictionary(fc.constantFrom(...names), claim, { noNullPrototype: true })
    fc.assert(
      fc.property(
        documentWith(names, texts as typeof condition),
        claims,
        request,
        (rules, held, asked) => agree(provider, true, rules, held, asked),
      ),
      runs(1000),
    )
  })

  it('RULE-20 decides like the naive implementation on documents that consist of globs', () => {
    const names = ['repository', 'ref'] as const
    const part = fc.constantFrom('a', 'A', 'b', '/', 'release-', 'x', '*', '**')
    const globs = fc
      .array(part, { minLength: 1, maxLength: 6 })
      .map((parts) => parts.join(''))
      .filter((pattern) => !pattern.includes('***'))
    const values = fc
      .array(
        part.filter((one) => !one.includes('*')),
        { minLength: 1, maxLength: 5 },
      )
      .map((parts) => parts.join(''))
    const provider = {
      provider: 'github-enterprise-server',
      issuer: 'https://ghes.example.com/_services/token',
    }
    const claims = fc.dictionary(
      fc.constantFrom(...names),
      fc.oneof({ weight: 8, arbitrary: values }, { weight: 1, arbitrary: claim }),
      { noNullPrototype: true },
    )
    fc.assert(
      fc.property(
        documentWith(names, fc.record({ glob: globs }) as typeof condition),
        claims,
        request,
        (rules, held, asked) => agree(provider, true, rules, held, asked),
      ),
      runs(1000),
    )
  })
})
