import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { MAX_CLAIM_CHARACTERS } from '../../../../src/core/limits.ts'
import { compileTemplate } from '../../../../src/core/policy/language/template.ts'
import { renderText } from '../../support/render.ts'

describe('a template', () => {
  it('puts text, numbers and booleans between its own text', () => {
    const types = { b: 'number', c: 'boolean' } as const
    expect(renderText('k:{a}:{b}:{c}', { a: 'x', b: 7, c: true }, { types })).toBe('k:x:7:true')
  })

  it('MAP-05 encodes separators inside a value, so that no value can forge another', () => {
    expect(renderText('repo:{a}:{b}', { a: 'x:y', b: 'z' })).toBe('repo:x%3Ay:z')
    expect(renderText('{a}/{b}', { a: 'x/y', b: 'z' })).toBe('x%2Fy/z')
    expect(renderText('{a}:{b}', { a: '100%', b: 'a b' })).toBe('100%25:a%20b')
    expect(renderText('{a}-{b}', { a: 'x-y', b: 'z.!~*' })).toBe('x%2Dy-z.!~*')
  })

  it('MAP-05 marks a value of a type that the claim does not usually have', () => {
    expect(renderText('k:{a}', { a: '5' })).toBe('k:5')
    expect(renderText('k:{a}', { a: 5 })).toBe('k:%35')
    expect(renderText('k:{a}', { a: true })).toBe('k:%74%72%75%65')
    expect(renderText('k:{a}', { a: '5' }, { types: { a: 'number' } })).toBe('k:%22%35%22')
  })

  it('renders a claim that is a single value unchanged', () => {
    const target = 'claim'
    expect(renderText('{a}', { a: 'acme/api:x' }, { target })).toBe('acme/api:x')
    expect(renderText('{a}', { a: 5 }, { target })).toBe('5')
    expect(renderText('{a}', { a: 'a:b' })).toBe('a%3Ab')
  })

  it('hashes the unencoded value, and gives values of different types different hashes', () => {
    const hash = createHash('sha256').update('ü:5').digest('hex')
    expect(renderText('a:{a|sha256}', { a: 'ü:5' })).toBe(`a:${hash}`)
    const texts = ['5', 5, 'true', true].map((a) => renderText('{a|sha256}', { a }))
    expect(new Set(texts).size).toBe(4)
  })

  it.each([
    ['{a}{b}', /separator/],
    ['{a}x{b}', /separator/],
    ['{a', /brace/],
    ['a}', /brace/],
    ['{a|md5}', /filter/],
    ['{a|sha256|sha256}', /filter/],
    ['a\u202eb{a}', /^has U\+202E, /],
    ['a\ud800b{a}', /^has U\+D800, /],
    ['{a}\u200b', /^has U\+200B, /],
  ])('%j does not compile', (source, sentence) => {
    const find = (claim: string) => ({ path: [claim], type: 'string' }) as const
    expect(compileTemplate(source, find, 'subject')).toMatch(sentence)
  })
})

describe('a template that does not render', () => {
  const long = 'x'.repeat(MAX_CLAIM_CHARACTERS + 1)
  const rows: readonly (readonly [name: string, value: unknown, fault: object])[] = [
    ['MAP-03 an absent claim', undefined, { cause: 'absent' }],
    ['MAP-03 null', null, { cause: 'absent' }],
    ['MAP-03 an empty text', '', { cause: 'absent' }],
    ['MAP-03 a list', ['x'], { cause: 'not_scalar' }],
    ['MAP-03 an object', { a: 1 }, { cause: 'not_scalar' }],
    ['CLM-11 a control character', 'a\nb', { cause: 'unreadable' }],
    ['CLM-13 a number beyond 2^53', 2 ** 60, { cause: 'unreadable' }],
    [
      'MAP-06 a longer claim than any rule reads',
      long,
      { cause: 'claim_too_long', length: MAX_CLAIM_CHARACTERS + 1, limit: MAX_CLAIM_CHARACTERS },
    ],
  ]
  it.each(rows)('names the claim and the cause: %s', (_, value, fault) => {
    for (const source of ['k:{a}', 'k:{a|sha256}']) {
      expect(renderText(source, { a: value })).toEqual({ claim: 'a', ...fault })
    }
  })

  it('MAP-06 has at most 255 bytes, and names the longest claim in it', () => {
    expect(renderText('a:{a}', { a: 'x'.repeat(253) })).toHaveLength(255)
    const fault = { claim: 'a', cause: 'result_too_long', limit: 255 }
    expect(renderText('a:{a}', { a: 'x'.repeat(254) })).toEqual({ ...fault, length: 256 })
    expect(renderText('a:{b}:{a}', { a: 'ü'.repeat(127), b: 'y' })).toEqual({
      ...fault,
      length: 258,
    })
    expect(renderText('a:{a|sha256}', { a: 'x'.repeat(1000) })).toMatch(/^a:[0-9a-f]{64}$/)
  })
})
