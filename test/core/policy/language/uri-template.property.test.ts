import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalResource } from '../../../../src/protocol/resource-uri.ts'
import { runs } from '../../../support/runs.ts'
import { renderText } from '../../support/render.ts'

/** Separators, escapes, dots, letters and digits: everything that could change a URI. */
const PIECES = [..."-_.~!*'()%:/@?#&=+,;$ []\\", ...'aZ0é', '%2F', '%2e', '..', '://', '😀']
const text = fc
  .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 4 })
  .map((pieces) => pieces.join(''))
const value = fc.oneof(
  { weight: 8, arbitrary: text },
  fc.constantFrom<unknown>(5, true, '5', 'true'),
)
const values = fc.tuple(value, value, value)

const SOURCES = [
  'https://acme.dev/{a}/{b}/{c}',
  'https://acme.dev/x.{a}/y:{b}@z/{c}.w',
  'https://acme.dev/.{a}/{b}',
  'urn:acme:{a}:{b}',
  'urn:acme:x{a}y/{b}=z{c}',
  'spiffe://acme.dev/ns/{a}/sa/{b}',
  'spiffe://acme.dev/x-{a}/.{b}/{c}y',
  'spiffe://acme.dev/{a|sha256}/{b}',
] as const

const render = (source: string, [a, b, c]: readonly unknown[]) =>
  renderText(source, { a, b, c }, { target: 'uri' })

/** The claims that the template reads. */
const usedBy = (source: string, list: readonly unknown[]) =>
  list.filter((_, index) => source.includes(`{${'abc'[index]}`))

describe('a rendered URI', () => {
  it('MAP-05 differs for any two lists of values, also after normalization', () => {
    let compared = 0
    fc.assert(
      fc.property(fc.constantFrom(...SOURCES), values, values, (source, one, other) => {
        const [first, second] = [render(source, one), render(source, other)]
        if (typeof first !== 'string' || typeof second !== 'string') return
        compared += 1
        const isSame = JSON.stringify(usedBy(source, one)) === JSON.stringify(usedBy(source, other))
        expect(first === second).toBe(isSame)
        expect(canonicalResource(first) === canonicalResource(second)).toBe(isSame)
        expect(new URL(first).href === new URL(second).href).toBe(isSame)
      }),
      runs(3000),
    )
    expect(compared).toBeGreaterThan(100)
  })

  it('MAP-05 has the scheme, the authority and the segments of its template', () => {
    let rendered = 0
    const shapeOf = (uri: string) => {
      const { protocol, host } = new URL(uri)
      return [protocol, host, uri.split('/').length, uri.split(/[?#]/).length]
    }
    fc.assert(
      fc.property(fc.constantFrom(...SOURCES), values, (source, list) => {
        const uri = render(source, list)
        if (typeof uri !== 'string') return
        rendered += 1
        const plain = source.replace(/\{[^}]*\}/g, 'x')
        expect(shapeOf(uri)).toEqual(shapeOf(plain))
        expect(new URL(uri).pathname.split('/').length).toBe(
          new URL(plain).pathname.split('/').length,
        )
        if (!uri.startsWith('spiffe:')) return
        const id = /^spiffe:\/\/acme\.dev(?:\/(?!\.\.?(?:\/|$))[A-Za-z0-9._-]+)+$/
        expect(uri).toMatch(id)
      }),
      runs(3000),
    )
    expect(rendered).toBeGreaterThan(100)
  })

  it('MAP-05 never renders a value that could be read as two segments of a SPIFFE ID', () => {
    for (const piece of PIECES.filter((one) => !/^[A-Za-z0-9._-]+$/.test(one))) {
      const result = render('spiffe://acme.dev/ns/{a}/sa/{b}', [`x${piece}y`, 'z'])
      expect(result, piece).toEqual({ claim: 'a', cause: 'unusable' })
    }
  })
})
