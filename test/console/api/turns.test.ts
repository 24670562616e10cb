import { expect, test } from 'vitest'
import { createTurns } from '../../../src/console/api/turns.ts'

test('only the last turn is current', () => {
  const turns = createTurns()
  const first = turns.begin()
  expect(first()).toBe(true)
  const second = turns.begin()
  expect([first(), second()]).toEqual([false, true])
})

test('the turns of two forms are apart', () => {
  const one = createTurns().begin()
  createTurns().begin()
  expect(one()).toBe(true)
})
