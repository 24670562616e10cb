/** The filters of decisions in the address and in the form. */
import { describe, expect, test } from 'vitest'
import {
  formatFilters,
  fromLocalInput,
  hasFurther,
  readFilters,
  toLocalInput,
} from '../../../../src/console/pages/decisions/filters.ts'
import { parseDecisionSearch } from '../../../../src/contract/decisions/search.ts'

const read = (text: string) => readFilters(new URLSearchParams(text))

const EVERY =
  'outcome=denied&rule=a&issuer=b&subject=c&resource=d&reason=e&actor=f&token_id=g&from=2026-11-01&to=1795000000&claim=x%3D1&claim=y%3D2'

test('an address with every filter is written as it was read', () => {
  expect(formatFilters(read(EVERY))).toBe(EVERY)
})

test('the gateway knows every filter', () => {
  const parsed = parseDecisionSearch(new URLSearchParams(formatFilters(read(EVERY))))
  expect(parsed.ok ? parsed.value.filter : parsed.error).toMatchObject({ rule: 'a', token_id: 'g' })
})

test('other parameters and empty filters are left out', () => {
  expect(formatFilters(read('rule=+&claim=&limit=3&cursor=x'))).toBe('')
})

test('filters that the form hides are shown if they are set', () => {
  expect(hasFurther(read('rule=a&outcome=denied'))).toBe(false)
  expect(hasFurther(read('reason=a'))).toBe(true)
  expect(hasFurther(read('claim=a%3D1'))).toBe(true)
  expect(hasFurther(read('to=2026-11-01'))).toBe(true)
})

describe('a time', () => {
  test('of an input is the same moment for the API', () => {
    const utc = '2026-11-29T01:00:05Z'
    expect(fromLocalInput(toLocalInput(utc, 'from'))).toBe(utc)
    expect(fromLocalInput(toLocalInput('1795000000', 'from'))).toBe(
      `${new Date(1_795_000_000_000).toISOString().slice(0, 19)}Z`,
    )
  })

  test('that is a day means its begin or its end, as for the API', () => {
    expect(fromLocalInput(toLocalInput('2026-11-29', 'from'))).toBe('2026-11-29T00:00:00Z')
    expect(fromLocalInput(toLocalInput('2026-11-29', 'to'))).toBe('2026-11-30T00:00:00Z')
  })

  test.each(['', 'yesterday', '2026-13-40', '2026-11-29 01:00'])('%j is none', (text) => {
    expect(toLocalInput(text, 'from')).toBe('')
  })

  test('that is not complete in the form is no filter', () => {
    expect(fromLocalInput('')).toBe('')
  })
})
