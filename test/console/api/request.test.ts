/** Requests of the console: what each answer becomes. `fetch` is replaced. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type ApiFailure, canRetry, describeFailure } from '../../../src/console/api/failure.ts'
import { ask, read, sendQuietly, whenSessionEnds } from '../../../src/console/api/request.ts'
import * as shapes from '../../../src/console/api/shapes.ts'
import { loadTrust } from '../../../src/console/api/trust.ts'
import type { DocumentProblem } from '../../../src/contract/admin.ts'

const sent: [string, RequestInit | undefined][] = []
let ended = 0
whenSessionEnds(() => {
  ended += 1
})

function answer(body: string | Error, init: ResponseInit = {}): void {
  vi.stubGlobal('fetch', async (url: string, options?: RequestInit) => {
    sent.push([url, options])
    if (body instanceof Error) throw body
    return new Response(body, init)
  })
}

afterEach(() => {
  vi.unstubAllGlobals()
  sent.length = 0
  ended = 0
})

const problem = { type: 'urn:edgemint:problem:scope-missing', title: 'Scope missing', status: 403 }

test('returns the body and the headers of an answer', async () => {
  answer('{"a":1}', { headers: { etag: '"7"' } })
  const result = await ask('/trust', shapes.TRUST_DOCUMENT)
  if (!result.ok) throw new Error(result.error.kind)
  expect(result.value.value).toEqual({ a: 1 })
  expect(result.value.headers.get('etag')).toBe('"7"')
  expect(sent[0]?.[0]).toBe('/console/api/v1/trust')
})

test('sends a body as JSON, and follows no redirect', async () => {
  answer('{}')
  await read('/explain', shapes.EXPLAIN_ANSWER, { method: 'POST', body: { issuer: 'github' } })
  const [, options] = sent[0] ?? []
  expect(options).toMatchObject({
    method: 'POST',
    body: '{"issuer":"github"}',
    redirect: 'error',
    credentials: 'same-origin',
  })
  expect(new Headers(options?.headers).get('content-type')).toBe('application/json')
})

describe('a failure', () => {
  test('with problem details has them', async () => {
    answer(JSON.stringify(problem), { status: 403 })
    expect(await read('/trust', shapes.TRUST_DOCUMENT)).toEqual({
      ok: false,
      error: { kind: 'problem', status: 403, problem },
    })
    expect(ended).toBe(0)
  })

  test('of a missing scope has the scope of the challenge', async () => {
    const challenge = 'Bearer error="insufficient_scope", scope="decisions:read"'
    answer(JSON.stringify(problem), { status: 403, headers: { 'www-authenticate': challenge } })
    const error = { kind: 'scope_missing', scope: 'decisions:read' } as const
    expect(await read('/decisions', shapes.DECISION_PAGE)).toEqual({ ok: false, error })
    expect(describeFailure(error).detail).toContain('scope decisions:read, which your role')
    expect(canRetry(error)).toBe(false)
  })

  test('without a session tells the shell', async () => {
    answer('{}', { status: 401 })
    expect(await read('/trust', shapes.TRUST_DOCUMENT)).toEqual({
      ok: false,
      error: { kind: 'session_ended' },
    })
    expect(ended).toBe(1)
  })

  test('without a session does not tell the shell if it asks for the session itself', async () => {
    answer('{}', { status: 401 })
    expect(await sendQuietly('/console/session', shapes.SESSION_ANSWER)).toMatchObject({
      ok: false,
    })
    expect(ended).toBe(0)
  })

  test.each([
    ['a page of a proxy', '<html>', 502],
    ['JSON that is no problem', '{"error":"x"}', 500],
    ['a page in place of data', '<html>', 200],
  ])('with %s is unreadable', async (_, body, status) => {
    answer(body, { status })
    expect(await read('/trust', shapes.TRUST_DOCUMENT)).toEqual({
      ok: false,
      error: { kind: 'unreadable', status },
    })
  })

  describe.each(Object.entries<shapes.Shape<unknown>>(shapes))(
    'of an answer: %s',
    (name, shape) => {
      const isBare = name === 'TRUST_DOCUMENT'
      const others = ['null', '[]', '"ok"', '{"status":"ok"}', '{"decisions":[null]}', '']
      const bodies = others.filter((body) => !(isBare && body.startsWith('{')))
      test.each(bodies.filter((body) => name !== 'NO_BODY' || body !== ''))(
        '%j is unreadable',
        async (body) => {
          answer(body)
          expect(await read('/any', shape)).toEqual({
            ok: false,
            error: { kind: 'unreadable', status: 200 },
          })
        },
      )
    },
  )

  test('of a document without a revision is unreadable', async () => {
    answer('{"status":"ok"}')
    const { signal } = new AbortController()
    expect(await loadTrust(signal)).toMatchObject({ error: { kind: 'unreadable', status: 200 } })
    answer('{}', { headers: { etag: 'W/"7"' } })
    expect(await loadTrust(signal)).toMatchObject({ value: { revision: 7, rules: [] } })
  })

  test('of the network is unreachable', async () => {
    answer(new TypeError('failed to fetch'))
    expect(await read('/trust', shapes.TRUST_DOCUMENT)).toEqual({
      ok: false,
      error: { kind: 'unreachable' },
    })
  })
})

test('each failure has a title and a sentence', () => {
  const texts = [
    describeFailure({ kind: 'problem', status: 403, problem }),
    describeFailure({ kind: 'session_ended' }),
    describeFailure({ kind: 'unreachable' }),
    describeFailure({ kind: 'unreadable', status: 502 }),
  ]
  for (const { title, detail } of texts) {
    expect(title).not.toBe('')
    expect(detail).toMatch(/\.$/)
  }
  expect(texts[3]?.detail).toContain('502')
})

test('the detail of the gateway becomes a sentence', () => {
  const detailOf = (detail: string) =>
    describeFailure({ kind: 'problem', status: 400, problem: { ...problem, detail } }).detail
  expect(detailOf('it is `dec_` and 22 characters')).toBe('It is "dec_" and 22 characters.')
  expect(detailOf('Nothing was done.')).toBe('Nothing was done.')
})

test('the problems stand in place of the words that refer to them', () => {
  const describe = (detail: string, problems: readonly DocumentProblem[]) =>
    describeFailure({ kind: 'problem', status: 400, problem: { ...problem, detail, problems } })
  const detail = 'nothing was searched: correct the parameters that `problems` names'
  const problems = [
    { code: 'claim_invalid', path: ['claim', 0], message: 'is no claim and value' },
    { code: 'value_invalid', path: [], message: 'has an unknown member' },
  ]
  expect(describe(detail, problems)).toMatchObject({
    detail: 'Nothing was searched.',
    problems: ['claim[0] is no claim and value', 'has an unknown member'],
  })
  expect(describe('`jti` is no jti', problems).problems).toBeUndefined()
  expect(describe(detail, []).detail).toContain('correct the parameters')
})

test.each<[string, ApiFailure, boolean]>([
  ['a missing scope', { kind: 'problem', status: 403, problem }, false],
  ['an invalid parameter', { kind: 'problem', status: 400, problem }, false],
  ['a part that is unavailable', { kind: 'problem', status: 503, problem }, true],
  ['too many requests', { kind: 'problem', status: 429, problem }, true],
  ['no answer', { kind: 'unreachable' }, true],
  ['the page of a proxy', { kind: 'unreadable', status: 200 }, true],
  ['an ended session', { kind: 'session_ended' }, false],
])('after %s, the same request is offered again only if it may succeed', (_, failure, expected) => {
  expect(canRetry(failure)).toBe(expected)
})
