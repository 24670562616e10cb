/**
 * Generated expressions: an expression that compiles never throws. For the parts of CEL that the
 * library @marcbachmann/cel-js evaluates correctly, both evaluations have the same result.
 */
import { Environment } from '@marcbachmann/cel-js'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { FUNCTION_NAMES } from '../../../../../src/core/policy/language/expression/functions.ts'
import { runs } from '../../../../support/runs.ts'
import { compile } from '../../support/expression.ts'

const literal = fc.constantFrom(
  ...['"a"', '"ref"', '"1"', '""', '"K"', '1', '0', '-1', '1u', '2.5', 'true', 'false', 'null'],
  ...['[]', '["a", 1]', '[1u, 2.5]', '"a/{x}/b"', '9223372036854775807', '1.0 / 0.0'],
)
const name = fc.constantFrom('a', 'b', 'c', 'list', 'object', 'constructor', 'length', '__proto__')

const { any } = fc.letrec((tie) => {
  const part = tie('any') as fc.Arbitrary<string>
  const binary = fc.constantFrom(
    ...['==', '!=', '<', '<=', '>', '>=', 'in', '+', '-', '*', '/', '%', '&&', '||'],
  )
  const loop = fc.constantFrom('all', 'exists', 'exists_one')
  const called = fc.constantFrom(...FUNCTION_NAMES)
  return {
    any: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'part' },
      { weight: 3, arbitrary: literal },
      // A claim may have any type, so most expressions with a claim compile.
      { weight: 20, arbitrary: name.map((member) => `claims.${member}`) },
      fc.constantFrom('request.asn', 'request.country', 'claims', 'x', 'x.a'),
      fc
        .tuple(part, binary, part)
        .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
      part.map((operand) => `!(${operand})`),
      part.map((operand) => `-(${operand})`),
      fc.tuple(part, name).map(([holder, member]) => `(${holder}).${member}`),
      fc.tuple(part, part).map(([holder, key]) => `(${holder})[${key}]`),
      fc.tuple(part, part, part).map(([test, yes, no]) => `(${test} ? ${yes} : ${no})`),
      fc.array(part, { maxLength: 3 }).map((elements) => `[${elements.join(', ')}]`),
      fc.tuple(part, loop, part).map(([list, kind, test]) => `(${list}).${kind}(x, ${test})`),
      fc.tuple(called, part).map(([function_, operand]) => `${function_}(${operand})`),
      fc
        .tuple(part, called, fc.array(part, { maxLength: 2 }))
        .map(([receiver, method, operands]) => `(${receiver}).${method}(${operands.join(', ')})`),
      fc.tuple(part, name).map(([holder, member]) => `has((${holder}).${member})`),
    ),
  }
}) as { readonly any: fc.Arbitrary<string> }

/** Conditions are true or false, so most generated parts are compared with something. */
const expression = fc.oneof(
  any,
  fc.tuple(any, any).map(([left, right]) => `${left} == ${right}`),
)
const json = fc.jsonValue({ maxDepth: 3, noUnicodeString: false })
const claims = fc.record({ a: json, b: json, c: json, list: fc.array(json), object: fc.object() })

it('an expression that compiles is true, false or unknown, and never throws', () => {
  let compiled = 0
  fc.assert(
    fc.property(expression, claims, (source, values) => {
      const outcome = compile(source)
      if (typeof outcome === 'string') {
        expect(outcome).toMatch(/ at line \d+, column \d+/)
        return
      }
      compiled += 1
      const before = JSON.stringify(values)
      const first = outcome.holds(values, { asn: 7, country: 'DE' })
      expect([true, false, undefined]).toContain(first)
      expect(outcome.holds(values, { asn: 7, country: 'DE' })).toBe(first)
      expect(JSON.stringify(values)).toBe(before)
    }),
    runs(1000),
  )
  expect(compiled).toBeGreaterThan(250)
})

it('the negation of an unknown condition is unknown', () => {
  fc.assert(
    fc.property(expression, claims, (source, values) => {
      const [plain, negated] = [compile(source), compile(`!(${source})`)]
      if (typeof plain === 'string' || typeof negated === 'string') return
      const outcome = plain.holds(values, {})
      expect(negated.holds(values, {})).toBe(outcome === undefined ? undefined : !outcome)
    }),
    runs(500),
  )
})

const text = fc.constantFrom('"a"', '"ab"', '"b/c"', '"A"', 'claims.a', 'claims.b', 'claims.c')
const words = fc.constantFrom('a', 'ab', 'b', 'b/c', 'A', 'abc')
const { test } = fc.letrec((tie) => {
  const inner = tie('test') as fc.Arbitrary<string>
  const method = fc.constantFrom('startsWith', 'endsWith', 'contains')
  return {
    test: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'test' },
      fc.tuple(text, fc.constantFrom('==', '!=', '<', '>='), text).map((parts) => parts.join(' ')),
      fc.tuple(text, method, text).map(([of, called, part]) => `${of}.${called}(${part})`),
      fc
        .tuple(text, fc.array(words))
        .map(([of, list]) => `${of} in ${JSON.stringify(['x', ...list])}`),
      fc.constantFrom(
        'has(claims.a)',
        'has(claims.none)',
        '"a" in claims.list',
        'claims.none == "a"',
      ),
      fc.tuple(text, text).map(([a, b]) => `size(${a}) < size(${b} + "a")`),
      inner.map((operand) => `!(${operand})`),
      fc.tuple(inner, inner).map(([left, right]) => `(${left} && ${right})`),
      fc.tuple(inner, inner).map(([left, right]) => `(${left} || ${right})`),
      fc.tuple(inner, inner, inner).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
      text.map((of) => `claims.list.exists(x, x == ${of})`),
      text.map((of) => `claims.list.all(x, x != ${of} || claims.none == "a")`),
      text.map((of) => `claims.list.exists_one(x, x.contains(${of}))`),
    ),
  }
}) as { readonly test: fc.Arbitrary<string> }

it('has the same result as the library for texts, tests and loops', () => {
  const library = new Environment().registerVariable('claims', 'map')
  const outcomeOf = (source: string, values: object) => {
    try {
      return library.evaluate(source, { claims: values }) as boolean
    } catch {
      return undefined
    }
  }
  const told = new Set<boolean | undefined>()
  const values = fc.record({ a: words, b: words, c: words, list: fc.array(words) })
  fc.assert(
    fc.property(test, values, (source, given) => {
      const ours = compile(source)
      if (typeof ours === 'string') throw new Error(`${source}: ${ours}`)
      const outcome = ours.holds(given, {})
      told.add(outcome)
      expect(outcome, source).toBe(outcomeOf(source, given))
    }),
    runs(1000),
  )
  expect(told).toEqual(new Set([true, false, undefined]))
})
