/** Tests of LINT-37: numbers and members that no token has, and empty entries of lists. */
import { describe, expect, it } from 'vitest'
import { type Change, documentOf, findingsOf } from '../support/documents.ts'

const found = (change: Change) =>
  findingsOf(documentOf('generic', change)).flatMap((one) => {
    if (typeof one === 'string') throw new Error(one)
    return one.lint === 'LINT-37' ? [one] : []
  })
const inCondition = (condition: string) => found({ rule: { condition } })
const withWhen = (when: object, condition: string) => found({ rule: { when, condition } })

describe('bounds', () => {
  it.each([
    ['claims.n < 5 && claims.n > 7', 'n'],
    ['5 > claims.n && claims.a == "x" && 7 < claims["n"]', 'n'],
    ['claims.n < 5 && claims.n >= 5', 'n'],
    ['claims.n == 9 && claims.n < 5.5', 'n'],
    ['claims.o.n <= -2 && claims.o.n > -1', 'o.n'],
    ['int(claims.t) < 5 && int(claims.t) > 7u', 'the same value'],
    ['int(claims.t) == 5 && int(claims.t) == 7', 'the same value'],
    ['size(claims.list) < 0', 'the same value'],
    ['claims.list.size() == -1', 'the same value'],
    ['0 > size(claims.list) && claims.a == "x"', 'the same value'],
  ])('finds that no number meets %s', (condition, name) => {
    expect(inCondition(condition)).toMatchObject([
      {
        severity: 'warn',
        path: ['rules', 0, 'condition'],
        message: `no number meets all comparisons of ${name}: this rule never matches`,
      },
    ])
  })

  it.each<[object, string]>([
    [{ n: { min: 8 } }, 'claims.n < 8'],
    [{ n: { max: 4 } }, 'claims.n > 4.5'],
    [{ n: [1, 3] }, 'claims.n > 3'],
  ])('finds %j under when with %s', (when, condition) => {
    expect(withWhen(when, condition)).toMatchObject([
      { message: expect.stringContaining('no number meets all comparisons of n') },
    ])
  })

  it.each([
    'claims.n < 7 && claims.n > 5',
    'claims.n <= 5 && claims.n >= 5',
    'claims.n < 5 || claims.n > 7',
    '!(claims.n < 5 && claims.n > 7) && claims.a == "x"',
    'claims.n < 5 && claims.m > 7',
    'int(claims.n) < 5 && int(claims.m) > 7',
    'int(claims.n) < 5 && claims.n > 7',
    'size(claims.list) <= 0',
    'size(claims.list) > -1',
    'claims.n < 0',
    'size(claims.a) + 1 < 5 && size(claims.a) + 2 > 5',
    'claims.n > 9007199254740992 && claims.n < 5 || claims.a == "x"',
  ])('finds nothing in %s', (condition) => expect(inCondition(condition)).toEqual([]))

  it('finds nothing in a deny rule, which an absent claim makes deny', () => {
    const condition = 'claims.n < 5 && claims.n > 7'
    const deny = { name: 'never', effect: 'deny', from: 'ci', when: { sub: 'x' }, condition }
    expect(found({ more: [deny] })).toEqual([])
  })
})

describe('a member of what is no object', () => {
  it.each<[object, string]>([
    [{ o: 'x', 'o.n': 'y' }, 'true'],
    [{ 'o.n': { exists: true }, o: { contains: 'x' } }, 'true'],
    [{ 'o.p.n': { glob: 'y*' }, o: { exists: false } }, 'true'],
    [{ 'o.n': { not: 'y' }, o: { not: 'x' } }, 'true'],
    [{ 'o.n': 'y' }, 'claims.o == "x"'],
    [{ o: { min: 1 } }, 'has(claims.o.n)'],
    [{ 'o.n': 'y' }, 'claims.o.startsWith("x")'],
  ])('is found in %j with %s', (when, condition) => {
    expect(withWhen(when, condition)).toMatchObject([
      {
        severity: 'warn',
        message: expect.stringMatching(
          /^no token has o\.(?:p\.)?n where o meets its own condition/,
        ),
      },
    ])
  })

  it.each<[object, string]>([
    [{ o: { exists: true }, 'o.n': 'y' }, 'true'],
    [{ o: 'x', 'o.n': { exists: false } }, 'true'],
    [{ 'o.n': 'y', 'o.m': 'x' }, 'true'],
    [{ 'o.n': 'y' }, '"n" in claims.o'],
    [{ 'o.n': 'y' }, 'claims.o != "x"'],
    [{ 'o.n': 'y' }, 'claims.o == "x" || claims.a == "x"'],
    [{ o: 'x', on: 'y' }, 'true'],
  ])('is not found in %j with %s', (when, condition) => {
    expect(withWhen(when, condition)).toEqual([])
  })
})

it.each(['"" in claims.roles', 'claims.roles.exists(role, role == "")'])(
  'an empty entry of a list is found in %s',
  (condition) => {
    expect(inCondition(condition)).toMatchObject([
      { message: '"" never occurs as roles: a list with an empty entry cannot be read' },
    ])
    expect(inCondition(`!(${condition}) && claims.a == "x"`)).toEqual([])
  },
)
