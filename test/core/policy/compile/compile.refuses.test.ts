import { describe, expect, it } from 'vitest'
import { compileTrust } from '../../../../src/core/policy/compile/compile.ts'
import { CEILINGS } from '../../../support/core-world.ts'
import {
  good,
  owner,
  problemsOf,
  rule,
  withIssuer,
  withRule,
  withWhen,
} from '../support/documents.ts'

describe('the compiler', () => {
  it('accepts the document that the other tests change', () => {
    expect(problemsOf(good)).toEqual([])
  })

  it('suggests the correct name for a misspelt claim', () => {
    const [problem] = problemsOf(withWhen({ ...owner, repositoryid: '1' }))
    expect(problem?.message).toContain('did you mean "repository_id"?')
  })

  it('refuses a rule that ends beyond the ceiling of the deployment', () => {
    const ceilings = { ...CEILINGS, maxRuleExpirySeconds: 90 * 86_400 }
    expect(problemsOf(good, ceilings)).toMatchObject([{ code: 'expiry_above_ceiling' }])
  })

  it('refuses loopback issuers unless the deployment allows them', () => {
    const local = withIssuer({ issuer: 'http://127.0.0.1:7600/a' })
    expect(problemsOf(local)).toEqual([])
    const problems = problemsOf(local, { ...CEILINGS, localIssuers: false })
    expect(problems).toMatchObject([{ code: 'issuer_invalid' }])
  })

  it('reports every problem at once, and beyond a hundred only their number', () => {
    const rules = Array.from({ length: 150 }, (_, index) => ({
      ...rule,
      name: `r${index}`,
      from: 'nobody',
    }))
    const problems = problemsOf({ ...good, rules })
    expect(problems).toHaveLength(101)
    expect(problems.at(-1)).toMatchObject({
      code: 'more_problems',
      message: 'and 50 more problems',
    })
  })

  const shapes: readonly (readonly [string, string])[] = [
    ['10,000 nested lists', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    [
      '10,000 nested conditions',
      `{"version":1,"rules":[{"when":${'{"not":'.repeat(10_000)}1${'}'.repeat(10_000)}}]}`,
    ],
    ['null', 'null'],
    ['a number', '1'],
    ['a text', '"x"'],
    ['prototype names', '{"version":1,"__proto__":{"issuers":{}},"constructor":{}}'],
  ]
  it.each(shapes)('refuses %s and does not throw', (_, json) => {
    expect(problemsOf(JSON.parse(json)).length).toBeGreaterThan(0)
  })

  it('refuses a condition that the schema would drop', () => {
    const when = JSON.parse('{"repository_owner_id":"4411","__proto__":"x"}')
    expect(problemsOf(withWhen(when))).toEqual([
      {
        code: 'name_invalid',
        path: ['rules', 0, 'when', '__proto__'],
        message: 'has the invalid name "__proto__"',
      },
    ])
  })
})

describe('a stored document', () => {
  it('is still read after one of its rules has expired', () => {
    const result = compileTrust(withRule({ expires: '2026-01-01' }), CEILINGS)
    expect(result).toHaveProperty('trust')
  })
})
