/** The limits of `compile.refuses-limits.test.ts` that need large documents, so they are not in `core`. */
import { describe, expect, it } from 'vitest'
import {
  MAX_ISSUERS,
  MAX_PROBLEMS,
  MAX_RESOURCES,
  MAX_RULES,
} from '../../../../src/contract/limits.ts'
import { good, type Json, problemsOf, rule } from '../support/documents.ts'

const indexes = (count: number) => Array.from({ length: count }, (_, index) => index)

describe('limits a document to', () => {
  it.each<readonly [name: string, most: number, make: (count: number) => Json]>([
    [
      'issuers',
      MAX_ISSUERS,
      (count) => {
        const others = indexes(count - 1).map((index) => [
          `i${index}`,
          { provider: 'generic-oidc', issuer: `https://i${index}.example.com` },
        ])
        return { issuers: { github: good.issuers.github, ...Object.fromEntries(others) } }
      },
    ],
    [
      'resources',
      MAX_RESOURCES,
      (count) => {
        const others = indexes(count - 1).map((index) => [
          `https://r${index}.example.com`,
          { scopes: ['a'] },
        ])
        return { resources: { ...good.resources, ...Object.fromEntries(others) } }
      },
    ],
    [
      'rules',
      MAX_RULES,
      (count) => ({ rules: indexes(count).map((index) => ({ ...rule, name: `r${index}` })) }),
    ],
  ])('the maximum of %s: %i', (member, most, make) => {
    expect(problemsOf({ ...good, ...make(most) })).toEqual([])
    expect(problemsOf({ ...good, ...make(most + 1) })).toEqual([
      { code: 'value_invalid', path: [member], message: expect.any(String) },
    ])
  })
})

it('reports at most the first hundred unknown claims', () => {
  const rules = indexes(20).map((at) => ({
    ...rule,
    name: `r${at}`,
    when: Object.fromEntries(indexes(32).map((index) => [`repositoryid${index}x${at}`, 'x'])),
  }))
  const problems = problemsOf({ ...good, rules })
  expect(problems).toHaveLength(MAX_PROBLEMS + 1)
  expect(problems[0]?.message).toContain('unknown claim "repositoryid0x0"')
})
