import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../support/runs.ts'
import { renderText } from '../../support/render.ts'

/** Characters that `encodeURIComponent` does not encode, special characters and plain characters. */
const PIECES = [
  ...'-_.!~*\'()%:/@+ #?&=,;|"<>[]^`\\$',
  ...'aZ059é',
  '%2D',
  '%35',
  '😀',
  '\u0301',
  '\u200b',
] as const

const text = fc
  .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 5 })
  .map((pieces) => pieces.join(''))
const scalar = fc.oneof(
  { weight: 6, arbitrary: text },
  {
    weight: 1,
    arbitrary: fc.constantFrom<string | number | boolean>('5', 5, '-5', -5, '1.5', 1.5),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<string | number | boolean>('true', true, 'false', false),
  },
)
/** Text between two values, with at least one separator. */
const separator = fc
  .array(fc.constantFrom(...PIECES.filter((piece) => piece !== '\u200b')), {
    minLength: 1,
    maxLength: 3,
  })
  .map((pieces) => pieces.join(''))
  .filter((between) => /[^\p{L}\p{N}%]/u.test(between))
const type = fc.constantFrom('string', 'string', 'string', 'number', 'boolean')
const filter = fc.constantFrom('', '', '', '|sha256')

/** Two to three values, with text before, between and after them. */
const templates = fc.record({
  before: fc.constantFrom('', 'ci:', 'a-', '%', '5'),
  claims: fc.array(fc.record({ between: separator, type, filter }), { minLength: 1, maxLength: 3 }),
  after: fc.constantFrom('', ':x', '-', '%', '5'),
})
const values = fc.tuple(scalar, scalar, scalar)

describe('a rendered template', () => {
  it('MAP-05 differs for any two lists of values, with any separators and types', () => {
    fc.assert(
      fc.property(templates, values, values, ({ before, claims, after }, one, other) => {
        const names = claims.map((_, index) => `c${index}`)
        const source = claims.reduce(
          (written, { between, filter: used }, index) =>
            `${written}${index === 0 ? before : between}{c${index}${used}}`,
          '',
        )
        const types = Object.fromEntries(claims.map((claim, index) => [`c${index}`, claim.type]))
        const render = (held: typeof one) =>
          renderText(source + after, Object.fromEntries(names.map((name, i) => [name, held[i]])), {
            types: types as Record<string, 'string' | 'number' | 'boolean'>,
          })
        const isSame = names.every((_, index) => one[index] === other[index])
        const [first, second] = [render(one), render(other)]
        fc.pre(typeof first === 'string' && typeof second === 'string')
        expect(first === second).toBe(isSame)
      }),
      runs(3000),
    )
  })

  it('MAP-05 differs for values that differ by one moved separator, for every character', () => {
    for (const piece of PIECES.filter((one) => /^[^\p{L}\p{N}\p{Cf}%]+$/u.test(one))) {
      const source = `{a}${piece}{b}`
      const first = renderText(source, { a: `x${piece}y`, b: 'z' })
      const second = renderText(source, { a: 'x', b: `y${piece}z` })
      expect([typeof first, first === second], source).toEqual(['string', false])
    }
  })

  it('MAP-05 contains each value in percent-encoded form', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const [first = '', second = ''] = String(renderText('{a}:{b}', { a, b })).split(':')
        expect([decodeURIComponent(first), decodeURIComponent(second)]).toEqual([a, b])
      }),
    )
  })
})
