/** Operators: equality and order across types, lists that mix claims and literals, arithmetic. */
import { describe, expect, it } from 'vitest'
import { faultOf, holds } from '../../support/expression.ts'

const claims = {
  ref: 'refs/heads/main',
  base_ref: 'refs/heads/release',
  one: 1,
  half: 0.5,
  yes: true,
  list: ['a', 'b'],
  numbers: [1, 2.5],
  mixed: [1, 'a', true, ['b'], { k: 'v' }],
  nested: [['a'], ['b', 1]],
  object: { '1': 'text', ref: 'x', list: ['a'] },
  same: { list: ['a'], ref: 'x', '1': 'text' },
  hidden: { bad: 'a\u0000', k: 1 },
  other: { bad: 'a', k: 2 },
  part: { ref: 'x' },
  unnamed: { 'a\u0000': 1 },
  gaps: ['a', '', null, 'b'],
}

type Row = readonly [source: string, outcome: boolean | undefined]
const table = (rows: readonly Row[]) =>
  it.each(rows)('%s is %s', (source, outcome) => expect(holds(source, claims)).toBe(outcome))

describe('a list that mixes claims and literals', () => {
  table([
    ['claims.ref in [claims.base_ref, "refs/heads/main"]', true],
    ['claims.ref in ["refs/heads/main", claims.base_ref]', true],
    ['claims.ref in ["refs/heads/x", claims.base_ref]', false],
    ['claims.ref in [claims.absent, "refs/heads/main"]', undefined],
    ['"a" in [claims.one, "a", true]', true],
    ['"b" in claims.list + ["c"]', true],
    ['"c" in claims.list + ["c"]', true],
    ['"c" in ["c"] + claims.list', true],
    ['1 in claims.list + [1]', true],
    ['claims.list + claims.numbers == ["a", "b", 1, 2.5]', true],
    ['size([1] + ["a"]) == 2', true],
    ['[claims.one, "a"] == [1, "a"]', true],
    ['[[claims.ref], ["x"]] == [["refs/heads/main"], ["x"]]', true],
    ['["b", 1] in claims.nested', true],
    ['["b", claims.one] in claims.nested', true],
    ['[claims.ref, "x"].exists(r, r == "x")', true],
    ['[claims.ref, 7].exists(r, r == 7)', true],
    ['[claims.ref, 7].all(r, r != 8)', true],
    ['(claims.list + ["c"]).exists_one(x, x == "c")', true],
    ['(claims.yes ? claims.ref : "x") == "refs/heads/main"', true],
    ['(claims.yes ? "x" : claims.ref) == "x"', true],
    ['(claims.yes ? claims.one : 2) == 1', true],
    ['(claims.yes ? ["x"] : claims.list) == ["x"]', true],
    ['[claims.ref, "x"][1] == "x"', true],
  ])
})

