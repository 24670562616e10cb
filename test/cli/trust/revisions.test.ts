/** `trust log`, `trust show`, `trust diff` and `trust blame`, against a fake gateway with a history. */
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const flags = ['--url', gateway.url, '--token-file', write('admin.jwt', 'admin.token.text\n')]

const rule = (name: string, change: object = {}) => ({
  name,
  owner: 'platform@example.com',
  expires: '2099-01-31',
  from: 'ci',
  when: { repository_owner_id: '4411' },
  grant: { resource: 'https://api.example.com', scopes: ['deploy'], lifetime: '10m' },
  ...change,
})
const documentOf = (...rules: readonly object[]) => ({
  version: 1,
  issuers: { ci: { provider: 'github-actions' } },
  resources: { 'https://api.example.com': { scopes: ['deploy'] } },
  rules,
})

/** Documents by revision, from 1. */
const HISTORY = [
  documentOf(rule('a'), rule('b')),
  documentOf(rule('a'), rule('b'), rule('c')),
  documentOf(rule('a', { owner: 'ops' }), rule('b'), rule('c')),
  documentOf(rule('a', { owner: 'ops' }), rule('c'), rule('b')),
  documentOf(rule('d', { owner: 'ops' }), rule('c'), rule('b')),
]
const AT = Date.parse('2026-11-28T12:00:00Z') / 1000

const summaryOf = (revision: number, kept: boolean) => ({
  ...{ revision, digest: 'sha256:00', author: `ci:${revision}`, applied_at: AT + revision, kept },
  ...(revision === 1 ? {} : { token_id: `jti-${revision}`, message: `step ${revision}` }),
})

/** Answers like a gateway that keeps the documents from this revision on. */
function serve(keptFrom = 1): void {
  gateway.answer(({ path }) => {
    const { pathname, searchParams } = new URL(path, gateway.url)
    if (pathname === '/admin/v1/trust/revisions') {
      const before = Number(searchParams.get('before') ?? HISTORY.length + 1)
      const limit = Number(searchParams.get('limit'))
      const all = HISTORY.map((_, index) => summaryOf(index + 1, index + 1 >= keptFrom)).reverse()
      const earlier = all.filter(({ revision }) => revision < before)
      // A page may be shorter than asked.
      const revisions = earlier.slice(0, Math.min(limit, 2))
      const next = earlier.length > revisions.length ? revisions.at(-1)?.revision : undefined
      return { status: 200, body: { revisions, next } }
    }
    const revision = Number(searchParams.get('revision') ?? HISTORY.length)
    if (pathname !== '/admin/v1/trust' || revision < keptFrom) {
      const detail = `the document of revision ${revision} is no longer stored`
      return { status: 404, body: { type: 'about:blank', title: 'x', status: 404, detail } }
    }
    return { status: 200, body: HISTORY[revision - 1], headers: { etag: `"${revision}"` } }
  })
}

describe('edgemint trust log', () => {
  it('shows each revision in one line, the newest first', async () => {
    serve(2)
    const { stdout, stderr, exitCode } = await runCli(['trust', 'log', ...flags])
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toBe(`5  2026-11-28T12:00:05Z  ci:5  step 5
4  2026-11-28T12:00:04Z  ci:4  step 4
3  2026-11-28T12:00:03Z  ci:3  step 3
2  2026-11-28T12:00:02Z  ci:2  step 2
1  2026-11-28T12:00:01Z  ci:1  -  (its document is no longer stored)
`)
  })

  it('shows each page before it asks for the next one', async () => {
    gateway.answer(({ path }) =>
      path.includes('before=')
        ? { status: 403, body: { status: 403, detail: 'not any more' } }
        : { status: 200, body: { revisions: [summaryOf(5, true)], next: 5 } },
    )
    const { stdout, exitCode } = await runCli(['trust', 'log', ...flags])
    expect([exitCode, stdout]).toEqual([1, '5  2026-11-28T12:00:05Z  ci:5  step 5\n'])
  })

  it('prints JSON, and says that there are earlier revisions', async () => {
    serve()
    const { stdout, stderr } = await runCli(['trust', 'log', '--limit', '3', '--json', ...flags])
    expect(JSON.parse(stdout)).toEqual({
      revisions: [summaryOf(5, true), summaryOf(4, true), summaryOf(3, true)],
      complete: false,
    })
    expect(stderr).toBe('edgemint: there are earlier revisions: raise --limit above 3\n')
  })

  it('ADM-13 escapes what an author wrote', async () => {
    const revision = { ...summaryOf(1, true), author: 'a\nb', message: 'x\u001b[2J  y' }
    gateway.answer(() => ({ status: 200, body: { revisions: [revision] } }))
    const { stdout } = await runCli(['trust', 'log', ...flags])
    expect(stdout).toBe('1  2026-11-28T12:00:01Z  a\\u{a}b  x\\u{1b}[2J  y\n')
  })

  it.each([
    ['another answer', { revisions: {} }],
    ['a malformed revision', { revisions: [{ revision: 1 }] }],
    ['a page that names itself', { revisions: [summaryOf(5, true)], next: 9 }],
  ])('refuses %s', async (_, body) => {
    gateway.answer(() => ({ status: 200, body }))
    expect((await runCli(['trust', 'log', '--limit', '9', ...flags])).exitCode).toBe(3)
  })
})

