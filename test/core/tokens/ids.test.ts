import { describe, expect, it } from 'vitest'
import { formatDecisionId } from '../../../src/contract/decisions/id.ts'
import { isTokenId, tokenIdOf } from '../../../src/core/tokens/ids.ts'

const BYTES = new Uint8Array(16).fill(0xff)

describe('an id', () => {
  it('of a token is 22 characters of base64url', () => {
    expect(tokenIdOf(BYTES)).toBe(`${'_'.repeat(21)}w`)
    expect(isTokenId(tokenIdOf(BYTES))).toBe(true)
  })

  it('of a decision is not accepted as a token id', () => {
    const id = formatDecisionId({ shard: 0, at: 1_800_000_000_000 }, BYTES.subarray(0, 9))
    expect(isTokenId(id)).toBe(false)
  })

  it.each(['', 'a'.repeat(21), 'a'.repeat(23), `${'a'.repeat(21)}+`])(
    'of a token has no other form: %j',
    (text) => expect(isTokenId(text)).toBe(false),
  )
})
