import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compilePattern, matchesPattern } from '../../../../src/core/policy/language/pattern.ts'
import { runs } from '../../../support/runs.ts'

function matches(glob: string, value: string): boolean {
  const pattern = compilePattern(glob)
  if (pattern === undefined) throw new Error(`${glob} does not compile`)
  return matchesPattern(pattern, value)
}

describe('a glob', () => {
  it('agrees with a regular expression made from it', () => {
    const part = fc.constantFrom('a', 'b', '/', ':', '*', '**')
    const value = fc.string({ unit: fc.constantFrom('a', 'b', '/', ':'), maxLength: 10 })
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), value, (parts, text) => {
        const glob = parts.join('')
        fc.pre(!glob.includes('***'))
        const source = glob
          .replaceAll('**', '\u0001')
          .replaceAll('*', '[^/:]*')
          .replaceAll('\u0001', '.*')
        expect(matches(glob, text)).toBe(new RegExp(`^${source}$`, 's').test(text))
      }),
      runs(3000),
    )
  })
})
