/** What the page of a decision reads from its record and its explanation. */
import { describe, expect, test } from 'vitest'
import { flattenClaims } from '../../../../src/console/pages/decision/claims.ts'
import { readTrace } from '../../../../src/console/pages/decision/trace.ts'

test('claims are rows with their paths', () => {
  const claims = {
    ref: 'main',
    'kubernetes.io': { pod: { uid: 'u' }, namespace: 'n' },
    aud: ['a', 'b'],
    count: 3,
    nothing: null,
    empty: {},
  }
  expect(flattenClaims(claims)).toEqual([
    ['ref', 'main'],
    ['kubernetes.io.pod.uid', 'u'],
    ['kubernetes.io.namespace', 'n'],
    ['aud', '["a","b"]'],
    ['count', '3'],
    ['nothing', 'null'],
    ['empty', '{}'],
  ])
})

describe('the trace', () => {
  const condition = { claim: 'ref', holds: false, expected: '"main"', presented: null }

  test('has the rules with conditions', () => {
    const trace = [
      { rule: 'a', outcome: 'condition_failed', conditions: [condition] },
      { rule: 'b', outcome: 'other_resource', conditions: [] },
    ]
    expect(readTrace({ status: 'complete', evaluation: { trace } })).toEqual([trace[0]])
  })

  test.each([
    ['no evaluation', undefined],
    ['an evaluation without a trace', {}],
    ['a trace of another form', { trace: 'x' }],
    ['rules of another form', { trace: [null, 1, { rule: 'a' }] }],
  ])('is empty for %s', (_, evaluation) => {
    const explanation = { status: 'complete', ...(evaluation && { evaluation }) } as const
    expect(readTrace(explanation)).toEqual([])
  })
})
