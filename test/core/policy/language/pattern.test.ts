import { describe, expect, it } from 'vitest'
import { compilePattern, matchesPattern } from '../../../../src/core/policy/language/pattern.ts'

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
  ['acme', 'xacme', false],
  ['acme*', 'acme-evil', true],
  ['acme/*', 'acme-evil/x', false],
  ['acme/*', 'acme/api/x', false],
  ['acme:*', 'acme:api:x', false],
  ['*:production', 'repo:acme:production', false],
  ['**:production', 'repo:acme:production', true],
  ['a|b', 'a', false],
  ['^a$', 'a', false],
  ['(a+)+', 'aa', false],
  ['a', 'A', false],
  ['kit', '\u212ait', false],
  ['\u00e9', 'e\u0301', false],
  [
    'org/O/project/*/user/*/vcs-origin/github.com/acme/*/vcs-ref/refs/heads/main',
    'org/O/project/p/user/u/vcs-origin/github.com/acme/app/vcs-ref/refs/heads/x/vcs-origin/github.com/acme/y/vcs-ref/refs/heads/main',
    false,
  ],
  ['ab*bc', 'abc', false],
  ['ab*bc', 'abbc', true],
  ['a*b*c', 'acb', false],
  ['a*bc*cd', 'abcd', false],
  ['a*bc*cd', 'abccd', true],
  ['**b**a**', 'ab', false],
  ['*b*a*', 'ba', true],
  ['*é', 'caf\u00e9', true],
  ['*', 'a\ud83d\ude00b', true],
]

describe('a glob', () => {
  it.each(rows)('RULE-04 RULE-06 RULE-09 %s on %j: %s', (glob, value, expected) => {
    expect(matches(glob, value)).toBe(expected)
  })

  it.each([
    ['a missing piece', `refs/${'*a'.repeat(100)}*b*`, `refs/${'a'.repeat(1000)}`],
    ['another order', 'refs/**a*b*', 'refs/b/a'],
    ['another end', 'refs/*-x', 'refs/v-y'],
    ['a piece that overlaps the end', 'refs/*bc*cd', 'refs/bcd'],
    ['a start that overlaps the end', 'refs/*/x', 'refs/x'],
  ])('RULE-07 compares no position if the literal pieces do not fit: %s', (_, glob, value) => {
    let reads = 0
    const source = Object.assign(new String(glob), {
      charCodeAt(index: number) {
        reads += 1
        return glob.charCodeAt(index)
      },
    }) as unknown as string
    expect(matchesPattern({ source, prefix: 'refs/' }, value)).toBe(false)
    expect(reads).toBe(0)
  })

  it('must not have three stars in a row', () => {
    expect(compilePattern('a***b')).toBeUndefined()
  })

  it.each([
    [`${'*a'.repeat(100)}*b`, `${'a'.repeat(1000)}/b`],
    [`${'**a'.repeat(80)}*b`, `${'a'.repeat(1000)}/b`],
    [`${'*/'.repeat(100)}*x`, `${'/'.repeat(1024)}x`],
    [`${'**'}${'a*'.repeat(120)}b`, `${'a'.repeat(1000)}/b`],
  ])('RULE-07 reads its pattern at most four times for each character: %s', (glob, value) => {
    // A backtracking matcher would read them more often than there are atoms.
    const pattern = compilePattern(glob)
    if (pattern === undefined) throw new Error(`${glob} does not compile`)
    let reads = 0
    const source = Object.assign(new String(glob), {
      charCodeAt(index: number) {
        reads += 1
        return glob.charCodeAt(index)
      },
    }) as unknown as string
    matchesPattern({ ...pattern, source }, value)
    expect(reads).toBeGreaterThan(glob.length)
    expect(reads).toBeLessThan(4 * (glob.length + 2) * (value.length + 1))
  })
})
