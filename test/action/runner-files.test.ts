import { expect, test } from 'vitest'
import { renderValue } from '../../action/src/runner-files.ts'

test('a value with several lines stays one value', () => {
  const value = 'a\nPATH=/tmp\nPATH<<x\n/tmp\nx'
  expect(renderValue('name', value, 'end-1')).toBe(`name<<end-1\n${value}\nend-1\n`)
})

test('a value that contains its delimiter is refused', () => {
  expect(() => renderValue('name', 'a\nend-1\nPATH=/tmp', 'end-1')).toThrow(
    'the value of name cannot be passed to the runner',
  )
})
