/** The draft of the editor in the storage of a tab. The storage is a map. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { dropDraft, loadDraft, saveDraft } from '../../../../src/console/pages/editor/draft.ts'

const stored = new Map<string, string>()
const draft = {
  ...{ subject: 'people:ada', revision: 3, text: 'version: 1', message: '' },
  savedAt: 1_796_000_000_000,
}

beforeEach(() => {
  stored.clear()
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
    removeItem: (key: string) => stored.delete(key),
  })
})
afterEach(() => void vi.unstubAllGlobals())

test('returns the draft to the person who wrote it', () => {
  saveDraft(draft)
  expect(loadDraft('people:ada')).toEqual(draft)
})

test('CON-08 removes the draft when another person asks for it', () => {
  saveDraft(draft)
  expect(loadDraft('people:grace')).toBeUndefined()
  expect(stored.size).toBe(0)
  expect(loadDraft('people:ada')).toBeUndefined()
})

test('removes a draft without a person, which an earlier release saved', () => {
  const { subject: _, ...old } = draft
  stored.set('edgemint-trust-draft', JSON.stringify(old))
  expect(loadDraft('people:ada')).toBeUndefined()
})

test('without storage, there is no draft and no error', () => {
  vi.stubGlobal('sessionStorage', undefined)
  saveDraft(draft)
  expect(loadDraft('people:ada')).toBeUndefined()
  dropDraft()
})
