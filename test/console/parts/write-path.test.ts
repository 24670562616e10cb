/** A path in the trust document becomes text. */
import { expect, it } from 'vitest'
import { writePath } from '../../../src/console/parts/write-path.ts'

it.each([
  [['rules', 0, 'when', 'ref'], 'rules[0].when.ref'],
  [
    ['resources', 'https://api.example.com', 'scopes', 1],
    'resources.https://api.example.com.scopes[1]',
  ],
  [[], ''],
])('writes %j as %s', (path, text) => {
  expect(writePath(path)).toBe(text)
})
