import { describe, expect, it } from 'vitest'
import { parseDuration, parseMoment } from '../../src/web/moment.ts'

const seconds = (iso: string) => Date.parse(iso) / 1000

describe('a moment', () => {
  it('is a time in UTC', () => {
    expect(parseMoment('2027-03-31T12:00:00Z')).toBe(seconds('2027-03-31T12:00:00Z'))
    expect(parseMoment('1970-01-01T00:00:00Z')).toBe(0)
  })

  it('that names a day is the end of that day', () => {
    expect(parseMoment('2027-03-31')).toBe(seconds('2027-04-01T00:00:00Z'))
    expect(parseMoment('2028-02-29')).toBe(seconds('2028-03-01T00:00:00Z'))
    expect(parseMoment('2027-12-31')).toBe(seconds('2028-01-01T00:00:00Z'))
  })

  it('with a fraction of a second is that second', () => {
    expect(parseMoment('2027-03-31T12:00:00.999Z')).toBe(seconds('2027-03-31T12:00:00Z'))
  })

  it.each([
    '',
    'soon',
    '2027',
    '2027-03',
    '2027-3-31',
    '2027-02-29',
    '2027-02-31',
    '2027-13-01',
    '2027-00-10',
    '2027-03-32',
    '2027-03-31T24:00:00Z',
    '2027-03-31T25:00:00Z',
    '2027-02-31T12:00:00Z',
    '31.03.2027',
  ])('is not %j', (text) => expect(parseMoment(text)).toBeUndefined())
})

describe('a duration', () => {
  it.each([
    ['90s', 90],
    ['10m', 600],
    ['1h', 3600],
    ['0s', 0],
  ])('%s is %d seconds', (text, expected) => expect(parseDuration(text)).toBe(expected))
})
