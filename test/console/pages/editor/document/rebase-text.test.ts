/** The text of a draft is rebased, with its comments. */
import { describe, expect, it } from 'vitest'
import { rebaseText } from '../../../../../src/console/pages/editor/document/rebase-text.ts'
import { readText } from '../../../../../src/console/pages/editor/document/text.ts'

const TEXT = `version: 1
# Whom we trust.
issuers:
  github: { provider: github-actions }
resources: {}
rules:
  # The first rule.
  - name: a
    from: github # of our organization
  - name: b
    from: github
`
function read(text: string): unknown {
  const parsed = readText(text)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  return parsed.value.value
}
const BASE = read(TEXT)

function rebased(draft: string, current: string): string {
  return rebaseText(draft, BASE, read(current))?.text ?? ''
}

describe('the text of a rebased draft', () => {
  it('keeps its comments and has the changes of both', () => {
    const draft = TEXT.replace('name: a\n', 'name: a\n    mode: observe\n')
    const current = TEXT.replace(
      '- name: b\n    from: github',
      '- name: b\n    from: gitlab',
    ).replace('resources: {}', 'resources:\n  https://api.example.com: { scopes: [read] }')
    const text = rebased(draft, current)
    expect(text).toContain('# Whom we trust.')
    expect(text).toContain('# of our organization')
    expect(read(text)).toEqual({
      ...{ version: 1, issuers: { github: { provider: 'github-actions' } } },
      resources: { 'https://api.example.com': { scopes: ['read'] } },
      rules: [
        { name: 'a', mode: 'observe', from: 'github' },
        { name: 'b', from: 'gitlab' },
      ],
    })
  })

  it('removes what the other side removed, and adds what it added', () => {
    const current = `${TEXT.replace('  - name: b\n    from: github\n', '')}  - name: c\n    from: github\n`
    const text = rebased(`# mine\n${TEXT}`, current)
    expect(text.startsWith('# mine\n')).toBe(true)
    expect(read(text)).toEqual(read(current))
  })

  it('begins a list of rules', () => {
    const draft = `${TEXT.slice(0, TEXT.indexOf('rules:'))}rules: []\n`
    const base = read(draft)
    const found = rebaseText(draft, base, read(TEXT))
    expect(read(found?.text ?? '')).toEqual(read(TEXT))
  })

  it('stays JSON if the draft is JSON', () => {
    const draft = JSON.stringify(BASE)
    const text = rebased(draft, TEXT.replace('name: b', 'name: c'))
    expect(JSON.parse(text)).toMatchObject({ rules: [{ name: 'a' }, { name: 'c' }] })
  })

  it('means the same where the draft has an alias of a part that the other side changed', () => {
    const draft = TEXT.replace(
      '{ provider: github-actions }',
      '&g { provider: github-actions }\n  enterprise: *g',
    )
    const base = read(draft)
    const issuers = {
      github: { provider: 'gitlab-com' },
      enterprise: { provider: 'github-actions' },
    }
    const current = { ...(base as object), issuers }
    expect(read(rebaseText(draft, base, current)?.text ?? '')).toEqual(current)
  })

  it('does not exist while the draft cannot be read', () => {
    expect(rebaseText('rules: [', BASE, BASE)).toBeUndefined()
  })
})
