import { describe, expect, it } from 'vitest'
import { compilePolicy, compileTrust } from '../../../../src/core/policy/compile/compile.ts'
import { findTarget } from '../../../../src/core/policy/compile/resource-uri.ts'
import { compileStored } from '../../../../src/core/policy/compile/stored.ts'
import { CEILINGS } from '../../../support/core-world.ts'
import { API, good, type Json, problemsOf, withGrant } from '../support/documents.ts'
import { loadForm } from '../support/form.ts'

const GOOGLE =
  '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/e'
const OTHER = 'https://other.example.com'

/** The document, with these members in its resource and another resource with these members. */
function withNames(members: Json, others: Json = {}) {
  const scopes = ['deploy:read', 'deploy:write']
  return {
    ...good,
    resources: { [API]: { scopes, ...members }, [OTHER]: { scopes, ...others } },
  }
}

function compiled(document: unknown) {
  const result = compileTrust(document, CEILINGS)
  if ('problems' in result) throw new Error(JSON.stringify(result.problems))
  return result.trust
}

describe('the names of a resource', () => {
  const document = withNames(
    { audience: 'sigstore', also_known_as: [GOOGLE, 'api://4f1c', '4f1c.apps.example.com'] },
    { also_known_as: ['Sigstore'] },
  )

  it.each([
    API,
    'HTTPS://api.example.com:443/',
    'sigstore',
    GOOGLE,
    'api://4f1c',
    'API://4F1C',
    '4f1c.apps.example.com',
  ])('find it in a request: %s', (name) => {
    const { uri, audience } = findTarget(compiled(document), name) ?? {}
    expect([uri, audience]).toEqual([API, 'sigstore'])
  })

  it('are compared exactly if they are no absolute URIs', () => {
    const trust = compiled(document)
    expect(findTarget(trust, 'Sigstore')?.uri).toBe(OTHER)
    for (const name of ['SIGSTORE', 'sigstore/', GOOGLE.toUpperCase(), `${GOOGLE}/`]) {
      expect(findTarget(trust, name), name).toBe(undefined)
    }
  })

  it('are the same in the compiled form', () => {
    const { trust } = loadForm(compileStored(document, CEILINGS))
    expect(trust.targets).toEqual(compiled(document).targets)
    expect(trust.targets.size).toBe(7)
  })

  it('never become the audience, except for `audience`', () => {
    const trust = compiled(withNames({ also_known_as: ['api://4f1c'] }))
    expect(findTarget(trust, 'api://4f1c')?.audience).toBe(API)
  })

  it('ADM-03 do not include the placeholder of the deploy-time policy', () => {
    const result = compilePolicy({ issuers: {}, rules: [] }, CEILINGS)
    const targets = 'trust' in result ? [...result.trust.targets.keys()] : []
    expect(targets).toEqual([`${CEILINGS.gatewayIssuer}/`])
  })
})

describe('a name of a resource is refused if it is', () => {
  const gateway = CEILINGS.gatewayIssuer
  const rows: readonly (readonly [string, Json, string, readonly (string | number)[]])[] = [
    [
      'IT-10 the URI of another',
      { also_known_as: [OTHER] },
      'resource_repeated',
      ['also_known_as', 0],
    ],
    [
      'IT-10 a spelling of the URI of another',
      { also_known_as: ['HTTPS://OTHER.example.com/'] },
      'resource_repeated',
      ['also_known_as', 0],
    ],
    ['its own URI', { also_known_as: [`${API}/`] }, 'resource_repeated', ['also_known_as', 0]],
    [
      'its own audience',
      { audience: 'a', also_known_as: ['b', 'a'] },
      'resource_repeated',
      ['also_known_as', 1],
    ],
    ['listed twice', { also_known_as: ['b', 'b'] }, 'resource_repeated', ['also_known_as', 1]],
    [
      'ADM-03 this gateway',
      { also_known_as: [gateway] },
      'resource_reserved',
      ['also_known_as', 0],
    ],
    [
      'ADM-03 this gateway with a slash',
      { also_known_as: [`${gateway}/`] },
      'resource_reserved',
      ['also_known_as', 0],
    ],
    [
      'an absolute URI as audience',
      { audience: 'https://x.example.com' },
      'audience_invalid',
      ['audience'],
    ],
    ['a URN as audience', { audience: 'urn:x:y' }, 'audience_invalid', ['audience']],
    ['empty', { also_known_as: [''] }, 'value_invalid', ['also_known_as', 0]],
    ['an audience with a space', { audience: 'a b' }, 'value_invalid', ['audience']],
    [
      'a name with a fragment',
      { also_known_as: ['https://x.example.com#y'] },
      'value_invalid',
      ['also_known_as', 0],
    ],
    [
      'a name with an invisible character',
      { also_known_as: ['a\u200bb'] },
      'value_invalid',
      ['also_known_as', 0],
    ],
    [
      'too many names',
      { also_known_as: Array.from({ length: 17 }, (_, i) => `n${i}`) },
      'value_invalid',
      ['also_known_as'],
    ],
    ['no list of names', { also_known_as: [] }, 'value_invalid', ['also_known_as']],
  ]
  it.each(rows)('%s', (_, members, code, path) => {
    const [problem, ...more] = problemsOf(withNames(members))
    expect([problem?.code, problem?.path, more]).toEqual([code, ['resources', API, ...path], []])
  })

  it.each([
    ['audience', { audience: 'x' }, { audience: 'x' }, ['audience']],
    ['also_known_as', { also_known_as: ['x'] }, { also_known_as: ['x'] }, ['also_known_as', 0]],
    [
      'audience and also_known_as',
      { audience: 'x' },
      { also_known_as: ['x'] },
      ['also_known_as', 0],
    ],
    ['also_known_as and audience', { also_known_as: ['x'] }, { audience: 'x' }, ['audience']],
  ] as const)('IT-10 the same as in another resource: %s', (_, one, other, path) => {
    expect(problemsOf(withNames(one, other))).toEqual([
      {
        code: 'resource_repeated',
        path: ['resources', OTHER, ...path],
        message: `"x" is already a name of ${API}`,
      },
    ])
  })

  it('is refused of two resources if it has two spellings', () => {
    const names = (name: string) => ({ also_known_as: [name] })
    const document = withNames(
      names('https://API.acme.dev/v1'),
      names('https://api.acme.dev:443/v1'),
    )
    expect(problemsOf(document)).toMatchObject([
      { code: 'resource_repeated', path: ['resources', OTHER, 'also_known_as', 0] },
    ])
  })

  it('leaves out only the resource with the repeated name when it is stored', () => {
    const stored = compileStored(withNames({ audience: 'x' }, { audience: 'x' }), CEILINGS)
    const { resources, isPartial } = stored.trust ?? {}
    expect([[...(resources?.values() ?? [])].map(({ uri }) => uri), isPartial]).toEqual([
      [API],
      true,
    ])
  })
})

it('a grant names a resource only by its URI, and the message says so', () => {
  const names = { audience: 'sigstore' }
  const document = { ...withNames(names), rules: withGrant({ resource: 'sigstore' }).rules }
  expect(problemsOf(document)).toEqual([
    {
      code: 'resource_unknown',
      path: ['rules', 0, 'grant', 'resource'],
      message: `"sigstore" is another name of ${API}: write the URI`,
    },
  ])
})
