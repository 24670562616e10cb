/** The state of the table of rules in the address. */
import { describe, expect, test } from 'vitest'
import { formatQuery, readQuery, toggleOrder } from '../../../../src/console/pages/rules/query.ts'

const read = (text: string) => readQuery(new URLSearchParams(text))

test('an address without a query has the order of the document', () => {
  expect(read('')).toEqual({
    search: '',
    filter: 'all',
    order: 'position',
    isReversed: false,
    page: 0,
  })
  expect(formatQuery(read(''))).toBe('/rules')
})

test('an address with a query is written as it was read', () => {
  const text = 'search=a+b&show=deny&sort=-ends&page=3'
  expect(formatQuery(read(text))).toBe(`/rules?${text}`)
})

test('unknown values are as if they were absent', () => {
  expect(read('show=constructor&sort=-toString&page=-1')).toEqual({ ...read(''), isReversed: true })
  expect(read('page=1e3').page).toBe(0)
})

describe('a click on a header', () => {
  test('sorts by it, from the first page', () => {
    const query = toggleOrder(read('page=4'), 'name')
    expect(query).toMatchObject({ order: 'name', isReversed: false, page: 0 })
  })

  test('sorts in reverse if it was sorted by it', () => {
    expect(toggleOrder(read('sort=name'), 'name').isReversed).toBe(true)
    expect(toggleOrder(read('sort=-name'), 'name').isReversed).toBe(false)
  })

  test('begins with the most findings and the newest use', () => {
    expect(toggleOrder(read(''), 'findings').isReversed).toBe(true)
    expect(toggleOrder(read(''), 'used').isReversed).toBe(true)
  })
})
