import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileTrust } from '../../../../src/core/policy/compile/compile.ts'
import { evaluate } from '../../../../src/core/policy/decide/evaluate.ts'
import { evaluateClaims } from '../../../../src/core/policy/explain/evaluate-claims.ts'
import { CEILINGS } from '../../../support/core-world.ts'
import { runs } from '../../../support/runs.ts'
import { API, AT, identityOf, OTHER } from '../support/decide.ts'
import {
  claim,
  condition,
  documentWith,
  glob,
  NAMES,
  request,
  resource,
  text,
} from '../support/generated.ts'
import { decideNaively, type NaiveRule } from '../support/naive.ts'

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
  const decision = evaluate({
    ...{ trust, issuer },
    identity: identityOf(claims),
    request: wanted,
    at: AT,
  })
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
      runs(500),
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
      runs(500),
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
      runs(500),
    )
  })
})