describe('equality', () => {
  table([
    ['claims.one == 1 && claims.one == 1u && claims.one == 1.0 && 1 == claims.one', true],
    ['claims.one != 1 || claims.one != 1u || 1u != claims.one', false],
    ['claims.half == 0 || claims.half == 0u', false],
    ['claims.one in [1u] && claims.one in [1] && claims.one in [1.0]', true],
    ['claims.one in [2u, 1u] && 1u in claims.numbers && 1 in claims.numbers', true],
    ['claims.one == "1" || claims.one == true || claims.yes == 1 || claims.yes == "true"', false],
    ['claims.list == "a" || claims.list == 1 || claims.object == "x"', false],
    ['claims.list == ["a", "b"] && ["a", "b"] == claims.list', true],
    ['claims.list == ["b", "a"] || claims.list == ["a"] || claims.list == []', false],
    ['claims.numbers == [1, 2.5] && claims.numbers == [1u, 2.5] && claims.numbers != [1]', true],
    ['claims.mixed == [1, "a", true, ["b"], claims.mixed[4]]', true],
    ['"a" in claims.mixed && 1u in claims.mixed && ["b"] in claims.mixed', true],
    ['"v" in claims.mixed || 2 in claims.mixed || false in claims.mixed', false],
    ['claims.object == claims.same && claims.object in [claims.same]', true],
    ['claims.object == claims.mixed[4] || claims.object == claims.list', false],
    ['claims.hidden == claims.hidden', undefined],
    ['claims.hidden == claims.object || claims.hidden == claims.list', false],
    ['claims.hidden in [claims.hidden, 1]', undefined],
    ['claims.hidden == claims.other || claims.other == claims.hidden', false],
    ['claims.part == claims.object || claims.object == claims.part', false],
    ['claims.unnamed == claims.part', undefined],
    ['claims.part == claims.unnamed', undefined],
    ['claims.gaps == ["a", "b"] && size(claims.gaps) == 2', true],
    ['claims.ref == null || null == claims.list', false],
    ['claims.ref != null', true],
    ['9007199254740993 == 9007199254740992 || claims.one == 9007199254740993', false],
    ['[claims.one] == [1u] && [[claims.one]] == [[1]]', true],
    ['-0.0 == 0.0', true],
  ])
  it('is false between a list and its only element', () => {
    expect(holds('claims.r == "evil"', { r: ['evil'] })).toBe(false)
    expect(holds('claims.r != "evil"', { r: ['evil'] })).toBe(true)
    expect(holds('!(claims.r == "evil" || "evil" in claims.r)', { r: ['evil'] })).toBe(false)
  })

  it.each([
    '1 == 1.0',
    '1 == 1u',
    '"a" == 1',
    '["a"] == [1]',
    '["a"] == "a"',
    'size(claims) == "x"',
    'request.asn == "1"',
    '1 in ["a"]',
    '"a" in "abc"',
    '1 in claims',
    'null == "a"',
  ])('refuses operands that can never be equal, like CEL: %s', (source) => {
    expect(faultOf(source)).toMatch(/^does not type-check: (?:compares|looks for) .* at line 1/)
  })
})

describe('an index', () => {
  table([
    ['claims.list[0] == "a" && claims.list[1u] == "b" && claims.list[1.0] == "b"', true],
    ['claims.list[claims.one] == "b"', true],
    ['claims.list[claims.half] == "a"', undefined],
    ['claims.list[2] == "a" || claims.list[-1] == "a" || claims.list[2u] == "a"', undefined],
    ['claims.list[9223372036854775807] == "a"', undefined],
    ['claims.list["0"] == "a" || claims.list["length"] == 2', undefined],
    ['claims.list.length == 2', undefined],
    ['claims.ref.length == 15 || claims.ref[0] == "r"', undefined],
    ['claims.object["1"] == "text"', true],
    ['claims.object[1] == "text"', undefined],
    ['claims.object[1u] == "text"', undefined],
    ['claims.object[claims.one] == "text"', undefined],
    ['claims.object[claims.object.list] == "text"', undefined],
    ['1 in claims.object', false],
    ['claims.one in claims.object', false],
    ['"1" in claims.object && "ref" in claims && !("absent" in claims)', true],
    ['"bad" in claims.hidden', undefined],
    ['"k" in claims.hidden', true],
    ['"constructor" in claims || "toString" in claims.object', false],
  ])

  it('of claims must be a text', () => {
    expect(faultOf('claims[1] == "x"')).toContain('int is not an index of object')
    expect(faultOf('claims[["ref"]] == "x"')).toContain('list of string is not an index of object')
    expect(faultOf('["a"]["b"] == "x"')).toContain('string is not an index of list of string')
    expect(faultOf('"abc"[0] == "x"')).toContain('int is not an index of string')
  })
})

