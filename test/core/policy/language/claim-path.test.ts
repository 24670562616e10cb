import { describe, expect, it } from 'vitest'
import { resolveClaim } from '../../../../src/core/policy/language/claim-path.ts'
import { findProvider } from '../../../../src/core/providers/index.ts'

function resolve(text: string, provider = 'generic-oidc') {
  const profile = findProvider(provider)
  if (profile === undefined) throw new Error(`no provider ${provider}`)
  const resolved = resolveClaim(text, profile)
  return typeof resolved === 'string' ? resolved : resolved.path
}

const NESTED = '["a","b","c","d","e","f","g","h"]'

describe('a claim path', () => {
  const paths: readonly (readonly [text: string, path: readonly string[]])[] = [
    ['team', ['team']],
    ['a.b.c', ['a', 'b', 'c']],
    ['["a.b"]', ['a.b']],
    ['["acme.dev/team","name"]', ['acme.dev/team', 'name']],
    ['https://acme.dev/team', ['https://acme.dev/team']],
    ['/constructor/name', ['/constructor/name']],
    ['constructor', ['constructor']],
    [NESTED, JSON.parse(NESTED)],
  ]
  it.each(paths)('RULE-21 %s is the members %j', (text, path) => {
    expect(resolve(text)).toEqual(path)
  })

  it('RULE-21 reads only the member that it names', () => {
    expect(resolve('["a.b"]')).not.toEqual(resolve('a.b'))
  })

  const faults: readonly (readonly [name: string, text: string])[] = [
    ['an empty name between dots', 'a..b'],
    ['a dot at the start', '.a'],
    ['a dot at the end', 'a.'],
    ['a list that is not closed', '["a"'],
    ['an empty list', '[]'],
    ['a list with an empty name', '["a",""]'],
    ['a list with a number', '["a",1]'],
    ['a list in a list', '[["a"]]'],
    ['nine names', JSON.stringify([...JSON.parse(NESTED), 'i'])],
  ]
  it.each(faults)('is invalid with %s', (_, text) => {
    expect(resolve(text)).toBe(`"${text}" is not a claim path`)
  })
})

describe('CLM-11 a list of names', () => {
  it('has no half of a character, not even if the next name has the other half', () => {
    const half = 'a claim path contains the control character U+D83D, which no claim name has'
    const resolved = (text: string) => {
      const provider = findProvider('generic-oidc')
      return provider && resolveClaim(text, provider)
    }
    expect(resolved(String.raw`["\ud83d"]`)).toBe(half)
    expect(resolved(String.raw`["a","\ud83d","\ude00"]`)).toBe(half)
    expect(resolve(String.raw`["a","\ud83d\ude00"]`)).toEqual(['a', '😀'])
  })
})

describe('a provider with a list of claims', () => {
  it('RULE-21 has the claims whose names contain dots', () => {
    expect(resolve('kubernetes.io.namespace', 'kubernetes')).toEqual(['kubernetes.io', 'namespace'])
    const uid = ['kubernetes.io', 'serviceaccount', 'uid']
    expect(resolve('kubernetes.io.serviceaccount.uid', 'kubernetes')).toEqual(uid)
    expect(resolve(JSON.stringify(uid), 'kubernetes')).toEqual(uid)
  })

  it('accepts the claims that an organisation may add under its prefix', () => {
    expect(resolve('repo_property_tier', 'github-actions')).toEqual(['repo_property_tier'])
  })

  it('accepts any member of an object whose members the profile does not list', () => {
    const root = 'https://sts.amazonaws.com/'
    const tag = [root, 'principal_tags', 'Team']
    expect(resolve(JSON.stringify(tag), 'aws-outbound')).toEqual(tag)
    const other = JSON.stringify([root, 'other', 'Team'])
    expect(resolve(other, 'aws-outbound')).toBe(`unknown claim "${other}" for aws-outbound`)
  })

  const unknown: readonly (readonly [provider: string, claim: string, hint: string])[] = [
    ['github-actions', 'repositoryid', '; did you mean "repository_id"?'],
    ['github-actions', 'ref_protect', '; did you mean "ref_protected"?'],
    ['github-actions', 'Ref', '; did you mean "ref"?'],
    ['github-actions', 'claims.repository_id', '; did you mean "repository_id"?'],
    ['github-actions', 'assertion.repositoryid', '; did you mean "repository_id"?'],
    ['github-actions', 'namespace_id', ''],
    ['github-actions', 'repository.name', ''],
    ['github-actions', 'property_tier', ''],
    ['github-actions', 'x'.repeat(256), ''],
    ['gitlab-com', 'repository_id', ''],
    ['gitlab-com', 'project_idd', '; did you mean "project_id"?'],
    ['kubernetes', 'kubernetes.io.namespaces', '; did you mean "kubernetes.io.namespace"?'],
    ['kubernetes', 'repo', ''],
    ['kubernetes', 'team', ''],
    ['kubernetes', 'exq', '; did you mean "exp"?'],
    ['github-actions', '__proto__', ''],
    ['github-actions', 'constructor', ''],
    ['github-actions', '["constructor","name"]', ''],
  ]
  it.each(unknown)('%s has no claim %s', (provider, claim, hint) => {
    expect(resolve(claim, provider)).toBe(`unknown claim "${claim}" for ${provider}${hint}`)
  })
})
