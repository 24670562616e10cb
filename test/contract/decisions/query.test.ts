import { describe, expect, it } from 'vitest'
import { decisionFilterSchema } from '../../../src/contract/decisions/query.ts'

const claims = (count: number) => Array.from({ length: count }, () => ({ path: ['a'], value: 'b' }))

describe('a filter of decisions', () => {
  it.each([
    [{}],
    [{ from: 0, to: 1_800_000_000_000, outcome: 'denied', reason: 'no_rule_matched' }],
    [{ claims: claims(8) }],
  ])('may be %j', (filter) => {
    expect(decisionFilterSchema.safeParse(filter)).toEqual({ success: true, data: filter })
  })

  it.each([
    ['an unknown member', { who: 'me' }, ['who']],
    ['a time before 1970', { from: -1 }, ['from']],
    ['a part of a millisecond', { to: 1.5 }, ['to']],
    ['an empty text', { rule: '' }, ['rule']],
    ['a text of 2,049 characters', { subject: 'x'.repeat(2049) }, ['subject']],
    ['an unknown outcome', { outcome: 'allowed' }, ['outcome']],
    ['a claim without a path', { claims: [{ path: [], value: 'a' }] }, ['claims', 0, 'path']],
    ['nine claims', { claims: claims(9) }, ['claims']],
  ])('is refused with %s, and the place is named', (_, filter, path) => {
    const parsed = decisionFilterSchema.safeParse(filter)
    const [issue] = parsed.error?.issues ?? []
    const named = issue?.code === 'unrecognized_keys' ? issue.keys : issue?.path
    expect(named).toEqual(path)
  })
})
