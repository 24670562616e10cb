import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseStrictObject } from '../../../src/core/evidence/strict-json.ts'
import { runs } from '../../support/runs.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('strict JSON', () => {
  it('accepts every object within its limits, with the value of JSON.parse', () => {
    const value = fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 3 }), {
      maxKeys: 8,
    })
    fc.assert(
      fc.property(value, (object) => {
        const text = JSON.stringify(object)
        expect(parseStrictObject(bytes(text))).toEqual(JSON.parse(text))
      }),
      runs(500),
    )
  })

  it('never throws on bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (noise) => void parseStrictObject(noise)),
    )
  })
})
