/**
 * Generated expressions: the parser and the library @marcbachmann/cel-js accept the same
 * expressions, and make the same tree of each. `library.test.ts` has the known differences.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { runs } from '../../../../../support/runs.ts'
import { parseOurs, parseWithLibrary } from '../../../support/expression-library.ts'

const blank = fc.constantFrom('', '', ' ', '  ', '\n', '\t', '\r\n', ' // x\n')
const operator = fc.constantFrom(
  ...['==', '!=', '<', '<=', '>', '>=', ' in ', '+', '-', '*', '/', '%', '&&', '||', '? a :'],
)
const name = fc.constantFrom('a', 'b', 'list', 'if', 'inner', 'trueish', '__proto__', '_1')
const literal = fc.constantFrom(
  ...['"a"', "'b'", 'r"a"', "R'b'", '""', '"""a"b"""', "'''c'''", '"\\x41\\u00e9\\101\\\\"'],
  ...['0', '7', '007', '0x1F', '0XaU', '1u', '18446744073709551615U', '9223372036854775807'],
  ...['2.5', '1e3', '1.5E-7', '9223372036854775808', 'true', 'false', 'null', '[]', '[1,]'],
)

const { any } = fc.letrec((tie) => {
  const part = tie('any') as fc.Arbitrary<string>
  const spaced = (...parts: readonly (string | fc.Arbitrary<string>)[]) =>
    fc
      .tuple(...parts.flatMap((one) => [typeof one === 'string' ? fc.constant(one) : one, blank]))
      .map((texts) => texts.join(''))
  return {
    any: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'part' },
      { weight: 6, arbitrary: name.map((member) => `claims.${member}`) },
      { weight: 3, arbitrary: literal },
      { weight: 8, arbitrary: spaced(part, operator, part) },
      spaced('(', part, ')'),
      spaced('!', part),
      spaced('-', part),
      spaced(part, '.', name),
      spaced(part, '[', part, ']'),
      spaced(part, '?', part, ':', part),
      fc.array(part, { maxLength: 3 }).map((elements) => `[${elements.join(', ')}]`),
      spaced(part, '.', fc.constantFrom('all', 'exists', 'exists_one'), '(', 'x', ',', part, ')'),
      spaced('has(', part, '.', name, ')'),
      spaced(fc.constantFrom('size', 'int', 'string', 'bool', 'double'), '(', part, ')'),
      spaced(part, '.', fc.constantFrom('startsWith', 'contains', 'join'), '(', part, ')'),
    ),
  }
}) as { readonly any: fc.Arbitrary<string> }

const token = fc.constantFrom(
  ...['claims', '.a', '.b', 'x', '"a"', "'b'", 'r"c"', 'b"d"', '1', '2u', '2.5', '0x1f', 'true'],
  ...['false', 'null', 'in', '==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%', '!', '&&'],
  ...['||', '?', ':', '(', ')', '[', ']', '{', '}', ',', '.', '=', '&', '|', '"', "'", '"""', '\\'],
  ...['has', 'size', '.exists(x,', '.size()', '// c\n', ' ', '\n', 'if', '#', 'é', '1e', '0x', '_'],
)

const escaped = fc
  .array(
    fc.constantFrom(
      ...['a', 'é', '🐱', '\\', '\\\\', '\\"', "\\'", '\\`', '\\?', '\\u00e9', '\\u0', '\\ud83d'],
      ...['\\U0001f431', '\\U00110000', '\\x41', '\\X4', '\\xg', '\\101', '\\400', '\\9', '\\q'],
      ...['"', "'", '\\a', '\\n', '\\v', '0', 'f'],
    ),
    { maxLength: 5 },
  )
  .map((parts) => parts.join(''))
const text = fc
  .tuple(escaped, fc.constantFrom('"', "'", '"""', "'''"))
  .map(([content, quote]) => quote + content + quote)
const number = fc
  .array(fc.constantFrom(...'0123789.eExXuUaF+-'), { minLength: 1, maxLength: 8 })
  .map((characters) => `1${characters.join('')}`.slice(Number(characters.length > 4)))

/** An expression with one piece removed, doubled or replaced. */
const damaged = fc
  .tuple(any, fc.nat(), fc.nat(3), fc.option(token, { nil: '' }))
  .map(([source, at, length, insert]) => {
    const index = at % (source.length + 1)
    return source.slice(0, index) + insert + source.slice(index + length)
  })

const literalTest = (part: fc.Arbitrary<string>) => part.map((value) => `claims.a == ${value}`)
const KINDS = {
  expressions: fc.oneof(
    any,
    fc.tuple(any, any).map(([left, right]) => `${left} == ${right}`),
  ),
  'token soups': fc.array(token, { maxLength: 14 }).map((tokens) => tokens.join('')),
  'damaged expressions': damaged,
  texts: literalTest(text),
  numbers: literalTest(number),
}

it.each(Object.entries(KINDS))(
  'the parser and the library agree about generated %s',
  (kind, arbitrary) => {
    const seen = { both: 0, neither: 0 }
    fc.assert(
      fc.property(arbitrary, (source) => {
        const [ours, theirs] = [parseOurs(source), parseWithLibrary(source)]
        if (typeof ours === 'string' && ours.includes('without parentheses')) return
        if (typeof ours === 'string') {
          expect(ours).toMatch(/ at line \d+, column \d+/)
          expect(theirs, source).toBe('refused')
          seen.neither += 1
        } else {
          expect(theirs, source).toEqual(ours)
          seen.both += 1
        }
      }),
      runs(2000),
    )
    expect(seen.neither).toBeGreaterThan(0)
    expect(seen.both).toBeGreaterThan(kind === 'token soups' ? 0 : 5)
  },
)
