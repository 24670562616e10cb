/** Details that refer to the list of problems: what the gateway writes, the console recognises. */
import { expect, test } from 'vitest'
import { readOutcome, referToProblems } from '../../../src/contract/problems/listed-problems.ts'

test.each(['parameters', 'members'] as const)('finds the outcome before the %s', (listed) => {
  const detail = referToProblems('nothing was searched', listed)
  expect(detail).toBe(`nothing was searched: correct the ${listed} that \`problems\` names`)
  expect(readOutcome(detail)).toBe('nothing was searched')
})

test.each([
  'nothing was done: the body is no JSON in UTF-8',
  'correct the parameters that `problems` names, or ask again',
])('leaves another detail as it is: %s', (detail) => {
  expect(readOutcome(detail)).toBeUndefined()
})
