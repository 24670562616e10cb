/** Loops ignore unknown elements where CEL does, and cannot be nested. */
import { describe, expect, it } from 'vitest'
import { faultOf, holds } from '../../support/expression.ts'

const claims = {
  list: ['a', 'b', 'c'],
  mixed: ['a', 1],
  objects: [{ name: 'a' }, { name: 'b', bad: 'x\u0000' }],
  object: { key1: 1, key2: 2, none: '' },
  constructor: 'evil',
  one: 1,
}

it.each([
  ['[1, 2, 3].exists(e, e > 0) && [1, 2, 3].exists(e, e == 2)', true],
  ['[1, 2, 3].exists(e, e > 3) || [].exists(e, true)', false],
  ['[1, 2, 3].exists(e, e / 0 == 17)', undefined],
  ['[1, 2, 3].exists(e, 6 / (2 - e) == 6)', true],
  ['[1, "foo", 3].exists(e, e != "1")', true],
  ['[1, 2, 3].all(e, e > 0) && [].all(e, false)', true],
  ['[1, 2, 3].all(e, e == 2)', false],
  ['[1, 2, 3].all(e, 6 / (2 - e) == 6)', false],
  ['[1, 2, 3].all(e, e / 0 != 17)', undefined],
  ['[1, "foo", 3].all(e, e % 2 == 1)', undefined],
  ['[7].exists_one(a, a == 7)', true],
  ['[].exists_one(a, a == 7) || [8].exists_one(a, a == 7)', false],
  ['[6, 7, 8].exists_one(x, x % 5 == 2)', true],
  ['[0, 1, 2, 3, 4].exists_one(n, n % 2 == 1)', false],
  ['[3, 2, 1, 0].exists_one(n, 12 / n > 1)', undefined],
  ['claims.object.exists(k, k == "key2") && !claims.object.exists(k, k == "none")', true],
  ['claims.object.all(k, k.startsWith("key")) && claims.exists(k, k == "one")', true],
  ['claims.mixed.exists(x, x.startsWith("a"))', true],
  ['claims.mixed.all(x, x.startsWith("a"))', undefined],
  ['claims.mixed.exists(x, x.startsWith("b"))', undefined],
  ['claims.objects.exists(o, o.name == "b" && o.bad != "y")', undefined],
  ['claims.objects.exists(o, o.name == "a")', true],
  ['claims.one.all(x, true) || claims.constructor.all(x, true)', undefined],
  ['claims.list.all(x, claims.one)', undefined],
  ['claims.list.exists(x, x == "a") && claims.list.exists(x, x == "b")', true],
  ['[claims.list.exists(x, x == "a")].all(y, y)', true],
  ['claims.list.exists(x, x in claims.list)', true],
] as const)('%s is %s', (source, outcome) => {
  expect(holds(source, claims)).toBe(outcome)
})

it('CLM-12 reads claims with the names of members of every object', () => {
  const tricky = { constructor: 'evil', __proto__: null, hasOwnProperty: 'x', valueOf: 1, a: 'y' }
  expect(holds('claims.constructor == "evil" && claims.hasOwnProperty == "x"', tricky)).toBe(true)
  expect(holds('claims.a == "y" && size(claims) == 4', tricky)).toBe(true)
  const nested = { a: { constructor: 'evil', b: 'c' } }
  expect(holds('claims.a.b == "c" && "b" in claims.a', nested)).toBe(true)
})

it('CLM-11 does not iterate over an object with an unreadable member name', () => {
  const odd = { object: { 'a\u0001': 1, b: 2 }, plain: { a: 1, b: 2 } }
  expect(holds('claims.object.exists(k, k == "b")', odd)).toBe(undefined)
  expect(holds('claims.object.all(k, k != "c")', odd)).toBe(undefined)
  expect(holds('size(claims.object) == 2', odd)).toBe(undefined)
  expect(holds('claims.object == claims.plain', odd)).toBe(undefined)
  expect(holds('claims.object.b == 2', odd)).toBe(true)
})

describe('a loop is refused', () => {
  it.each([
    [
      'claims.a.all(x, claims.b.all(y, x == y))',
      /has all within another loop at line 1, column 26/,
    ],
    ['claims.a.exists(x, [x].exists_one(y, true))', /exists_one within another loop/],
    ['claims.ref.lowerAscii().all(x, true)', /all needs a list, not string/],
    ['claims.a.all(x, 1)', /needs true or false, not int/],
    ['claims.a.all(1, true)', /the variable of a loop must be a name/],
    ['claims.a.all(x, true, true)', /needs all with a variable and a test/],
    ['claims.a.existsOne(x, true)', /uses existsOne/],
    ['size(claims.a.map(x, x)) > 1', /uses map.*use exists/],
    ['size(claims.a.filter(x, x == "a")) > 1', /uses filter.*use exists/],
  ])('in %s: %s', (source, fault) => {
    expect(faultOf(source)).toMatch(fault)
  })
})