describe('edgemint trust show', () => {
  it('prints the document of a revision as a trust file that validates', async () => {
    serve()
    const { stdout, stderr, exitCode } = await runCli(['trust', 'show', '2', ...flags])
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(
      /^# revision 2, applied 2026-11-28T12:00:02Z by ci:2\n# step 2\nversion: 1\n/,
    )
    const file = write('shown.yaml', stdout)
    expect((await runCli(['validate', file])).exitCode).toBe(0)
    expect(parse(stdout)).toEqual(HISTORY[1])
  })

  it('prints the document in force without a revision, and JSON', async () => {
    serve(5)
    const { stdout, stderr } = await runCli(['trust', 'show', '--json', ...flags])
    expect(JSON.parse(stdout)).toEqual({ revision: summaryOf(5, true), document: HISTORY[4] })
    expect(stderr).toBe('edgemint: revision 5 is in force\n')
  })

  it('says where to look for a document that is no longer stored, and what is no revision', async () => {
    serve(3)
    expect(await runCli(['trust', 'show', '2', ...flags])).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(/revision 2 is no longer stored[\s\S]*look for sha256:00 in/),
    })
    expect(await runCli(['trust', 'show', '6', ...flags])).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringContaining('there is no revision 6'),
    })
    expect((await runCli(['trust', 'show', '0', ...flags])).exitCode).toBe(2)
  })

  it('ADM-13 escapes what an author wrote, so that it stays in its comment', async () => {
    const revision = { ...summaryOf(1, true), author: 'a\nrules: []', message: 'x\nversion: 2' }
    gateway.answer(({ path }) =>
      path.includes('/revisions')
        ? { status: 200, body: { revisions: [revision] } }
        : { status: 200, body: HISTORY[0], headers: { etag: '"1"' } },
    )
    const { stdout } = await runCli(['trust', 'show', '1', ...flags])
    expect(parse(stdout)).toEqual(HISTORY[0])
  })
})

describe('the document that trust show and ask in-force print', () => {
  it.each([
    ['a mark that reorders text', 'a \u202e b'],
    ['a mark beyond the basic plane', 'a \u{e0041} b'],
    ['a tab and an escape', 'a\tb \u001b[2J'],
    ['a command of a CI runner', '##[command]x ## vso'],
    ['a command at the start', '::error::x'],
    ['lines', `claims.a == "1" &&\n  claims.b == "##[x]"\n::error::x\n${'long '.repeat(30)}`],
    ['lines without an unsafe character', 'claims.a == "1" &&\nclaims.b == "2"\n'],
    ['a word that YAML 1.1 reads as false', 'no'],
    ['a number in quotes', '0o17'],
  ])('ADM-13 keeps the value of %s, and has no unsafe character', async (_, text) => {
    const document = documentOf(rule('a', { description: text, when: { [text]: text } }))
    gateway.answer(({ path }) =>
      path.includes('/revisions')
        ? { status: 200, body: { revisions: [summaryOf(1, true)] } }
        : { status: 200, body: document, headers: { etag: '"1"' } },
    )
    for (const command of [
      ['trust', 'show', '1'],
      ['ask', 'in-force', '--at', '2026-11-29T00:00:00Z'],
    ]) {
      const { stdout } = await runCli([...command, ...flags])
      expect(stdout).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]|##|^\s*::/mu)
      expect(parse(stdout)).toEqual(document)
    }
  })
})

