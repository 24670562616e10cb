/** Tests of LINT-30 for comparisons that order values. */
import { describe, expect, it } from 'vitest'
import { documentOf, findingsOf, type PlatformName } from '../support/documents.ts'

type Change = Parameters<typeof documentOf>[1]

function messagesOf(platform: PlatformName, change: Change) {
  return findingsOf(documentOf(platform, change)).flatMap((one) => {
    if (typeof one === 'string') throw new Error(one)
    return one.lint === 'LINT-30' ? [one.message] : []
  })
}

function denying(condition: string): Change {
  const when = { ref: 'refs/heads/dev' }
  return { more: [{ name: 'never', effect: 'deny', from: 'ci', when, condition }] }
}

describe('LINT-30 for an order', () => {
  it.each([
    ['claims.repository_id > 5', 'repository_id is a string and is ordered against a number'],
    ['5 < claims.repository_id', 'repository_id is a string and is ordered against a number'],
    ['claims["repository_id"] >= -5', 'repository_id is a string and is ordered against a number'],
    ['claims.repository_id <= 1.5', 'repository_id is a string and is ordered against a number'],
    ['!(claims.repository_id < 5u)', 'repository_id is a string and is ordered against a number'],
    ['claims.iat > "5"', 'iat is a number and is ordered against a string'],
    ['claims.run_id > true', 'run_id is a string and is ordered against a boolean'],
    ['claims.run_id < claims.iat', 'run_id is a string and is ordered against iat'],
    [
      'claims.ref == "a" || claims.run_number > 5',
      'run_number is a string and is ordered against a number',
    ],
  ])('reports %s', (condition, message) => {
    expect(messagesOf('github', { rule: { condition } })).toEqual([
      `${message}: this can never hold`,
    ])
  })

  it.each([
    ['claims.run_id > 5', 'run_id is a string and is ordered against a number'],
    ['!(claims.run_id > 5)', 'run_id is a string and is ordered against a number'],
    ['claims.iat.startsWith("5")', 'iat is a number and is compared as a string'],
    ['"5" in claims.iat', 'iat is a number and is compared as a list'],
    [
      'claims.ref_protected && has(claims.ref)',
      'ref_protected is a string and is compared as a boolean',
    ],
    ['!claims.ref_protected', 'ref_protected is a string and is compared as a boolean'],
  ])('says that a deny rule with %s denies', (condition, message) => {
    expect(messagesOf('github', denying(condition))).toEqual([
      `${message}: this is undefined for every token, and the rule then denies`,
    ])
  })

  it('says that values of two types are never equal, in a deny rule too', () => {
    expect(messagesOf('github', denying('claims.iat == "5"'))).toEqual([
      'iat is a number and is compared as a string: this can never hold',
    ])
  })

  it('says how to compare a text with a number', () => {
    const found = findingsOf(documentOf('github', { rule: { condition: 'claims.run_id > 5' } }))
    expect(found).toContainEqual(
      expect.objectContaining({
        lint: 'LINT-30',
        severity: 'error',
        path: ['rules', 0, 'condition'],
        fix: 'Write int(claims.run_id) if its text is a whole number.',
      }),
    )
  })

  it.each([
    ['github', 'int(claims.run_id) > 5'],
    ['github', 'claims.run_id > "5"'],
    ['github', 'claims.iat > 5'],
    ['github', 'claims.iat < claims.exp'],
    ['github', 'size(claims.ref) > 5'],
    ['generic', 'claims.anything > 5'],
  ] as const)('leaves a rule for %s alone: %s', (platform, condition) => {
    expect(messagesOf(platform, { rule: { condition } })).toEqual([])
  })
})
