/** What `export` writes and `import` sends, against a gateway with answers of the test. */

import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Asked, type Reply, startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const flags = ['--url', gateway.url, '--token-file', write('admin.jwt', 'admin.token.text\n')]
const DOCUMENTS = ['a', 'b'].map((scope) =>
  JSON.stringify({
    version: 1,
    issuers: {},
    resources: { 'https://api.example.com': { scopes: [scope] } },
    rules: [],
  }),
)
const digest = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`
const REVISIONS = DOCUMENTS.map((text, index) => ({
  revision: index + 1,
  digest: digest(text),
  author: `local:ops${index}`,
  applied_at: 1_795_000_000 + index,
  ...(index === 0 ? {} : { message: 'why', token_id: 'jti-1' }),
  kept: true,
}))
const ROW = { grain: 'token', id: 'one' }
const ok = (body: unknown): Reply => ({ status: 200, body })

/** A gateway with two revisions. */
function former({ path }: Asked): Reply {
  const url = new URL(path, gateway.url)
  switch (url.pathname) {
    case '/.well-known/openid-configuration':
      return ok({ issuer: 'https://sts.example.com' })
    case '/admin/v1/trust/revisions':
      return ok({ revisions: [...REVISIONS].reverse() })
    case '/admin/v1/trust': {
      const revision = Number(url.searchParams.get('revision'))
      return { status: 200, text: DOCUMENTS[revision - 1] ?? '' }
    }
    case '/admin/v1/issuers/keys': {
      const entry = { url: 'https://a.example', fetched_at: 1, sequence: null, keys: [] }
      return ok({ issuers: url.searchParams.get('after') === '' ? [entry] : [] })
    }
    case '/admin/v1/revocations/export':
      return ok({ v: 1, rows: [ROW] })
    case '/admin/v1/decisions/export':
      return { status: 501, body: { detail: 'off' } }
    default:
      return { status: 404 }
  }
}

/** A gateway without a revision, which stops working at a request. */
function empty(newest = 0, failsAt?: string) {
  return ({ method, path }: Asked): Reply => {
    const call = `${method} ${path}`
    if (failsAt !== undefined && call.startsWith(failsAt)) return { status: 500, body: {} }
    if (path.startsWith('/admin/v1/trust/revisions')) {
      const { kept: _, ...summary } = REVISIONS[0] ?? { kept: true }
      return ok({ revisions: newest === 0 ? [] : [{ ...summary, revision: newest }] })
    }
    if (path === '/admin/v1/revocations/import') return ok({ stored: 1 })
    if (call.startsWith('PUT /admin/v1/trust/history')) return ok({ staged: 1 })
    if (call === 'POST /admin/v1/trust/history') return ok({ ...REVISIONS[1], revision: 3 })
    return { status: 404 }
  }
}

const calls = () => gateway.asked.map(({ method, path }) => `${method} ${path}`)

/** A gateway that revoked a token before anybody applied a trust document. */
function formerWithoutTrust(asked: Asked): Reply {
  if (asked.path.startsWith('/admin/v1/trust/revisions')) return ok({ revisions: [] })
  return asked.path.startsWith('/admin/v1/trust') ? { status: 404 } : former(asked)
}

async function exportTo(name: string, from = former): Promise<string> {
  const path = `${write('marker', '')}-${name}`
  gateway.answer(from)
  const { stderr, exitCode } = await runCli(['export', '--out', path, ...flags, '--json'])
  expect(exitCode, stderr).toBe(0)
  return path
}

test('an export has every part, no token, and is readable by its owner alone', async () => {
  const path = await exportTo('parts')
  const text = readFileSync(path, 'utf8')
  const structure = text.split('\n').filter((line) => line.startsWith('#'))
  expect(structure.flatMap((line) => JSON.parse(line.slice(1)).part ?? [])).toEqual([
    ...['documents/1', 'documents/2', 'revisions', 'issuer-keys', 'revocations', 'checkpoints'],
  ])
  expect(text).not.toContain('admin.token.text')
  expect(text).toContain(DOCUMENTS[1])
  expect(statSync(path).mode & 0o077).toBe(0)
  const again = await runCli(['export', '--out', path, ...flags])
  expect(again.exitCode).toBe(2)
  expect(again.stderr).toContain('it exists already')
})

test('a failed export leaves no file', async () => {
  const path = `${write('marker', '')}-failed`
  gateway.answer((asked) =>
    asked.path.startsWith('/admin/v1/revocations') ? { status: 403, body: {} } : former(asked),
  )
  expect((await runCli(['export', '--out', path, ...flags])).exitCode).not.toBe(0)
  expect(existsSync(path)).toBe(false)
  expect(existsSync(`${path}.partial`)).toBe(false)
})

test('an import sends revocations, documents, and last the history', async () => {
  const path = await exportTo('sent')
  gateway.answer(empty())
  const { exitCode, stdout, stderr } = await runCli(['import', path, ...flags, '--json'])
  expect(exitCode, stderr).toBe(0)
  expect(JSON.parse(stdout)).toEqual({ revision: 3, revocations: 1 })
  const own = gateway.asked.slice(gateway.asked.findIndex(({ path: at }) => at.includes('limit=1')))
  expect(own.map(({ method, path: at }) => `${method} ${at}`)).toEqual([
    'GET /admin/v1/trust/revisions?limit=1',
    'POST /admin/v1/revocations/import',
    'PUT /admin/v1/trust/history?revision=1',
    'PUT /admin/v1/trust/history?revision=2',
    'POST /admin/v1/trust/history',
  ])
  expect(JSON.parse(own[1]?.body ?? '')).toEqual({ v: 1, rows: [ROW] })
  expect(own[3]?.body).toBe(DOCUMENTS[1])
  const history = JSON.parse(own[4]?.body ?? '')
  expect(history).toMatchObject({ issuer: 'https://sts.example.com', revisions: REVISIONS })
})

test.each(['POST /admin/v1/revocations/import', 'PUT /admin/v1/trust/history?revision=2'])(
  'an import that fails at %s makes no revision visible',
  async (failsAt) => {
    const path = await exportTo(`fails-${failsAt.length}`)
    gateway.answer(empty(0, failsAt))
    expect((await runCli(['import', path, ...flags])).exitCode).not.toBe(0)
    expect(calls()).not.toContain('POST /admin/v1/trust/history')
  },
)

test('a dry run only reads', async () => {
  const path = await exportTo('dry')
  gateway.answer(empty())
  const { exitCode, stderr } = await runCli(['import', path, ...flags, '--dry-run'])
  expect(exitCode).toBe(0)
  expect(stderr).toContain('2 revisions and 1 revocation of https://sts.example.com')
  expect(calls().filter((call) => !call.startsWith('GET'))).toEqual([])
})

test('a gateway with a revision takes only revocations', async () => {
  const path = await exportTo('full')
  gateway.answer(empty(7))
  const refused = await runCli(['import', path, ...flags])
  expect(refused.exitCode).toBe(1)
  expect(refused.stderr).toContain('the gateway has revision 7')
  expect(calls().filter((call) => !call.startsWith('GET'))).toEqual([])
  const { exitCode, stderr } = await runCli(['import', path, ...flags, '--only', 'revocations'])
  expect([stderr, exitCode]).toEqual([
    'edgemint: 1 revocation was read; 1 was new to the gateway\n',
    0,
  ])
  expect(calls().filter((call) => !call.startsWith('GET'))).toEqual([
    'POST /admin/v1/revocations/import',
  ])
})

test.each([
  ['without a flag', []],
  ['with --only revocations', ['--only', 'revocations']],
])('an export without a revision gives its revocations, %s', async (_, only) => {
  const path = await exportTo(`no-revision-${only.length}`, formerWithoutTrust)
  gateway.answer(empty(7))
  const { exitCode, stdout, stderr } = await runCli(['import', path, ...flags, ...only, '--json'])
  expect(exitCode, stderr).toBe(0)
  expect(stderr).toContain('no revision of a trust document')
  expect(JSON.parse(stdout)).toEqual({ revocations: 1 })
  expect(calls().filter((call) => !call.startsWith('GET'))).toEqual([
    'POST /admin/v1/revocations/import',
  ])
})

test('names the revocation of the export that the gateway refuses', async () => {
  const path = await exportTo('refused-row')
  const message = 'must be of type string'
  const problems = [{ code: 'value_invalid', path: ['rows', 0, 'grain'], message }]
  const body = { detail: `nothing was imported: rows.0.grain ${message}`, problems }
  const others = empty(7)
  gateway.answer((asked) =>
    asked.path.endsWith('/revocations/import') ? { status: 400, body } : others(asked),
  )
  const { stderr } = await runCli(['import', path, ...flags, '--only', 'revocations'])
  expect(stderr).toContain('grain of line 1 of the part revocations must be of type string')
})

test('other values of flags are refused before anything is read', async () => {
  expect((await runCli(['import', 'x', ...flags, '--only', 'trust'])).stderr).toContain('--only')
  expect((await runCli(['import', '-', ...flags])).stderr).toContain('name a file')
})

test.each([
  ['PUT /admin/v1/trust/history', 400, 1, 'no'],
  ['POST /admin/v1/trust/history', 400, 1, 'no'],
  ['POST /admin/v1/trust/history', 503, 3, 'perhaps a'],
] as const)(
  'says that the revocations are stored if %s gets %i',
  async (call, status, code, word) => {
    const path = await exportTo(`after-${call.length}-${status}`)
    const others = empty()
    gateway.answer((asked) =>
      `${asked.method} ${asked.path}`.startsWith(call)
        ? { status, body: { detail: 'the history is refused; nothing was stored' } }
        : others(asked),
    )
    const { stderr, exitCode } = await runCli(['import', path, ...flags])
    expect(exitCode).toBe(code)
    expect(stderr).toContain(`edgemint: the revocations are stored, and ${word} revision\n`)
    expect(stderr).not.toContain('nothing was')
    expect(stderr).toContain('hint: the import can be repeated')
  },
)

test('says how many revocations are stored if the gateway refuses a later part', async () => {
  gateway.answer((asked) =>
    asked.path.startsWith('/admin/v1/revocations/export')
      ? ok({ v: 1, rows: Array.from({ length: 5001 }, (_, id) => ({ grain: 'token', id })) })
      : former(asked),
  )
  const path = `${write('later.export', '')}-many`
  expect((await runCli(['export', '--out', path, ...flags])).exitCode).toBe(0)
  const detail = 'nothing was imported: the body is wrong'
  gateway.answer(({ body }) =>
    String(body).includes('5000') ? { status: 400, body: { detail } } : ok({ stored: 5000 }),
  )
  const { stderr } = await runCli(['import', path, ...flags, '--only', 'revocations'])
  expect(stderr.split('\n').slice(0, 2)).toEqual([
    'edgemint: the first 5000 revocations are stored, and no later one',
    'edgemint: refused: the import ended early: the body is wrong (400)',
  ])
})
