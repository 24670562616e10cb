/** `describeExpression` lists the paths, comparisons and texts of an expression for lint. */
import { describe, expect, it } from 'vitest'
import {
  compileExpression,
  describeExpression,
} from '../../../../../src/core/policy/language/expression.ts'

function read(source: string) {
  const expression = compileExpression(source)
  if (typeof expression === 'string') throw new Error(expression)
  return describeExpression(expression)
}

const PLAIN = {
  values: [],
  isComplete: true,
  loop: undefined,
  isFolded: false,
  isNegated: false,
  isRequired: true,
}

describe('the claims that an expression reads', () => {
  it.each([
    ['claims.a == "x" && claims.b.c == "y" && claims.a != "z"', [['a'], ['b', 'c']]],
    ['claims["k8s.io"].namespace == "n"', [['k8s.io', 'namespace']]],
    ['claims.list[0] == "x"', [['list']]],
    ['claims.list.exists(x, x.name == claims.sub)', [['list'], ['list', 'name'], ['sub']]],
    ['claims[claims.name] == "x"', [[], ['name']]],
    ['has(claims.a.b) && request.country == "DE"', [['a', 'b']]],
    ['claims.a.split("/")[1] == "x" ? true : claims.b == "y"', [['a'], ['b']]],
    ['claims.ref in [claims.base_ref, "main"]', [['ref'], ['base_ref']]],
    ['size(claims) > 3', [[]]],
    ['"a".contains("b")', []],
  ])('are found in %s: %j', (source, paths) => {
    expect(read(source).paths).toEqual(paths)
  })
})

describe('the comparisons of an expression', () => {
  it.each([
    ['claims.a == "x"', { path: ['a'], operator: '==', values: ['x'] }],
    ['"x" == claims.a', { path: ['a'], operator: '==', values: ['x'] }],
    ['claims.a != "x"', { path: ['a'], operator: '!=', values: ['x'] }],
    ['claims.n == -7', { path: ['n'], operator: '==', values: [-7] }],
    ['claims.n == 7u', { path: ['n'], operator: '==', values: [7] }],
    ['claims.a in ["x", "y"]', { path: ['a'], operator: 'in', values: ['x', 'y'] }],
    ['"x" in claims.list', { path: ['list'], operator: 'includes', values: ['x'] }],
    ['claims.a.startsWith("x")', { path: ['a'], operator: 'startsWith', values: ['x'] }],
    ['claims.a.endsWith("x")', { path: ['a'], operator: 'endsWith', values: ['x'] }],
    ['claims.a.contains("x")', { path: ['a'], operator: 'contains', values: ['x'] }],
    ['has(claims.a)', { path: ['a'], operator: 'has' }],
    [
      'claims.a.lowerAscii() == "x"',
      { path: ['a'], operator: '==', values: ['x'], isFolded: true, lacks: /[A-Z]/ },
    ],
    ['!(claims.a == "x")', { path: ['a'], operator: '==', values: ['x'], isNegated: true }],
    ['!!(claims.a == "x")', { path: ['a'], operator: '==', values: ['x'] }],
    ['(claims.a == "x") == false', { path: ['a'], operator: '==', values: ['x'], isNegated: true }],
    [
      'claims.list.exists(x, x == "a")',
      { path: ['list'], operator: '==', values: ['a'], loop: 'exists', isRequired: false },
    ],
    [
      'claims.list.all(x, x.name != "a")',
      {
        path: ['list', 'name'],
        operator: '!=',
        values: ['a'],
        loop: 'all',
        isRequired: false,
      },
    ],
    [
      'size(claims.b) == 1 || claims.a == "x"',
      { path: ['a'], operator: '==', values: ['x'], isRequired: false },
    ],
    [
      '!(size(claims.b) == 1 || claims.a == "x")',
      { path: ['a'], operator: '==', values: ['x'], isNegated: true },
    ],
    [
      '!(size(claims.b) == 1 && claims.a == "x")',
      { path: ['a'], operator: '==', values: ['x'], isNegated: true, isRequired: false },
    ],
    [
      'size(claims.b) == 1 ? claims.a == "x" : false',
      { path: ['a'], operator: '==', values: ['x'], isNegated: undefined, isRequired: false },
    ],
  ])('are found in %s: %j', (source, comparison) => {
    expect(read(source).comparisons).toEqual([{ ...PLAIN, ...comparison }])
  })

  it('mark a claim that is not compared only with literals', () => {
    expect(read('claims.ref in [claims.base_ref, "main"]').comparisons).toEqual([
      { ...PLAIN, path: ['ref'], operator: 'in', values: ['main'], isComplete: false },
    ])
    expect(read('claims.a == claims.b').comparisons).toEqual([
      { ...PLAIN, path: ['a'], operator: '==', isComplete: false },
      { ...PLAIN, path: ['b'], operator: '==', isComplete: false },
    ])
  })

  it('include every comparison of a conjunction', () => {
    const { comparisons } = read('claims.a == "x" && claims.b.startsWith("y")')
    expect(comparisons.map(({ path, isRequired }) => [path, isRequired])).toEqual([
      [['a'], true],
      [['b'], true],
    ])
  })
})

it('lists the text literals of an expression', () => {
  expect(read(String.raw`claims.a in ["x\u200b", 'y'] && claims.b.contains("z")`).texts).toEqual([
    'x\u200b',
    'y',
    'z',
  ])
})
