import { describe, expect, it } from 'vitest'
import { MAX_EXPLAINED_RULES } from '../../../../src/core/limits.ts'
import { evaluate } from '../../../../src/core/policy/decide/evaluate.ts'
import { candidates } from '../../../../src/core/policy/decide/rule-index.ts'
import { API, AT, allow, deny, identityOf } from '../support/decide.ts'
import { compileIssuer, findRules, namesOf } from '../support/index.ts'

const SIZE = 200
const numbers = Array.from({ length: SIZE }, (_, index) => String(index).padStart(4, '0'))

type Shape = readonly [name: string, glob: (number: string) => string, value: string]

/** The value belongs to rule 0177. */
const SHAPES: readonly Shape[] = [
  ['different beginnings', (n) => `refs/heads/release-${n}-*`, 'refs/heads/release-0177-x'],
  ['one beginning and different ends', (n) => `refs/heads/*-${n}`, 'refs/heads/x-0177'],
  ['one beginning, one end and a piece', (n) => `refs/*-v${n}-*/end`, 'refs/a-v0177-b/end'],
  ['only a piece', (n) => `*v${n}x*`, 'a-v0177x-b'],
  ['a piece that crosses segments', (n) => `**/v${n}x/**`, 'a/b/v0177x/c/d'],
  [
    'a long piece that ends differently',
    (n) => `*${'long-'.repeat(9)}${n}*`,
    `${'long-'.repeat(9)}0177`,
  ],
  [
    'a long piece that begins differently',
    (n) => `*${n}${'-long'.repeat(9)}*`,
    `0177${'-long'.repeat(9)}`,
  ],
  ['no star', (n) => `refs/heads/${n}`, 'refs/heads/0177'],
]

describe('the index of rules that differ only by globs', () => {
  it.each(SHAPES)('RULE-20 finds one of two hundred: %s', (_, globOf, value) => {
    const rules = numbers.map((n) => allow(`r${n}`, { ref: { glob: globOf(n) } }))
    const { issuer } = compileIssuer(rules, 'github-actions')
    const { claims } = identityOf({ repository_owner_id: '4411', ref: value })
    expect(namesOf(findRules(issuer, issuer.index, claims))).toEqual(['r0177'])
    expect(findRules(issuer, issuer.index, { ...claims, ref: 'refs/heads/main' })).toEqual([])
  })

  it.each(SHAPES)('RULE-20 finds one deny rule of two hundred: %s', (_, globOf, value) => {
    const rules = numbers.map((n) => deny(`r${n}`, { ref: { glob: globOf(n) } }))
    const { issuer } = compileIssuer(rules, 'github-actions')
    const near = (ref: unknown) => findRules(issuer, issuer.index, identityOf({ ref }).claims)
    expect(namesOf(near(value))).toEqual(['r0177'])
    expect(near('refs/heads/main')).toEqual([])
    // A claim that no rule can read could match any of the globs.
    expect(near([value])).toHaveLength(SIZE)
    expect(near(`${value}\n`)).toHaveLength(SIZE)
  })

  it('RULE-20 files a rule under the glob if its equality is shared by all rules', () => {
    const rules = numbers.map((n) =>
      allow(`r${n}`, { environment: 'production', ref: { glob: `v${n}*` } }),
    )
    const { issuer } = compileIssuer(rules, 'github-actions')
    const held = { repository_owner_id: '4411', environment: 'production', ref: 'v0042.1' }
    expect(candidates(issuer.index, identityOf(held).claims)).toHaveLength(1)
  })

  it('RULE-20 files a rule under its equality if its glob is shared by all rules', () => {
    const rules = numbers.map((n) =>
      allow(`r${n}`, { repository_id: n, ref: { glob: 'refs/tags/v*' } }),
    )
    const { issuer } = compileIssuer(rules, 'github-actions')
    const held = { repository_owner_id: '4411', repository_id: '0042', ref: 'refs/tags/v1' }
    expect(candidates(issuer.index, identityOf(held).claims)).toHaveLength(1)
  })

  it('always evaluates a rule whose only glob has no literal text', () => {
    const rules = [
      { ...allow('any'), when: { team: { glob: '*' } } },
      { ...allow('all'), when: { team: { glob: '**' } } },
      { ...allow('one'), when: { team: { glob: 'a*' } } },
    ]
    const { issuer } = compileIssuer(rules, 'generic-oidc')
    expect(namesOf(findRules(issuer, issuer.index, { team: 'b' }))).toEqual(['any', 'all'])
  })

  it('explains a denial with at most a hundred rules of the tenant', () => {
    const rules = numbers.map((n) => allow(`r${n}`, { ref: { glob: `v${n}*` } }))
    const { issuer, trust } = compileIssuer(rules, 'github-actions')
    let asked = 0
    const counted = {
      ...issuer,
      ruleAt: (ordinal: number) => {
        asked += 1
        return issuer.ruleAt(ordinal)
      },
    }
    const identity = identityOf({ repository_owner_id: '4411', ref: 'main' })
    const request = { resource: API, scopes: undefined, rule: undefined }
    const decision = evaluate({ trust, issuer: counted, identity, request, at: AT })
    expect(decision).toMatchObject({
      denial: { reason: 'no_rule_matched', trace: { length: MAX_EXPLAINED_RULES } },
    })
    expect(asked).toBe(10 * MAX_EXPLAINED_RULES)
  })
})
