import { describe, expect, it } from 'vitest'
import { compileTrust } from '../../../../src/core/policy/compile/compile.ts'
import { CEILINGS } from '../../../support/core-world.ts'
import { good, type Json, problemsOf, rule, withRule, withWhen } from '../support/documents.ts'

const lists = (levels: number): unknown => {
  let value: unknown = 'x'
  for (let level = 0; level < levels; level += 1) value = [value]
  return value
}

const owner = { repository_owner_id: '4411' }
const codesOf = (document: unknown) => problemsOf(document).map(({ code }) => code)
const withCondition = (condition: string) => withRule({ condition })
const generic = (when: Json): Json => ({
  ...good,
  issuers: { ci: { provider: 'generic-oidc', issuer: 'https://issuer.example.com' } },
  rules: [{ ...rule, from: 'ci', when: { sub: 'x', ...when } }],
})

describe('the compiler reports invalid input as a problem with a path', () => {
  it.each([
    ['10,000 nested lists', { ...good, rules: lists(10_000) }],
    ['10,000 nested lists in a condition', withWhen({ ...owner, ref: lists(10_000) })],
    ['10,000 nested objects', JSON.parse(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`)],
  ])('and reads no deeper: %s', (_, document) => {
    expect(codesOf(document)).toEqual(['document_too_deep'])
  })

  it.each([
    [
      '__proto__ among conditions',
      `{"__proto__":"x","repository_owner_id":"4411"}`,
      'name_invalid',
    ],
    [
      'a prototype name that is not a claim of a typed provider',
      '{"constructor":"x"}',
      'claim_unknown',
    ],
  ])('RULE-21 %s', (_, when, code) => {
    expect(codesOf(withWhen(JSON.parse(when)))).toContain(code)
  })

  it.each(['constructor', 'toString', 'hasOwnProperty', 'a.constructor.name'])(
    'RULE-21 reads %s as a plain claim of a provider with free claims, and never inherits it',
    (name) => {
      const compiled = compileTrust(generic({ [name]: { exists: true } }), CEILINGS)
      expect('trust' in compiled).toBe(true)
    },
  )

  it.each([
    ['equality', 2 ** 53],
    ['a list', [1, 2 ** 53 + 2]],
    ['a bound', { max: 2 ** 60 }],
    ['an infinite number', { min: Number.POSITIVE_INFINITY }],
  ])('CLM-13 a number beyond 2^53 in %s', (_, condition) => {
    const [problem] = problemsOf(generic({ level: condition }))
    expect(problem?.path.slice(0, 4)).toEqual(['rules', 0, 'when', 'level'])
  })

  it.each([
    ['a bell', 'deploy\u0007'],
    ['a bidirectional mark', 'deploy\u202etxt'],
    ['a zero-width space', 'de\u200bploy'],
    ['a line break', 'deploy\nnow'],
    ['a lone surrogate', 'deploy\ud800'],
  ])('ADM-13 %s in a name, an owner and a description', (_, text) => {
    for (const member of ['name', 'owner', 'description']) {
      const [problem] = problemsOf(withRule({ [member]: text }))
      expect(problem?.path).toEqual(['rules', 0, member])
    }
  })

  it.each([
    ['an empty value', { ref: '' }],
    ['a number for a text claim', { repository_id: 8123456 }],
    ['contains on a text claim', { ref: { contains: 'x' } }],
    ['bounds on a text claim', { ref: { min: 1 } }],
    ['a minimum above the maximum', { ref: { min: 2, max: 1 } }],
    ['the absence of a required claim', { repository_id: { exists: false } }],
    ['a control character', { ref: 'refs/heads/\u0001' }],
    ['three stars', { ref: { glob: 'refs/***' } }],
  ])('a condition that can never hold: %s', (_, when) => {
    expect(codesOf(withWhen({ ...owner, ...(when as Json) }))).toEqual(['condition_impossible'])
  })

  it.each([
    ['does not parse', 'claims.ref =='],
    ['does not type-check', '"a" + 1 == 2'],
    ['reads an unknown variable', 'secrets.key == "x"'],
    ['is not a boolean', '1 + 1'],
    ['calls an unknown function', 'claims.ref.matches("^(a+)+$")'],
    ['loops in a loop', 'claims.a.all(x, claims.b.all(y, x == y))'],
    ['has too many nodes', Array.from({ length: 200 }, () => 'true').join(' && ')],
    ['nests too deeply', `${'('.repeat(200)}true${')'.repeat(200)}`],
    ['repeats the operator !', `${'!'.repeat(500)}true`],
  ])('RULE-07 an expression that %s', (_, condition) => {
    const [problem] = problemsOf(withCondition(condition))
    expect(problem?.path).toEqual(['rules', 0, 'condition'])
  })

  it.each([null, 0, '', [], true, 'x'.repeat(1000), [[[]]], { rules: {} }, { version: 2 }])(
    'a document that is %o',
    (document) => {
      expect(problemsOf(document).length).toBeGreaterThan(0)
    },
  )
})
