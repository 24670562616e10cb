/** Control characters are refused in every text that is compared with claims or shown (CLM-11, ADM-13). */
import { describe, expect, it } from 'vitest'
import { compileTrust } from '../../../../src/core/policy/compile/compile.ts'
import { CEILINGS } from '../../../support/core-world.ts'

const API = 'https://api.example.com'

type Parts = {
  readonly issuer?: object
  readonly api?: string
  readonly rule?: object
  readonly grant?: object
}

function problemsOf({ issuer, api = API, rule, grant }: Parts) {
  const document = {
    version: 1,
    issuers: { ci: { provider: 'generic-oidc', issuer: 'https://id.example.com', ...issuer } },
    resources: { [api]: { scopes: ['read'] } },
    rules: [
      {
        name: 'deploy',
        owner: 'platform',
        expires: '2027-03-31',
        from: 'ci',
        when: { sub: 'x' },
        grant: { resource: api, scopes: ['read'], ...grant },
        ...rule,
      },
    ],
  }
  const compiled = compileTrust(document, CEILINGS, {})
  return 'problems' in compiled ? compiled.problems : []
}

const CHARACTERS = [
  ['NUL', '\0', 'U+0000'],
  ['a line feed', '\n', 'U+000A'],
  ['a C1 control', '\u0085', 'U+0085'],
  ['a line separator', '\u2028', 'U+2028'],
  ['a paragraph separator', '\u2029', 'U+2029'],
  ['a lone surrogate', '\ud800', 'U+D800'],
] as const

const RULE = ['rules', 0]

const PLACES: readonly (readonly [
  string,
  (c: string) => Parts,
  (c: string) => readonly (string | number)[],
])[] = [
  ['an audience', (c) => ({ issuer: { audience: `a${c}` } }), () => ['issuers', 'ci', 'audience']],
  [
    'an issuer',
    (c) => ({ issuer: { issuer: `https://id.example.com/${c}` } }),
    () => ['issuers', 'ci', 'issuer'],
  ],
  ['a resource', (c) => ({ api: `${API}/${c}` }), (c) => ['resources', `${API}/${c}`]],
  [
    'a resource of a grant',
    (c) => ({ grant: { resource: `${API}${c}` } }),
    () => [...RULE, 'grant', 'resource'],
  ],
  ['a scope', (c) => ({ grant: { scopes: [`a${c}`] } }), () => [...RULE, 'grant', 'scopes', 0]],
  ['a name', (c) => ({ rule: { name: `a${c}` } }), () => [...RULE, 'name']],
  ['an owner', (c) => ({ rule: { owner: `a${c}` } }), () => [...RULE, 'owner']],
  ['a description', (c) => ({ rule: { description: `a${c}` } }), () => [...RULE, 'description']],
  [
    'a claim name',
    (c) => ({ rule: { when: { [`a${c}`]: 'x' } } }),
    (c) => [...RULE, 'when', `a${c}`],
  ],
  [
    'an escaped claim name',
    (c) => ({ rule: { when: { [JSON.stringify([`a${c}`])]: 'x' } } }),
    (c) => [...RULE, 'when', JSON.stringify([`a${c}`])],
  ],
  ['a value', (c) => ({ rule: { when: { sub: `a${c}` } } }), () => [...RULE, 'when', 'sub']],
  [
    'one of several values',
    (c) => ({ rule: { when: { sub: ['a', `a${c}`] } } }),
    () => [...RULE, 'when', 'sub'],
  ],
  [
    'an excluded value',
    (c) => ({ rule: { when: { sub: { not: `a${c}` } } } }),
    () => [...RULE, 'when', 'sub'],
  ],
  [
    'an element of a list claim',
    (c) => ({ rule: { when: { groups: { contains: `a${c}` } } } }),
    () => [...RULE, 'when', 'groups'],
  ],
  [
    'a pattern',
    (c) => ({ rule: { when: { sub: { glob: `a${c}*` } } } }),
    () => [...RULE, 'when', 'sub'],
  ],
  [
    'a subject template',
    (c) => ({ grant: { subject: `a${c}` } }),
    () => [...RULE, 'grant', 'subject'],
  ],
  [
    'a claim in a template',
    (c) => ({ grant: { subject: `{a${c}}` } }),
    () => [...RULE, 'grant', 'subject'],
  ],
  [
    'the template of a further claim',
    (c) => ({ grant: { claims: { team: `a${c}` } } }),
    () => [...RULE, 'grant', 'claims', 'team'],
  ],
]

describe('a control character', () => {
  it.each(PLACES)('is refused in %s, with its code point and path', (_, change, path) => {
    for (const [, character, code] of CHARACTERS) {
      const problems = problemsOf(change(character))
      expect(problems.map((problem) => problem.path)).toContainEqual(path(character))
      expect(
        problems.some(({ message }) => message.includes(`the control character ${code}`)),
      ).toBe(true)
    }
  })

  it('is the only problem of these documents', () => {
    expect(problemsOf({})).toEqual([])
    expect(problemsOf({ issuer: { audience: 'https://sts.example.com' } })).toEqual([])
  })

  it.each([
    ['\u200b', 'U+200B'],
    ['\u202e', 'U+202E'],
    ['\u00ad', 'U+00AD'],
    ['\u{e0041}', 'U+E0041'],
  ])(
    'is refused in names, owners and descriptions, like invisible characters: %j',
    (character, code) => {
      const [problem] = problemsOf({ rule: { owner: `plat${character}form` } })
      expect(problem?.message).toBe(`must be plain text on one line: remove the invisible ${code}`)
    },
  )
})
