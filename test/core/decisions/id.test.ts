import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  DECISION_RANDOM_BYTES,
  formatDecisionId,
  MAX_SHARDS,
  readDecisionId,
} from '../../../src/contract/decisions/id.ts'

const ZEROS = new Uint8Array(DECISION_RANDOM_BYTES)

describe('a decision id', () => {
  it('is dec_ and 22 characters that say the shard and the time', () => {
    const id = formatDecisionId({ shard: 5, at: 0x0123456789ab }, ZEROS)
    expect(id).toBe('dec_BQEjRWeJqwAAAAAAAAAAAA')
    expect(readDecisionId(id)).toEqual({ shard: 5, at: 0x0123456789ab })
  })

  it('can be read back for any shard, time and random bytes', () => {
    fc.assert(
      fc.property(
        fc.nat(MAX_SHARDS - 1),
        fc.nat(2 ** 48 - 1),
        fc.uint8Array({ minLength: DECISION_RANDOM_BYTES, maxLength: DECISION_RANDOM_BYTES }),
        (shard, at, random) => {
          expect(readDecisionId(formatDecisionId({ shard, at }, random))).toEqual({ shard, at })
        },
      ),
    )
  })

  it.each([
    ['no prefix', 'BQEjRWeJqwAAAAAAAAAAAA'],
    ['another prefix', 'tok_BQEjRWeJqwAAAAAAAAAAAA'],
    ['too short', 'dec_BQEjRWeJqwAAAAAAAAAAA'],
    ['too long', 'dec_BQEjRWeJqwAAAAAAAAAAAAA'],
    ['a second spelling of its last byte', 'dec_BQEjRWeJqwAAAAAAAAAAAB'],
    ['a shard beyond the highest', 'dec_QAEjRWeJqwAAAAAAAAAAAA'],
    ['other characters', 'dec_BQEjRWeJqwAAAAAAAA+AAA'],
    ['empty', ''],
  ])('is refused with %s', (_, id) => expect(readDecisionId(id)).toBeUndefined())
})
