import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sha256Hex } from '../../src/web/sha256.ts'

const platform = (text: string) => createHash('sha256').update(text).digest('hex')

it('SHA-256 of any text equals that of Node', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', 'ü', '€', '😀', '\u0000'), maxLength: 300 }),
      (text) => {
        expect(sha256Hex(text)).toBe(platform(text))
      },
    ),
  )
})
