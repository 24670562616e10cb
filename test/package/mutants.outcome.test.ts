import { expect, it } from 'vitest'
import { readOutcome } from '../../scripts/mutants/outcome.ts'

const report = (...failureMessages: readonly string[]) => ({
  testResults: [
    {
      name: 'a.test.ts',
      message: '',
      assertionResults: [
        { fullName: 'passes', status: 'passed', failureMessages: [] },
        ...failureMessages.map((said, index) => ({
          fullName: `test ${index}`,
          status: 'failed',
          failureMessages: [said],
        })),
      ],
    },
  ],
})
const ASSERTION = 'AssertionError: expected 1 to be 2\n    at a.test.ts:1:1'
const TIMED_OUT = 'Error: Test timed out in 5000ms.\nIf this is a long-running test, …'

it.each([
  ['a failed assertion', report(ASSERTION), { kind: 'noticed', test: 'test 0' }],
  [
    'a failed property',
    report('Error: Property failed after 3 tests\n{ seed: 1 }'),
    { kind: 'noticed', test: 'test 0' },
  ],
  [
    'a promise that did not resolve',
    report('Error: promise rejected "TypeError: x\n{ code: 1 }" instead of resolving'),
    { kind: 'noticed', test: 'test 0' },
  ],
  [
    'a promise that was not rejected',
    report('Error: promise resolved "undefined" instead of rejecting'),
    { kind: 'noticed', test: 'test 0' },
  ],
  [
    'a promise with another value',
    report('Error: expected { a: 1 } to match object { a: 2 }\n    at a.test.ts:1:1'),
    { kind: 'noticed', test: 'test 0' },
  ],
  [
    'a failed assertion and a test that timed out',
    report(TIMED_OUT, ASSERTION),
    { kind: 'noticed', test: 'test 1' },
  ],
  ['a test that timed out', report(TIMED_OUT), { kind: 'timed_out', test: 'test 0' }],
  [
    'a hook that timed out',
    report('Error: Hook timed out in 10000ms.'),
    { kind: 'timed_out', test: 'test 0' },
  ],
  [
    'an address that could not be reached',
    report('TypeError: fetch failed\n    at b.ts:1:1'),
    { kind: 'broke', said: 'test 0: TypeError: fetch failed' },
  ],
  [
    'a file that could not be loaded',
    { testResults: [{ name: 'a', message: 'SyntaxError: x\n at', assertionResults: [] }] },
    { kind: 'broke', said: 'SyntaxError: x' },
  ],
  [
    'a canary that was found after the last test of a file',
    {
      testResults: [
        {
          name: 'a.test.ts',
          message: 'the canary was seen: expected [ Array(1) ] to deeply equal []',
          assertionResults: [],
        },
      ],
    },
    { kind: 'noticed', test: 'a.test.ts' },
  ],
  [
    'a run that failed outside its tests',
    report(),
    { kind: 'broke', said: 'the run failed but none of its tests did' },
  ],
])('reads %s', (_, given, outcome) => {
  expect(readOutcome(1, given)).toEqual(outcome)
})

it('counts a run without failures as a change that survived', () => {
  expect(readOutcome(0, report())).toEqual({ kind: 'survived' })
})

it('counts a run that timed out as neither noticed nor survived', () => {
  expect(readOutcome(null, report(ASSERTION)).kind).toBe('timed_out')
})
