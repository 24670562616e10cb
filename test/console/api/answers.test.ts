/** The last answers that pages keep. */
import { expect, test } from 'vitest'
import {
  findAnswer,
  forgetAnswers,
  hasAnswer,
  keepAnswer,
} from '../../../src/console/api/answers.ts'

test('keeps the last 20, and forgets all when another user signs in', () => {
  for (let index = 0; index < 21; index += 1) keepAnswer(`key-${index}`, index)
  expect(hasAnswer('key-0')).toBe(false)
  expect(findAnswer('key-1')).toBe(1)
  keepAnswer('key-1', 'new')
  keepAnswer('key-21', 21)
  expect(findAnswer('key-1')).toBe('new')
  expect(hasAnswer('key-2')).toBe(false)
  forgetAnswers()
  expect(hasAnswer('key-1')).toBe(false)
})
