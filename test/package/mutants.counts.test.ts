import { expect, it } from 'vitest'
import { describeCounts } from '../../scripts/mutants/stryker/describe-counts.ts'

it.each([
  [{}, '0 noticed, 0 timed out, 0 survived, 0 reached by no test'],
  [
    { Killed: 5, Timeout: 2, Survived: 1, NoCoverage: 3, Ignored: 9 },
    '5 noticed, 2 timed out, 1 survived, 3 reached by no test',
  ],
  [
    { Killed: 1, RuntimeError: 4 },
    '1 noticed, 0 timed out, 0 survived, 0 reached by no test, 4 broke the run',
  ],
])('a timeout and a broken run are not counted as noticed: %j', (counts, said) => {
  expect(describeCounts(counts)).toBe(said)
})
