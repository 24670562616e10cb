import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileTemplate, renderTemplate, type Template } from '../../src/core/template.ts'

const sha256 = async (text: string) => createHash('sha256').update(text).digest('hex')

function compile(source: string, target: 'subject' | 'claim' = 'subject'): Template {
  const template = compileTemplate(source, (claim) => [claim], target)
  if (typeof template === 'string') throw new Error(template)
  return template
}

type Claims = Readonly<Record<string, string | number | boolean>>

function render(source: string, claims: Claims, target?: 'subject' | 'claim') {
  const read = ([name = '']: readonly string[]) => claims[name]
  return renderTemplate(compile(source, target), read, sha256)
}

describe('a template', () => {
  it('puts text, numbers and booleans between its own text', async () => {
    expect(await render('k:{a}:{b}:{c}', { a: 'x', b: 7, c: true })).toBe('k:x:7:true')
  })

  it('MAP-05 encodes separators inside a value, so that no value can forge another', async () => {
    expect(await render('repo:{a}:{b}', { a: 'x:y', b: 'z' })).toBe('repo:x%3Ay:z')
    expect(await render('{a}/{b}', { a: 'x/y', b: 'z' })).toBe('x%2Fy/z')
    expect(await render('{a}:{b}', { a: '100%', b: 'a b' })).toBe('100%25:a%20b')
  })

  it('MAP-05 renders no two sets of values to one subject', async () => {
    const value = fc.string({
      unit: fc.constantFrom('a', ':', '/', '%', '3', 'A', ' '),
      maxLength: 6,
    })
    await fc.assert(
      fc.asyncProperty(value, value, value, value, async (a, b, c, d) => {
        const one = await render('x:{a}/{b}', { a, b })
        const other = await render('x:{a}/{b}', { a: c, b: d })
        expect(one === other).toBe(a === c && b === d)
      }),
      { numRuns: 1000 },
    )
  })

  it('leaves a claim that is one value alone as it is', async () => {
    expect(await render('{a}', { a: 'acme/api:x' }, 'claim')).toBe('acme/api:x')
    expect(await render('{a}', { a: 'a:b' }, 'subject')).toBe('a%3Ab')
  })

  it('MAP-06 refuses an absent claim', async () => {
    expect(await render('a:{a}', {})).toBeUndefined()
  })

  it('MAP-07 refuses more than 255 bytes, unless the value is hashed', async () => {
    expect(await render('a:{a}', { a: 'x'.repeat(253) })).toHaveLength(255)
    expect(await render('a:{a}', { a: 'x'.repeat(254) })).toBeUndefined()
    expect(await render('a:{a}', { a: 'ü'.repeat(127) })).toBeUndefined()
    expect(await render('a:{a|sha256}', { a: 'x'.repeat(1000) })).toMatch(/^a:[0-9a-f]{64}$/)
  })

  it.each([
    ['{a}{b}', /separator/],
    ['{a}x{b}', /separator/],
    ['{a', /brace/],
    ['a}', /brace/],
    ['{a|md5}', /filter/],
    ['{a|sha256|sha256}', /filter/],
    ['a\u202eb{a}', /control/],
  ])('%j does not compile', (source, sentence) => {
    expect(compileTemplate(source, (claim) => [claim], 'subject')).toMatch(sentence)
  })
})
