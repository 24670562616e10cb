/** The messages about a value for which the schema has several kinds of values. */
import { describe, expect, it } from 'vitest'
import { describeIssues } from '../../src/contract/document-problems.ts'
import { trustDocumentSchema } from '../../src/contract/trust-document.ts'

const API = 'https://api.example.com/v1'

function problemsOf(when: unknown, resource: object = {}) {
  const document = {
    version: 1,
    issuers: { github: { provider: 'github-actions' } },
    resources: { [API]: { scopes: ['read'], ...resource } },
    rules: [{ name: 'one', effect: 'deny', from: 'github', when }],
  }
  const parsed = trustDocumentSchema.safeParse(document)
  if (parsed.success) throw new Error('no problem')
  return describeIssues(parsed.error, document).map(({ path, message }) => [path, message])
}

const ref = ['rules', 0, 'when', 'ref']
const CONDITION =
  'must be a value, a list of values, or one of not, glob, contains, min, max and exists'
const SCALAR = 'must be text, a number, true or false'

describe('a problem of a condition is about what its author wrote', () => {
  it.each([
    ['no test', {}, ref, CONDITION],
    ['an unknown test', { in: ['a'] }, ref, CONDITION],
    ['no value', null, ref, CONDITION],
    ['a largest value as text', { max: '5' }, [...ref, 'max'], 'must be a number, not a string'],
    ['a smallest value as text', { min: '5' }, [...ref, 'min'], 'must be a number, not a string'],
    ['a glob in a list', [{ glob: 'a' }], [...ref, 0], `${SCALAR}, not an object`],
    ['a list in a list', [['a']], [...ref, 0], `${SCALAR}, not a list`],
    [
      'a glob in an exclusion',
      { not: { glob: 'a' } },
      [...ref, 'not'],
      `${SCALAR}, or a list of these, not an object`,
    ],
    [
      'nothing in a list that is excluded',
      { not: ['a', null] },
      [...ref, 'not', 1],
      `${SCALAR}, not null`,
    ],
    [
      'an object that a list must contain',
      { contains: { a: 1 } },
      [...ref, 'contains'],
      `${SCALAR}, or a list of these, not an object`,
    ],
  ])('and has its place: %s', (_, condition, path, message) => {
    expect(problemsOf({ ref: condition })).toEqual([[path, message]])
  })

  it('does not name the tests of conditions for another part of the document', () => {
    const problems = problemsOf({ ref: 'a' }, { protected_resource_metadata: 5 })
    expect(problems).toEqual([
      [
        ['resources', API, 'protected_resource_metadata'],
        'must be true, false or an object, not a number',
      ],
    ])
  })
})
