/** Completion in a document that is not complete. The cursor is at the character `|`. */
import { describe, expect, it } from 'vitest'
import { completeAt } from '../../../../../src/console/pages/editor/document/complete.ts'

function complete(text: string) {
  const offset = text.indexOf('|')
  const found = completeAt(text.replace('|', ''), offset)
  return found && { from: found.from - offset, options: found.options }
}
const labels = (text: string) => complete(text)?.options.map(({ label }) => label) ?? []
const insertOf = (text: string, label: string) =>
  complete(text)?.options.find((option) => option.label === label)?.insert

const PARTS = `version: 1
issuers:
  github:
    provider: github-actions
  cluster:
    provider: kubernetes
    issuer: https://k8s.example.com
resources:
  https://api.example.com:
    scopes: [deploy:read, deploy:write]
  https://other.example.com:
    scopes: [read]
`

describe('keys', () => {
  it('are those of the schema at the top', () => {
    expect(labels('|')).toEqual(['version', 'issuers', 'resources', 'rules'])
    expect(labels('version: 1\n|')).toEqual(['issuers', 'resources', 'rules'])
  })

  it('are those of an object that has members', () => {
    const found = labels(`${PARTS}rules:\n  - name: deploy\n    |\n`)
    expect(found).toContain('from')
    expect(found).toContain('grant')
    expect(found).not.toContain('name')
  })

  it('are those of an object without members yet', () => {
    expect(labels(`${PARTS}rules:\n  - name: deploy\n    grant:\n      |\n`)).toContain('resource')
    expect(labels(`${PARTS}rules:\n  - |\n`)).toContain('name')
  })

  it('are followed by what the value needs', () => {
    expect(insertOf(`${PARTS}rules:\n  - na|`, 'name')).toBe('name: ')
    expect(insertOf(`${PARTS}rules:\n  - gr|`, 'grant')).toBe('grant:')
  })

  it('replace the whole word', () => {
    expect(complete(`${PARTS}rules:\n  - name: a\n    fro|`)?.from).toBe(-3)
    expect(labels(`${PARTS}rules:\n  - name: a\n    fr|om: github`)).toContain('from')
  })

  it('are those of a deny rule', () => {
    const found = labels(`${PARTS}rules:\n  - name: a\n    effect: deny\n    |\n`)
    expect(found).toContain('when')
    expect(found).not.toContain('grant')
  })

  it('name the claims of the provider of `from`', () => {
    const github = labels(
      `${PARTS}rules:\n  - from: github\n    when:\n      ref: refs/heads/main\n      |`,
    )
    expect(github).toContain('repository_id')
    expect(github).not.toContain('ref')
    const cluster = labels(`${PARTS}rules:\n  - from: cluster\n    when:\n      |`)
    expect(cluster).toContain('kubernetes.io.namespace')
    expect(cluster).not.toContain('repository_id')
  })

  it('have the meaning of the claim', () => {
    const found = complete(`${PARTS}rules:\n  - from: github\n    when:\n      |`)
    const { about = '' } = found?.options.find(({ label }) => label === 'repository_id') ?? {}
    expect(about).toBe('Repository id, a decimal string.')
  })
})

describe('values', () => {
  it('name the providers', () => {
    expect(labels('issuers:\n  github:\n    provider: git|')).toContain('github-actions')
  })

  it('name the issuers of the document and this gateway', () => {
    expect(labels(`${PARTS}rules:\n  - from: |`)).toEqual(['github', 'cluster', 'self'])
    expect(labels(`${PARTS}rules:\n  - acting_as:\n      from: |`)).toContain('github')
  })

  it('name the resources', () => {
    expect(labels(`${PARTS}rules:\n  - grant:\n      resource: |`)).toEqual([
      'https://api.example.com',
      'https://other.example.com',
    ])
  })

  it('name the scopes of the resource that are not granted yet', () => {
    const grant = `${PARTS}rules:\n  - grant:\n      resource: https://api.example.com\n      scopes: `
    expect(labels(`${grant}[|]`)).toEqual(['deploy:read', 'deploy:write'])
    expect(labels(`${grant}[deploy:read, dep|]`)).toEqual(['deploy:write'])
  })

  it('are those of the schema', () => {
    expect(labels(`${PARTS}rules:\n  - mode: |`)).toEqual(['enforce', 'observe'])
    expect(labels('resources:\n  https://a.example:\n    status_list: |')).toEqual([
      'true',
      'false',
    ])
  })

  it('are those of the platform, with quotes where YAML needs them', () => {
    const when = `${PARTS}rules:\n  - from: github\n    when:\n      `
    expect(labels(`${when}event_name: |`)).toContain('workflow_dispatch')
    expect(labels(`${when}event_name: { not: [pu|] }`)).toContain('pull_request_target')
    expect(insertOf(`${when}ref_protected: |`, 'true')).toBe('"true"')
    expect(insertOf(`${when}ref_protected: "|"`, 'true')).toBe('true')
  })
})

describe('JSON', () => {
  const JSON_PARTS = `{"issuers": {"github": {"provider": "github-actions"}}, "rules": [{`
  it('has its keys and values in quotes', () => {
    expect(insertOf(`${JSON_PARTS} | }]}`, 'from')).toBe('"from": ')
    expect(insertOf(`${JSON_PARTS} "fr|" }]}`, 'from')).toBe('from')
    expect(insertOf(`${JSON_PARTS} "from": | }]}`, 'github')).toBe('"github"')
    expect(labels(`${JSON_PARTS} "from": "github", "when": { "rep|" } }]}`)).toContain('repository')
  })
})

describe('places without completion', () => {
  it.each([
    ['a comment', '# fr|'],
    ['the middle of a text', 'rules:\n  - description: some te|xt'],
    ['a name', `${PARTS}rules:\n  - name: |`],
  ])('are inside of %s', (_, text) => {
    expect(complete(text)).toBeUndefined()
  })

  it('a text that is too long to parse for each letter', () => {
    const text = `version: 1\n${'#'.repeat(1_000_000)}\n`
    expect(completeAt(`${text}ru`, text.length + 2)).toBeUndefined()
  })
})
