/** `Accept` with its ranges and weights. */
import { describe, expect, it } from 'vitest'
import { accepts, asksFor, weightOf } from '../../src/core/accept.ts'

const NEW = 'application/new+jwt'
const USUAL = 'application/json'

describe('a type is accepted', () => {
  it.each([
    [undefined, true],
    [null, true],
    ['', true],
    ['*/*', true],
    ['application/*;q=0.1', true],
    [`text/html, ${NEW}`, true],
    ['APPLICATION/NEW+JWT;v=1;Q=0.001', true],
    [`*/*;q=0, ${NEW}`, true],
    // The most specific range counts, whatever the order is (RFC 9110 §12.5.1).
    [`${NEW};q=0, */*`, false],
    [`*/*, ${NEW}; q=0.000`, false],
    ['application/*;q=0, */*', false],
    ['text/*', false],
    [`${NEW}x`, false],
    [`${NEW};q=much`, false],
  ])('SL-10 by %j: %s', (accept, isAccepted) => {
    expect(accepts(accept, NEW)).toBe(isAccepted)
  })
})

describe('another form is asked for', () => {
  it.each([
    [NEW, true],
    [`${USUAL}, ${NEW}`, true],
    [`${USUAL};q=0.4, ${NEW};q=0.5`, true],
    [`${NEW};q=0.5`, true],
    [`${NEW}, */*;q=0.1`, true],
    [`${USUAL}, ${NEW};q=0.5`, false],
    [`*/*, ${NEW};q=0.5`, false],
    [`${NEW};q=0`, false],
    ['*/*', false],
    ['application/*', false],
    [undefined, false],
  ])('IN-12 by %j: %s', (accept, isAsked) => {
    expect(asksFor(accept, NEW, USUAL)).toBe(isAsked)
  })
})

describe('a weight', () => {
  it('is the larger one of a range that is sent twice', () => {
    expect(weightOf('gzip;q=0.2, br, gzip;q=0.5', 'gzip')).toBe(0.5)
  })

  it('is zero without the range', () => {
    expect(weightOf('br, x-gzip', 'gzip')).toBe(0)
    expect(weightOf(null, 'gzip')).toBe(0)
  })
})
