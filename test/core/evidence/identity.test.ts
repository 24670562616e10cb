import { describe, expect, it } from 'vitest'
import { readClaim, readScalar } from '../../../src/core/evidence/identity.ts'

const claims = {
  text: 'a',
  empty: '',
  nothing: null,
  no: false,
  zero: 0,
  list: ['a'],
  nested: { 'with.dot': { name: 'b' }, list: [{ name: 'c' }] },
}

describe('a claim by its path', () => {
  it('is the value at that path', () => {
    expect(readClaim(claims, ['text'])).toBe('a')
    expect(readClaim(claims, ['nested', 'with.dot', 'name'])).toBe('b')
    expect(readClaim(claims, ['no'])).toBe(false)
    expect(readClaim(claims, ['zero'])).toBe(0)
  })

  it.each([
    [['absent']],
    [['empty']],
    [['nothing']],
    [['text', 'length']],
    [['nothing', 'name']],
    [['list', '0']],
    [['list', 'length']],
    [['nested', 'list', '0', 'name']],
    [['nested.with.dot.name']],
  ])('RULE-02 is absent at %j', (path) => expect(readClaim(claims, path)).toBeUndefined())

  it.each([
    [['constructor']],
    [['toString']],
    [['hasOwnProperty']],
    [['__proto__']],
    [['__proto__', 'toString']],
    [['nested', 'constructor', 'name']],
  ])('CLM-12 is never inherited: %j', (path) => {
    expect(readClaim(claims, path)).toBeUndefined()
  })

  it('CLM-12 may have an inherited name if the token contains it', () => {
    const own = JSON.parse('{"__proto__":{"role":"x"},"constructor":"y"}')
    expect(readClaim(own, ['__proto__', 'role'])).toBe('x')
    expect(readClaim(own, ['constructor'])).toBe('y')
    expect(readClaim(own, ['role'])).toBeUndefined()
  })
})

describe('a claim that may be compared', () => {
  const rows: readonly (readonly [string, unknown, unknown])[] = [
    ['a text', 'a', 'a'],
    ['a text of 2,048 characters', 'x'.repeat(2048), 'x'.repeat(2048)],
    ['a number', 7, 7],
    ['a negative number', -7, -7],
    ['the largest exact number', 2 ** 53 - 1, 2 ** 53 - 1],
    ['true', true, true],
    ['false', false, false],
    ['CLM-11 a text of 2,049 characters', 'x'.repeat(2049), undefined],
    ['CLM-11 a text with NUL', 'a\0', undefined],
    ['CLM-11 a text with a line break', 'a\n', undefined],
    ['CLM-11 a text with a paragraph separator', 'a\u2029', undefined],
    ['CLM-11 a lone surrogate', 'a\ud800', undefined],
    ['CLM-13 a number beyond 2^53', 2 ** 53, undefined],
    ['CLM-13 an id that JSON.parse has rounded', JSON.parse('9007199254740993'), undefined],
    ['CLM-13 Infinity', JSON.parse('1e999'), undefined],
    ['MAP-03 a list', ['a'], undefined],
    ['MAP-03 an object', { a: 'a' }, undefined],
    ['MAP-03 null', null, undefined],
    ['MAP-03 an empty text', '', undefined],
  ]
  it.each(rows)(
    'is a short text, an exact number or a boolean, and anything else is absent: %s',
    (_, value, expected) => {
      expect(readScalar({ value }, ['value'])).toBe(expected)
    },
  )
})
