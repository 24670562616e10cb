import { describe, expect, it } from 'vitest'
import { MAX_LIST_ELEMENTS } from '../../../../src/core/limits.ts'
import { allow, decide, denies, deny, outcomeOf } from '../support/decide.ts'

type Json = Readonly<Record<string, unknown>>

/** Whether an allow rule with this condition grants. */
function allows(condition: unknown, claims: Json): boolean {
  const rules = [{ ...allow('yes'), when: { team: condition } }]
  return outcomeOf(decide(rules, { sub: 'w', ...claims }, {}, 'generic-oidc')) === 'yes'
}

type Row = readonly [name: string, condition: unknown, team: unknown]

const LONG = Array.from({ length: MAX_LIST_ELEMENTS + 1 }, (_, index) => `g${index}`)

/** Values with the content that the rule names, in other types that a platform may use. */
const COULD_BE: readonly Row[] = [
  ['equality: a number for a text', '1', 1],
  ['equality: a text for a number', 1, '1'],
  ['equality: a text that spells the number differently', 1, ' 1.0'],
  ['equality: a text for a boolean', true, 'True'],
  ['equality: a text for a boolean, with spaces', true, ' TRUE '],
  ['equality: a boolean for a text', 'true', true],
  ['equality: a list with one element', 'contractors', ['contractors']],
  ['equality: a list with several elements', 'contractors', ['staff', 'contractors']],
  ['equality: a list with more elements than are read', 'contractors', LONG],
  ['equality: an object', 'contractors', { name: 'contractors' }],
  ['equality: a list of objects', 'contractors', [{ name: 'contractors' }]],
  ['equality: a list of another type', 1, ['1']],
  ['any of: a number for a text', ['7', '8'], 8],
  ['any of: mixed types', [7, 'x'], '7'],
  ['not: a number for a text', { not: '1' }, 1],
  ['not: a list', { not: 'main' }, ['main']],
  ['not: an object', { not: 'main' }, {}],
  ['glob: a number', { glob: '4*' }, 42],
  ['glob: a boolean', { glob: 't*' }, true],
  ['glob: a list', { glob: 'x*' }, ['y']],
  ['glob: an object', { glob: 'x*' }, { a: 1 }],
  ['contains: a single text', { contains: 'contractors' }, 'contractors'],
  ['contains: words in one text', { contains: 'contractors' }, 'staff contractors'],
  ['contains: several words', { contains: ['a', 'b'] }, 'b,a'],
  ['contains: words between bars', { contains: 'contractors' }, 'staff|contractors'],
  ['contains: a list as JSON text', { contains: 'contractors' }, '["staff","contractors"]'],
  ['contains: a list in quotes', { contains: 'contractors' }, "['contractors']"],
  ['contains: a single number', { contains: 7 }, 7],
  ['contains: a single number for a text', { contains: '7' }, 7],
  ['contains: elements of another type', { contains: 7 }, ['6', '7']],
  ['contains: a list of objects', { contains: 'x' }, [{ name: 'x' }]],
  ['contains: an object', { contains: 'x' }, { x: true }],
  ['contains: an unreadable text', { contains: 'x' }, 'y\u2028'],
  ['min: a text that spells a number', { min: 5 }, '7'],
  ['max: a text that spells a number', { max: 5 }, '-3.5e0'],
  ['min: a text that is not a number', { min: 5 }, 'seven'],
  ['min: a boolean', { min: 1 }, true],
  ['min: a list', { min: 5 }, [7]],
  ['min: an object', { min: 5 }, { value: 7 }],
]

/** Values that certainly differ from the value in the rule. */
const IS_NOT: readonly Row[] = [
  ['equality: another number', '1', 2],
  ['equality: two texts that spell the same number', '1', '1.0'],
  ['equality: a list without the value', 'contractors', ['staff', null, '']],
  ['equality: true for 1', 1, true],
  ['glob: a number that does not match', { glob: '4*' }, 52],
  ['contains: another single text', { contains: 'contractors' }, 'staff'],
  ['contains: one of two values', { contains: ['a', 'b'] }, ['a', 'c']],
  ['contains: one of two words', { contains: ['a', 'b'] }, 'a c'],
  ['contains: part of a word', { contains: 'con' }, 'contractors'],
  ['min: a text that spells a smaller number', { min: 5 }, '4'],
  ['not: the value itself', { not: '1' }, '1'],
  ['an absent claim', { not: '1' }, undefined],
  ['null', { glob: '**' }, null],
  ['an empty text', { contains: 'x' }, ''],
]

