/** Tests of LINT-30 for comparisons that order values. */
import { describe, expect, it } from 'vitest'
import { documentOf, findingsOf, type PlatformName } from '../support/documents.ts'

function messagesOf(platform: PlatformName, condition: string, rule: object = {}) {
  const change = { rule: { condition, ...rule } }
  return findingsOf(documentOf(platform, change)).flatMap((one) => {
    if (typeof one === 'string') throw new Error(one)
    return one.lint === 'LINT-30' ? [one.message] : []
  })
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
    expect(messagesOf('github', condition)).toEqual([`${message}: this can never hold`])
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
    expect(messagesOf(platform, condition)).toEqual([])
  })
})
