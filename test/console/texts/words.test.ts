/** The console has the words of records and of lint, so that a reader finds one thing under one name. */
import { expect, test } from 'vitest'
import { RULES } from '../../../src/console/texts/rules.ts'
import { OUTCOMES, SEVERITIES } from '../../../src/console/texts/shell.ts'
import { DECISION_OUTCOMES } from '../../../src/contract/decisions/record.ts'

test('names each outcome as a record does', () => {
  expect(Object.values(OUTCOMES)).toEqual(DECISION_OUTCOMES)
})

test('names the least severity as lint does', () => {
  expect(SEVERITIES.info).toBe('info')
})

test.each([
  ['warn', 1, '1 warning'],
  ['warn', 2, '2 warnings'],
  ['info', 1, '1 info'],
  ['info', 2, '2 info'],
] as const)('counts findings: %s, %s', (severity, count, text) => {
  expect(RULES.findings(severity, count)).toBe(text)
})

test.each([
  [1, 1, '1 rule'],
  [1, 2, '1 of 2 rules'],
  [2, 2, '2 rules'],
  [0, 1, '0 of 1 rule'],
])('counts rules: %s of %s', (shown, all, text) => {
  expect(RULES.count(shown, all)).toBe(text)
})
