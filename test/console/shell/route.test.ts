/** The paths of the console: patterns, parameters, and queries. */
import { describe, expect, test } from 'vitest'
import { matchPattern, pathTo, stripBase, withQuery } from '../../../src/console/shell/route.ts'

describe('the path below /console', () => {
  test.each([
    ['/console', '/'],
    ['/console/', '/'],
    ['/console/rules', '/rules'],
    ['/console/rules/', '/rules'],
    ['/console/rules/a%2Fb', '/rules/a%2Fb'],
  ])('of %s is %s', (pathname, path) => {
    expect(stripBase(pathname, '/console')).toBe(path)
  })
})

test('the path below the console of a gateway with a path', () => {
  expect(stripBase('/sts/console/rules', '/sts/console')).toBe('/rules')
})

describe('a pattern', () => {
  test('fits the path with the same segments', () => {
    expect(matchPattern('/rules', '/rules')).toEqual({})
  })

  test('returns each parameter decoded', () => {
    const name = 'a/b ü <img>'
    expect(matchPattern('/rules/:name', pathTo('rules', name))).toEqual({ name })
  })

  test.each([
    ['another segment', '/rules', '/keys'],
    ['more segments', '/rules', '/rules/a'],
    ['an empty parameter', '/rules/:name', '/rules/'],
    ['a parameter that is not encoded correctly', '/rules/:name', '/rules/%E0%A4%A'],
  ])('does not fit %s', (_, pattern, path) => {
    expect(matchPattern(pattern, path)).toBeUndefined()
  })

  test('has no parameter from the prototype of objects', () => {
    expect(matchPattern('/rules/:name', '/rules/__proto__')?.name).toBe('__proto__')
  })
})

test('a query has only the members with a value', () => {
  expect(withQuery('/decisions', { rule: 'a&b', issuer: '', reason: undefined })).toBe(
    '/decisions?rule=a%26b',
  )
  expect(withQuery('/decisions', {})).toBe('/decisions')
})