describe('edgemint trust diff', () => {
  it('compares two revisions, or one with the document in force', async () => {
    serve()
    expect(await runCli(['trust', 'diff', '1', '3', ...flags])).toEqual({
      stdout: `~ rule a (same access)
    owner: "platform@example.com" -> "ops"
+ rule c
`,
      stderr: 'edgemint: 2 changes from revision 1 to revision 3\n',
      exitCode: 0,
    })
    const { stdout } = await runCli(['trust', 'diff', '4', '--json', ...flags])
    expect(JSON.parse(stdout)).toEqual({
      from: 4,
      to: 5,
      changes: [
        {
          ...{ kind: 'changed', part: 'rule', name: 'd', effect: 'same' },
          renamed: { before: 'a' },
        },
      ],
    })
  })

  it('says which document is no longer stored, and what is no revision', async () => {
    serve(3)
    expect(await runCli(['trust', 'diff', '1', '3', ...flags])).toMatchObject({
      exitCode: 1,
      stderr: 'edgemint: refused: the document of revision 1 is no longer stored (404)\n',
    })
    expect((await runCli(['trust', 'diff', 'x', ...flags])).exitCode).toBe(2)
  })
})

describe('edgemint trust blame', () => {
  it('shows the last change of every rule in force', async () => {
    serve()
    const { stdout, stderr } = await runCli(['trust', 'blame', ...flags])
    expect(stdout).toBe(`5  2026-11-28T12:00:05Z  ci:5  d (renamed)  step 5
4  2026-11-28T12:00:04Z  ci:4  c (moved)  step 4
1  2026-11-28T12:00:01Z  ci:1  b (added)  -
`)
    expect(stderr).toBe('edgemint: 3 rules at revision 5\n')
  })

  it('says which changes may be older than the stored documents', async () => {
    serve(4)
    const { stdout } = await runCli(['trust', 'blame', 'b', '--json', ...flags])
    const { kept: _, digest: __, ...last } = summaryOf(4, true)
    expect(JSON.parse(stdout)).toEqual({
      revision: 5,
      rules: [{ rule: 'b', last: { ...last, change: 'changed', is_exact: false } }],
    })
    const text = await runCli(['trust', 'blame', 'b', ...flags])
    expect(text.stdout).toMatch(/^<=4 {2}/)
  })

  it('shows the rules of a file with their lines, and which are not in force', async () => {
    serve()
    const file = documentOf(rule('d', { owner: 'ops' }), rule('b', { owner: 'me' }), rule('new'))
    const path = write('trust.json', JSON.stringify(file, null, 2))
    const { stdout } = await runCli(['trust', 'blame', path, ...flags])
    expect(stdout).toBe(`5  2026-11-28T12:00:05Z  ci:5  16: d (renamed)  step 5
1  2026-11-28T12:00:01Z  ci:1  32: b (added; differs from the rule in force)  -
-  -  -  48: new (not in force)  -
`)
  })

  it('names who removed or renamed a rule that is not in force', async () => {
    serve()
    const { stdout, exitCode } = await runCli(['trust', 'blame', 'a', ...flags])
    expect([exitCode, stdout]).toEqual([
      0,
      '5  2026-11-28T12:00:05Z  ci:5  a (renamed to d; not in force)  step 5\n',
    ])
    HISTORY.push(documentOf(rule('d', { owner: 'ops' }), rule('b')))
    serve()
    const removed = await runCli(['trust', 'blame', 'c', '--json', ...flags])
    const { kept: _, digest: __, ...last } = summaryOf(6, true)
    expect(JSON.parse(removed.stdout)).toEqual({
      revision: 6,
      rules: [
        { rule: 'c', state: 'not in force', last: { ...last, change: 'removed', is_exact: true } },
      ],
    })
    const path = write('old.json', JSON.stringify(documentOf(rule('c'), rule('new'))))
    const file = await runCli(['trust', 'blame', path, ...flags])
    expect(file.stdout).toBe(`6  2026-11-28T12:00:06Z  ci:6  1: c (removed; not in force)  step 6
-  -  -  1: new (not in force)  -
`)
    serve(6)
    const forgotten = await runCli(['trust', 'blame', 'c', ...flags])
    expect(forgotten.stderr).toContain('no rule c is in force, and none of the stored documents')
    HISTORY.pop()
  })

  it('refuses a rule that is not in force, and a file that is missing', async () => {
    serve()
    const unknown = await runCli(['trust', 'blame', 'nothing', ...flags])
    expect(unknown).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('refused: no rule nothing is in force'),
    })
    expect((await runCli(['trust', 'blame', 'no/trust.yaml', ...flags])).exitCode).toBe(2)
  })
})
