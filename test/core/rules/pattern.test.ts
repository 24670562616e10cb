import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compilePattern, matchesPattern } from '../../../src/core/rules/pattern.ts'

function matches(glob: string, value: string): boolean {
  const pattern = compilePattern(glob)
  if (pattern === undefined) throw new Error(`${glob} does not compile`)
  return matchesPattern(pattern, value)
}

const rows: readonly (readonly [string, string, boolean])[] = [
  ['refs/heads/*', 'refs/heads/main', true],
  ['refs/heads/*', 'refs/heads/feature/x', false],
  ['refs/heads/*', 'refs/heads/', true],
  ['refs/heads/**', 'refs/heads/feature/x', true],
  ['**/main', 'refs/heads/main', true],
  ['*', '', true],
  ['', 'x', false],
  ['a*b*c', 'a1b2c', true],
  ['a*b*c', 'a1b2', false],
  ['v*.*', 'v1.2.3', true],
  ['a.c', 'abc', false],
  ['a?c', 'abc', false],
  ['[a]', 'a', false],
  ['a\\*', 'a*', false],
  ['acme', 'acme\n', false],
  ['*é', 'caf\u00e9', true],
  ['*', 'a\ud83d\ude00b', true],
]

describe('a glob', () => {
  it.each(rows)('RULE %s on %j: %s', (glob, value, expected) => {
    expect(matches(glob, value)).toBe(expected)
  })

  it('has no three stars in a row', () => {
    expect(compilePattern('a***b')).toBeUndefined()
  })

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
      { numRuns: 3000 },
    )
  })

  it('RULE takes time in proportion, whatever it is given', () => {
    // A backtracking matcher would need longer than the universe has for this one.
    const glob = '*a'.repeat(100)
    expect(matches(glob, `${'a'.repeat(1000)}b`)).toBe(false)
  })
})
