/** Tests of LINT-40: resources with and without a path. */
import { describe, expect, it } from 'vitest'
import { isBlocking } from '../../../../src/analysis/lint/lint.ts'
import { API, documentOf, findingsOf, ruleOf } from '../support/documents.ts'

/** The LINT-40 findings of a document with these additional resources. */
function findings(uris: readonly string[], grants: readonly string[] = []) {
  const more = grants.map((resource, index) =>
    ruleOf('github', { rule: { name: `more-${index}` }, grant: { resource } }),
  )
  const resources = Object.fromEntries(
    [API, ...uris].map((uri) => [uri, { scopes: ['deploy:write'] }]),
  )
  return findingsOf({ ...documentOf('github', { more }), resources }).flatMap((one) => {
    if (typeof one === 'string') throw new Error(one)
    return one.lint === 'LINT-40' ? [one] : []
  })
}

describe('LINT-40', () => {
  it('is silent if the audience of the tokens is not the URI', () => {
    const uri = 'https://b.example.com'
    const resources = {
      [API]: { scopes: ['deploy:write'] },
      [uri]: { scopes: ['a'], audience: 'b' },
    }
    const found = findingsOf({ ...documentOf('github', {}), resources })
    expect(JSON.stringify(found)).not.toContain('LINT-40')
  })

  it.each([
    ['https://b.example.com', 'https://b.example.com/v1'],
    ['https://b.example.com/', 'https://b.example.com/v1'],
    ['HTTPS://B.example.com:443', 'https://b.example.com/v1'],
    ['https://b.example.com:8443/', 'https://b.example.com:8443/v1'],
    ['https://b.example.com/.', 'https://b.example.com/v1'],
    ['https://b.example.com/a/..', 'https://b.example.com/v1'],
    ['https://b.example.com?region=eu', 'https://b.example.com/v1'],
    ['https://b.example.com/?region=/eu', 'https://b.example.com/v1'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/v1'],
    ['http://[::1]:8080', 'http://[::1]:8080/v1'],
  ])('remarks on %s at its place, and names a path', (uri, better) => {
    const found = findings([uri])
    expect(found).toMatchObject([{ severity: 'info', path: ['resources', uri], rule: undefined }])
    expect(found[0]?.fix).toContain(` ${better}.`)
    expect(found.some(isBlocking)).toBe(false)
  })

  it.each([
    'https://b.example.com/v1',
    'https://b.example.com/v1/',
    'https://b.example.com//',
    'https://b.example.com/v1?region=eu',
    'https://b.example.com/%2F',
    'urn:example:api',
    'api://b.example.com',
    'https:b.example.com',
  ])('leaves %s alone', (uri) => {
    expect(findings([uri])).toEqual([])
  })

  it('reports each resource once, even if several rules grant it', () => {
    const uris = ['https://b.example.com', 'https://c.example.com/']
    const grants = ['https://b.example.com', 'https://b.example.com/', 'https://b.example.com']
    expect(findings(uris, grants).map(({ path }) => path[1])).toEqual(uris)
  })
})
