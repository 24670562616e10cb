/** Tests of LINT-40 and LINT-52: resources without a path, and URIs that are invalid. */
import { describe, expect, it } from 'vitest'
import { isBlocking } from '../../../../src/analysis/lint/lint.ts'
import { API, documentOf, findingsOf, ruleOf } from '../support/documents.ts'

/** The findings with this id of a document with these additional resources. */
function findingsFor(lint: string, uris: readonly string[], grants: readonly string[] = []) {
  const more = grants.map((resource, index) =>
    ruleOf('github', { rule: { name: `more-${index}` }, grant: { resource } }),
  )
  const resources = Object.fromEntries(
    [API, ...uris].map((uri) => [uri, { scopes: ['deploy:write'] }]),
  )
  return findingsOf({ ...documentOf('github', { more }), resources }).flatMap((one) => {
    if (typeof one === 'string') throw new Error(one)
    return one.lint === lint ? [one] : []
  })
}

const findings = (uris: readonly string[], grants: readonly string[] = []) =>
  findingsFor('LINT-40', uris, grants)

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

  it.each(['kubernetes', 'vault', 'openbao'])('is silent for the consumer %s', (name) => {
    const uri = 'https://b.example.com'
    const resources = { [API]: { scopes: ['deploy:write'] }, [uri]: { scopes: ['a'], for: name } }
    const found = findingsOf({ ...documentOf('github', {}), resources })
    expect(found.filter((one) => typeof one === 'string')).toEqual([])
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

describe('LINT-52', () => {
  it.each([
    ['https://', 'without a host'],
    ['https:/x', 'without a host'],
    ['https:x', 'without a host'],
    ['https:///x', 'without a host'],
    ['https://:443/x', 'without a host'],
    ['wss:/x', 'a wss URI without a host'],
    ['https://b.example.com/%', '"%" is no escape'],
    ['https://b.example.com/%4', '"%4" is no escape'],
    ['https://b.example.com/%zz', '"%zz" is no escape'],
    ['urn:example:%zz', '"%zz" is no escape'],
    ['https://b.example.com/{id}', '{id} is no placeholder'],
    [`https://b.example.com/${'$'}{id}`, `${'$'}{id} is no placeholder`],
    ['urn:example:{id}', '{id} is no placeholder'],
    ['https://b.example.com/é', 'U+00E9'],
    ['https://é.example.com/v1', 'U+00E9'],
    ['https://b.example.com/<id>', 'U+003C'],
    ['https://b.example.com/a|b', 'U+007C'],
    ['https://b.example.com\\v1', 'U+005C'],
    ['api://b.example.com/é', 'U+00E9'],
    ['https://b.example.com/[id]', 'only around an address'],
    ['https://b.example.com/v1?a[]=1', 'only around an address'],
    ['https://u@b.example.com/v1', 'no user name'],
    ['https://u:p@b.example.com/v1', 'no user name'],
    ['https://b.example.com:99999/v1', 'the port 99999'],
    ['https://b.example.com:http/v1', 'no valid host'],
    ['https://[::1/v1', 'no valid host'],
    ['https://1.2.3.400/v1', 'no valid host'],
  ])('warns of %s: %s', (uri, message) => {
    const found = findingsFor('LINT-52', [uri])
    expect(found).toMatchObject([{ severity: 'warn', path: ['resources', uri] }])
    expect(found[0]?.message).toContain(message)
    expect(findings([uri])).toEqual([])
  })

  it.each([
    ['https://b.example.com/é', ' %C3%A9.'],
    ['https://é.example.com/v1', ' xn--9ca.example.com.'],
    ['https://b.example.com/%', ' %25.'],
  ])('says what to write for %s', (uri, fix) => {
    expect(findingsFor('LINT-52', [uri])[0]?.fix).toContain(fix)
  })

  it.each(['http://b.example.com/v1', 'HTTP://B.example.com/v1', 'ws://b.example.com/v1'])(
    'remarks on %s, which is not encrypted',
    (uri) => {
      const found = findingsFor('LINT-52', [uri])
      expect(found).toMatchObject([{ severity: 'info', path: ['resources', uri] }])
      expect(found[0]?.message).toContain('unencrypted')
    },
  )

  it('reports a name of a resource at its place', () => {
    const resources = { [API]: { scopes: ['deploy:write'], also_known_as: ['b', 'https://'] } }
    expect(findingsOf({ ...documentOf('github'), resources })).toMatchObject([
      { lint: 'LINT-52', path: ['resources', API, 'also_known_as', 1] },
    ])
  })

  it.each([
    'https://b.example.com',
    "https://b.example.com:8443/v1/a;b=c,d/(e)!*'@:?a=b/c?&$+~",
    'https://b.example.com:/%7Bid%7D',
    'https://b_c.example.com/v1',
    'https://[::1]:8443/v1',
    'http://127.0.0.1:8080/v1',
    'http://10.1.2.3/v1',
    'http://api:8080/v1',
    'http://api.prod.svc.cluster.local/v1',
    'http://[fd00::1]/v1',
    'urn:example:api',
    'api://4f1c9a',
    'spiffe://example.org/ns/a',
    'arn:aws:iam::123456789012:role/deploy',
  ])('leaves %s alone', (uri) => {
    expect(findingsFor('LINT-52', [uri])).toEqual([])
  })

  it('leaves names and audiences alone that are no URI', () => {
    const resources = {
      [API]: { scopes: ['deploy:write'], also_known_as: ['{app}', 'é', '//iam.googleapis.com/p'] },
      'https://b.example.com/v1': { scopes: ['a'], audience: 'sig{store}' },
    }
    expect(JSON.stringify(findingsOf({ ...documentOf('github'), resources }))).not.toContain(
      'LINT-52',
    )
  })
})
