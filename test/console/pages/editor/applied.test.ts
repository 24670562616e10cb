/** A draft whose document is in force already: the answer to its apply was lost. */
import { expect, test } from 'vitest'
import { dropApplied, isSame } from '../../../../src/console/pages/editor/applied.ts'
import { diffTrust, readText } from '../../../../src/console/pages/editor/document/door.ts'

const checks = { diffTrust, readText }
const documentOf = (lifetime: string) => ({
  version: 1,
  issuers: {},
  resources: { 'https://api.example.com': { scopes: ['a'], max_lifetime: lifetime } },
  rules: [],
})
const startOf = (text: string, revision = 1) => ({
  current: { revision: 2, document: documentOf('5m') },
  draft: { subject: 'people:ada', revision, text, message: 'shorter', savedAt: 0 },
  draftBase: { revision: 1, document: documentOf('10m') },
})
const yamlOf = (lifetime: string) => `
resources: { https://api.example.com: { max_lifetime: ${lifetime}, scopes: [a] } } # a comment
version: 1
`

test('a draft of an earlier revision with the document in force is no draft', () => {
  const start = startOf(yamlOf('5m'))
  const { current } = start
  expect(dropApplied(start, checks)).toEqual({ current, draft: undefined, draftBase: current })
})

test.each([
  ['another document', startOf(yamlOf('7m'))],
  ['a text with problems', startOf('rules: [')],
  ['the revision in force', startOf(yamlOf('5m'), 2)],
])('a draft with %s stays', (_, start) => {
  expect(dropApplied(start, checks)).toBe(start)
})

test('without the checks, a draft stays', () => {
  const start = startOf(JSON.stringify(documentOf('5m')))
  expect(dropApplied(start, undefined)).toBe(start)
})

test.each([
  ['with', checks],
  ['without', undefined],
])('%s the checks, documents are compared', (_, one) => {
  expect(isSame(documentOf('5m'), documentOf('5m'), one)).toBe(true)
  expect(isSame(documentOf('5m'), documentOf('7m'), one)).toBe(false)
})
