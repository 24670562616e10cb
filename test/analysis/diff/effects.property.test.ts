import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffTrust } from '../../../src/analysis/diff/diff.ts'
import { describeEffects } from '../../../src/analysis/diff/effects.ts'
import { patternCovers } from '../../../src/analysis/diff/pattern-covers.ts'
import { compileTrust } from '../../../src/core/policy/compile/compile.ts'
import { compilePattern, matchesPattern } from '../../../src/core/policy/language/pattern.ts'
import { API, AT, OTHER } from '../../core/policy/support/decide.ts'
import {
  claim,
  condition,
  documentWith,
  glob,
  NAMES,
  request,
} from '../../core/policy/support/generated.ts'
import { decideNaively, type NaiveRule } from '../../core/policy/support/naive.ts'
import { CEILINGS } from '../../support/core-world.ts'
import { runs } from '../../support/runs.ts'

const documentOf = (rules: readonly NaiveRule[]) => ({
  version: 1,
  issuers: {
    ci: { provider: 'generic-oidc', issuer: 'https://issuer.example.com' },
    else: { provider: 'generic-oidc', issuer: 'https://else.example.com' },
  },
  resources: { [API]: { scopes: ['read', 'write', 'admin'] }, [OTHER]: { scopes: ['read'] } },
  rules,
})

/** Grants what no other rule does, so that deny rules have an effect. */
const REST: NaiveRule = {
  name: 'rest',
  from: 'ci',
  expires: '2099-12-31',
  when: { sub: { exists: true } },
  grant: { resource: API, scopes: ['read', 'write', 'admin'] },
}
const withOwner = (rule: NaiveRule) => (rule.effect === 'deny' ? rule : { owner: 'x', ...rule })

describe('the effect of a change', () => {
  it('never says widened if somebody loses, or narrowed if somebody gains', () => {
    const rule = documentWith(NAMES, condition).filter((rules) => rules.length > 0)
    // Often the same rule with one condition more or less.
    const pair = fc.tuple(rule, rule, fc.boolean()).map(([[first], [second], isSimilar]) => {
      const old = first as NaiveRule
      const other = { ...(second as NaiveRule), name: old.name }
      return [old, isSimilar ? { ...old, when: { ...old.when, ...other.when } } : other] as const
    })
    const claims = fc.dictionary(fc.constantFrom(...NAMES), claim, { noNullPrototype: true })
    const proven = { widened: 0, narrowed: 0 }
    fc.assert(
      fc.property(pair, fc.array(claims, { maxLength: 12 }), request, (versions, held, asked) => {
        for (const [before, after] of [versions, versions.toReversed()] as const) {
          const documents = [before, after].map((one) =>
            documentOf([one as NaiveRule, REST].map(withOwner)),
          )
          const compiled = documents.map((document) => compileTrust(document, CEILINGS))
          const [old, young] = compiled.map((one) => ('trust' in one ? one.trust : undefined))
          if (old === undefined || young === undefined) return fc.pre(false)
          const [change] = describeEffects(diffTrust(documents[0], documents[1]), old, young)
          const { effect } = change ?? {}
          if (effect === 'widened' || effect === 'narrowed') proven[effect] += 1
          for (const one of held) {
            const subject = { sub: 's', ...one }
            const [was, is] = [before, after].map((rule) =>
              [[rule], [rule, REST]].map((rules) => {
                const wanted = { resource: API, ...asked }
                const outcome = decideNaively(
                  rules as NaiveRule[],
                  { name: 'ci', folds: false },
                  subject,
                  wanted,
                  AT,
                )
                return outcome === 'rest' || outcome === rule?.name
              }),
            )
            const loses = was?.some((granted, index) => granted && is?.[index] === false)
            const gains = is?.some((granted, index) => granted && was?.[index] === false)
            if (effect === 'widened' || effect === 'same') expect(loses, effect).toBe(false)
            if (effect === 'narrowed' || effect === 'same') expect(gains, effect).toBe(false)
          }
        }
      }),
      runs(800),
    )
    // Otherwise the property would hold because nothing is proven.
    expect(Math.min(proven.widened, proven.narrowed)).toBeGreaterThan(50)
  })

  it('covers a pattern only if it matches every text of it', () => {
    const value = fc.string({ unit: fc.constantFrom('a', 'b', '/', ':', 'k', '-'), maxLength: 8 })
    let covered = 0
    fc.assert(
      fc.property(glob, glob, fc.array(value, { maxLength: 20 }), (wide, narrow, texts) => {
        if (!patternCovers(wide, narrow)) return
        covered += 1
        const [outer, inner] = [wide, narrow].map(compilePattern)
        if (outer === undefined || inner === undefined) throw new Error('not compiled')
        for (const text of texts) {
          if (matchesPattern(inner, text)) expect(matchesPattern(outer, text), text).toBe(true)
        }
      }),
      runs(3000),
    )
    expect(covered).toBeGreaterThan(100)
  })
})