describe('order', () => {
  table([
    ['claims.one < 2 && claims.one < 2u && claims.one < 1.5 && 0 < claims.one', true],
    ['1 < 2u && 1u < 2 && 1.5 < 2 && -1 < 0u && 2u > 1.5', true],
    ['claims.half >= 0.5 && claims.half <= 0.5 && !(claims.half > 0.5)', true],
    ['"a" < "b" && "Abc" < "aBC" && "abc" < "abcd" && "a" < "á" && !("a" < "AB")', true],
    ['"\uff5e" < "🐱" && !("🐱" < "\uff5e") && "🐱" > "\ue000"', true],
    ['false < true && !(true < true)', true],
    ['9007199254740993 > 9007199254740992.0', true],
    ['claims.ref < 1', undefined],
    ['claims.yes < 1', undefined],
    ['claims.list < claims.numbers', undefined],
    ['claims.object < claims.same', undefined],
  ])

  it.each(['"a" < 1', '[1] < [2]', 'null < null', 'claims < 1', 'true < 1'])(
    'refuses what has none: %s',
    (source) => {
      expect(faultOf(source)).toMatch(/^does not type-check: compares /)
    },
  )
})

describe('arithmetic', () => {
  table([
    ['7 / 2 == 3 && -7 / 2 == -3 && 7 % 4 == 3 && -7 % 4 == -3', true],
    ['1.0 / 4.0 == 0.25 && 2u * 3u == 6u && 7u % 4u == 3u', true],
    ['1 / 0 == 1 || 1 % 0 == 1', undefined],
    ['1u / 0u == 1u || 1u % 0u == 1u', undefined],
    ['1.0 / 0.0 > 1e308', true],
    ['9223372036854775807 + 1 > 0', undefined],
    ['-9223372036854775808 - 1 < 0', undefined],
    ['9223372036854775807 * 2 > 0', undefined],
    ['-9223372036854775808 / -1 > 0', undefined],
    ['-(-9223372036854775808) > 0', undefined],
    ['-9223372036854775808 < 0', true],
    ['1u - 2u == 0u', undefined],
    ['18446744073709551615u + 1u == 0u', undefined],
    ['claims.one + 1.5 == 2.5 && claims.half * 2.0 == 1.0 && -claims.one == -1.0', true],
    ['"a" + claims.object.ref == "ax"', true],
    ['"a" + claims.one == "a1"', undefined],
    ['claims.one + claims.ref == "x"', undefined],
    ['claims.list - claims.list == 1.0', undefined],
    ['-claims.ref == 1.0', undefined],
  ])

  it.each([
    [
      'claims.one + 1 == 2',
      /claim \+ int at line 1.*a number in a claim is a double; write int\(…\)/,
    ],
    ['claims.one % 2 == 1', /claim % int.*is a double/],
    ['1u + 1 == 2', /uint \+ int.*both must have the same type/],
    ['"a" + 1 == "a1"', /string \+ int/],
    ['1.5 % 1.0 == 0.5', /double % double/],
    ['-1u == 1u', /cannot negate uint/],
    ['!1', /needs true or false, not int/],
    ['claims.one && "x"', /needs true or false, not string/],
    ['1 ? true : false', /needs true or false, not int/],
    ['(claims.yes ? "a" : 1) == "a"', /chooses between string and int/],
    ['9223372036854775808 > 1', /an integer beyond 64 bits at line 1, column 1/],
    ['18446744073709551616u > 1u', /is not an expression/],
  ])('refuses %s', (source, fault) => {
    expect(faultOf(source)).toMatch(fault)
  })
})

describe('true and false', () => {
  table([
    ['claims.yes && claims.absent == "x" || true', true],
    ['claims.absent == "x" || claims.yes', true],
    ['claims.absent == "x" && false', false],
    ['claims.absent == "x" && true', undefined],
    ['claims.ref || false', undefined],
    ['claims.ref && true', undefined],
    ['!claims.ref', undefined],
    ['claims.ref ? true : false', undefined],
    ['claims.absent == "x" ? true : true', undefined],
    ['claims.yes ? true : claims.absent == "x"', true],
  ])
})

describe('has', () => {
  table([
    ['has(claims.ref) && has(claims.object.list) && has(claims["object"].ref)', true],
    ['has(claims.absent) || has(claims.object.absent) || has(claims.object.constructor)', false],
    ['has(claims.absent.member)', undefined],
    ['has(claims.ref.member)', undefined],
    ['has(claims.list.member)', undefined],
    ['has(claims.hidden.bad)', undefined],
    ['claims.mixed.exists(x, has(x.k))', true],
  ])
})
