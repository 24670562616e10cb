/** What the editor opens with, by the answers of the gateway. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { loadStart } from '../../../../src/console/pages/editor/start.ts'
import { PROBLEMS } from '../../../../src/contract/problems/problems.ts'

const draft = {
  ...{ subject: 'people:ada', revision: 3, text: 'version: 1', message: '' },
  savedAt: 1_796_000_000_000,
}
const current = { revision: 7, document: { version: 1 } }

beforeEach(() => {
  vi.stubGlobal('sessionStorage', {
    getItem: () => JSON.stringify(draft),
    setItem: () => {},
    removeItem: () => {},
  })
})
afterEach(() => void vi.unstubAllGlobals())

/** `earlier` answers the question for the document that the draft began at. */
async function start(earlier: () => Response) {
  const fetch = vi.fn(async (url: string) =>
    url.includes('?revision=3')
      ? earlier()
      : Response.json(current.document, { headers: { etag: '"7"' } }),
  )
  vi.stubGlobal('fetch', fetch)
  return loadStart('people:ada', new AbortController().signal)
}

const refuse = (problem: { readonly type: string; readonly title: string; status: number }) => () =>
  Response.json(problem, { status: problem.status })

test('has the document that the draft began at', async () => {
  const base = { version: 1, rules: [] }
  const answer = await start(() => Response.json(base, { headers: { etag: '"3"' } }))
  expect(answer).toEqual({
    ok: true,
    value: { current, draft, draftBase: { revision: 3, document: base } },
  })
})

test('has no such document if the gateway no longer keeps it', async () => {
  const answer = await start(refuse(PROBLEMS.revisionUnknown))
  expect(answer).toEqual({ ok: true, value: { current, draft, draftBase: undefined } })
})

test.each([PROBLEMS.unavailable, PROBLEMS.scopeMissing])(
  'fails if the gateway cannot say whether it keeps it: $title',
  async (problem) => {
    expect(await start(refuse(problem))).toMatchObject({ ok: false })
  },
)