describe('RULE-03 CLM-11 a deny rule on a claim of another type', () => {
  it.each(COULD_BE)('holds for a value that could be equal: %s', (_, condition, team) => {
    expect(denies(condition, { team })).toBe(true)
    expect(allows(condition, { team })).toBe(false)
  })

  it.each(IS_NOT)('does not hold for a value that certainly differs: %s', (_, condition, team) => {
    expect(denies(condition, { team })).toBe(false)
  })

  it('RULE-03 two texts are compared exactly by not in an allow rule', () => {
    for (const [not, team] of [
      ['1', '1.0'],
      ['1', ' 1'],
      ['true', 'True'],
    ] as const) {
      expect(allows({ not }, { team })).toBe(true)
    }
    expect(allows({ not: '1' }, { team: '1' })).toBe(false)
  })

  it('holds if the platform nests the claim differently', () => {
    for (const team of ['x', 7, [{ name: 'x' }], ['x']]) {
      for (const condition of ['x', { not: 'y' }, { glob: 'x*' }, { contains: 'x' }, { min: 1 }]) {
        expect(denies(condition, { team }, 'team.name')).toBe(true)
      }
      expect(denies({ exists: true }, { team }, 'team.name')).toBe(true)
      expect(denies({ exists: false }, { team }, 'team.name')).toBe(true)
    }
    for (const team of [undefined, null, '', {}, { other: 'x' }]) {
      expect(denies('x', { team }, 'team.name')).toBe(false)
    }
  })

  it('RULE-03 includes both bounds of a range, for numbers and for their digits', () => {
    const range = { min: 5, max: 9 }
    for (const team of [5, 7, 9, '5', ' 9.0']) expect(denies(range, { team })).toBe(true)
    for (const team of [4.5, 9.5, '4.5', '9.5', 10]) expect(denies(range, { team })).toBe(false)
  })

  it('CLM-11 holds by exists for every value, and for none', () => {
    for (const team of ['x', 0, false, [], {}, 'a\nb']) {
      expect(denies({ exists: true }, { team })).toBe(true)
      expect(denies({ exists: false }, { team })).toBe(false)
    }
    for (const team of [undefined, null, '']) {
      expect(denies({ exists: true }, { team })).toBe(false)
      expect(denies({ exists: false }, { team })).toBe(true)
    }
  })

  it('RULE-21 does not hold for a name that every object inherits', () => {
    for (const [path, team] of [
      ['team.constructor', {}],
      ['toString', undefined],
      ['team.name.valueOf', { name: {} }],
    ] as const) {
      expect(denies({ exists: true }, { team }, path)).toBe(false)
      expect(denies({ exists: false }, { team }, path)).toBe(true)
      expect(denies({ not: 'x' }, { team }, path)).toBe(false)
    }
  })

  it('is found in the index by every value that the claim could have', () => {
    const many = Array.from({ length: 50 }, (_, index) => deny(`no${index}`, { team: `${index}` }))
    const rules = [...many, { ...allow('yes'), when: { sub: 'w' } }]
    for (const team of [7, '7', ['7'], [7, 60], { any: 1 }]) {
      const decision = decide(rules, { sub: 'w', team }, {}, 'generic-oidc')
      expect(outcomeOf(decision)).toBe('rule_denied')
    }
    for (const team of [60, '60', ['60'], [], '07']) {
      expect(outcomeOf(decide(rules, { sub: 'w', team }, {}, 'generic-oidc'))).toBe('yes')
    }
  })

  it('RULE-20 is found in the index by the digits of a number, if its rule is a glob', () => {
    const globs = Array.from({ length: 50 }, (_, index) => `${100 + index}*`)
    const many = globs.map((glob) => deny(`no${glob.slice(0, 3)}`, { team: { glob } }))
    const rules = [...many, { ...allow('yes'), when: { sub: 'w' } }]
    const judge = (team: unknown) =>
      outcomeOf(decide(rules, { sub: 'w', team }, {}, 'generic-oidc'))
    expect([1077, '1077', 107].map(judge)).toEqual(Array(3).fill('rule_denied'))
    expect([977, '977', 7].map(judge)).toEqual(Array(3).fill('yes'))
  })
})
