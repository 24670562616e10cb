/** Parsing of the `Authorization` header: input whose cost must grow only with its length. */
import { describe, expect, it } from 'vitest'
import { parseBearer, parseSentToken } from '../../src/protocol/bearer.ts'

/** A pattern of quadratic time needs minutes for this many characters, so the test would time out. */
const MANY = 200_000

const FILLS: readonly (readonly [name: string, fill: string])[] = [
  ['spaces', ' '],
  ['tabs', '\t'],
  ['spaces and tabs', ' \t'],
  ['padding', '='],
  ['token characters', 'a'],
]

describe('EXC-17 reads a very long header in linear time', () => {
  it.each(FILLS)('with %s before a wrong character', (_, fill) => {
    const authorization = `Bearer x${fill.repeat(MANY)},`
    expect(parseBearer(authorization)).toEqual({ kind: 'malformed' })
    expect(parseSentToken(`DPoP${fill.repeat(MANY)},`)?.token).toBeUndefined()
  })

  it('with whitespace around the credentials', () => {
    const space = ' \t'.repeat(MANY)
    expect(parseBearer(`${space}Bearer x${space}`)).toEqual({ kind: 'bearer', token: 'x' })
  })
})
