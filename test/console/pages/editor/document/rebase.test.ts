/** The changes of a draft are put on a newer document. */
import { describe, expect, it } from 'vitest'
import { rebase } from '../../../../../src/console/pages/editor/document/rebase.ts'

const rule = (name: string, scope = 'read') => ({ name, grant: { scopes: [scope] } })
const document = (...rules: readonly object[]) => ({
  version: 1,
  issuers: { github: { provider: 'github-actions' } },
  resources: {},
  rules,
})
const BASE = document(rule('a'), rule('b'), rule('c'))
const namesOf = ({ rules }: { readonly rules?: unknown }) =>
  (rules as readonly { readonly name: string }[]).map(({ name }) => name)

describe('changes of different parts', () => {
  it('are both kept', () => {
    const draft = document(rule('a', 'write'), rule('b'), rule('c'))
    const current = document(rule('a'), rule('b'), rule('c', 'admin'))
    const { document: merged, conflicts, taken } = rebase(BASE, draft, current)
    expect(merged).toEqual(document(rule('a', 'write'), rule('b'), rule('c', 'admin')))
    expect(conflicts).toEqual([])
    expect(taken).toMatchObject([{ kind: 'changed', part: 'rule', name: 'c' }])
  })

  it('keep a new rule of either side after its predecessor', () => {
    const draft = document(rule('a'), rule('mine'), rule('b'), rule('c'))
    const current = document(rule('a'), rule('b'), rule('theirs'), rule('c'))
    expect(namesOf(rebase(BASE, draft, current).document)).toEqual([
      'a',
      'mine',
      'b',
      'theirs',
      'c',
    ])
  })

  it('remove what either side removed', () => {
    const { document: merged } = rebase(
      BASE,
      document(rule('b'), rule('c')),
      document(rule('a'), rule('b')),
    )
    expect(namesOf(merged)).toEqual(['b'])
  })

  it('keep issuers and resources of both', () => {
    const draft = { ...BASE, issuers: { ...BASE.issuers, gitlab: { provider: 'gitlab-com' } } }
    const current = { ...BASE, resources: { 'https://api.example.com': { scopes: ['read'] } } }
    expect(rebase(BASE, draft, current).document).toEqual({
      ...draft,
      resources: current.resources,
    })
  })

  it('keep a rule of the draft that the other side only moved', () => {
    const draft = document(rule('a', 'write'), rule('b'), rule('c'))
    const current = document(rule('b'), rule('a'), rule('c'))
    const { document: merged, conflicts } = rebase(BASE, draft, current)
    expect(merged).toEqual(document(rule('b'), rule('a', 'write'), rule('c')))
    expect(conflicts).toEqual([])
  })

  it('keep the order of the draft if only the draft moved rules', () => {
    const draft = document(rule('c'), rule('a'), rule('b'))
    const current = document(rule('a', 'admin'), rule('b'), rule('c'))
    const { document: merged, conflicts } = rebase(BASE, draft, current)
    expect(merged).toEqual(document(rule('c'), rule('a', 'admin'), rule('b')))
    expect(conflicts).toEqual([])
  })
})

describe('changes of one part', () => {
  it('are a conflict, and the draft keeps its version', () => {
    const draft = document(rule('a', 'write'), rule('b'), rule('c'))
    const current = document(rule('a', 'admin'), rule('b'), rule('c'))
    const { document: merged, conflicts } = rebase(BASE, draft, current)
    expect(merged).toEqual(draft)
    expect(conflicts).toEqual([{ part: 'rule', name: 'a' }])
  })

  it('are no conflict if they are the same', () => {
    const both = document(rule('a', 'write'), rule('b'), rule('c'))
    expect(rebase(BASE, both, both)).toEqual({ document: both, conflicts: [], taken: [] })
  })

  it('are a conflict if one side removed it', () => {
    const draft = document(rule('a', 'write'), rule('b'), rule('c'))
    const { document: merged, conflicts } = rebase(BASE, draft, document(rule('b'), rule('c')))
    expect(namesOf(merged)).toEqual(['a', 'b', 'c'])
    expect(conflicts).toEqual([{ part: 'rule', name: 'a' }])
  })
})
