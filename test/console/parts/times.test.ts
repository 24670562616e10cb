/** Times as text. */
import { describe, expect, test } from 'vitest'
import { formatRelative, formatUtc } from '../../../src/console/parts/times.ts'

const NOW = Date.UTC(2026, 10, 29, 1, 0, 0)

test('a moment in UTC has seconds and no letters', () => {
  expect(formatUtc(NOW + 5999)).toBe('2026-11-29 01:00:05')
})

test('a number that is no moment is shown as it is', () => {
  expect(formatUtc(Number.MAX_VALUE)).toBe(String(Number.MAX_VALUE))
})

describe('a relative time', () => {
  test.each([
    [0, 'now'],
    [-30, '30 seconds ago'],
    [90, 'in 1 minute'],
    [-7200, '2 hours ago'],
    [86_400, 'tomorrow'],
    [86_400 * 12, 'in 12 days'],
    [-86_400 * 45, '45 days ago'],
    [86_400 * 75, 'in 2 months'],
    [86_400 * 400, 'in 13 months'],
    [86_400 * 800, 'in 2 years'],
  ])('%i seconds from now is "%s"', (seconds, text) => {
    expect(formatRelative(NOW + seconds * 1000, NOW)).toBe(text)
  })
})
