/** The limit of `compile.refuses-limits.test.ts` that needs thousands of rules, so it is not in `core`. */
import { expect, it } from 'vitest'
import { MAX_RULES } from '../../../../src/contract/limits.ts'
import { good, problemsOf, rule } from '../support/documents.ts'

it('limits a document to the maximum of rules', () => {
  const withRules = (count: number) => ({
    ...good,
    rules: Array.from({ length: count }, (_, index) => ({ ...rule, name: `r${index}` })),
  })
  expect(problemsOf(withRules(MAX_RULES))).toEqual([])
  expect(problemsOf(withRules(MAX_RULES + 1))).toEqual([
    { code: 'value_invalid', path: ['rules'], message: expect.any(String) },
  ])
})
