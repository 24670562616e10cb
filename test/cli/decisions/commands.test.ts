/** The commands that read decisions, against a fake gateway. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, test } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const flags = ['--url', gateway.url, '--token-file', write('admin.jwt', 'admin.token.text')]
const folder = mkdtempSync(join(tmpdir(), 'edgemint-export-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const ID = 'dec_AQGiIpBI__ARrf0R24hOWA'
const AT = Date.parse('2026-11-20T12:00:00.123Z')
const decision = (change: object = {}) => ({
  ...{ v: 1, id: ID, at: AT, outcome: 'granted', rule: 'deploy', issuer: 'ci' },
  ...change,
})
const page = (decisions: readonly object[], next?: string) => ({
  status: 200,
  body: { decisions, from: 0, to: AT, complete: next === undefined, next },
})

describe('edgemint decisions list', () => {
  it('ends when the gateway names new pages for ever', async () => {
    let count = 0
    gateway.answer(() => {
      count += 1
      return page([], `cursor-${count}`)
    })
    const { stderr, exitCode } = await runCli(['decisions', 'list', ...flags])
    expect([exitCode, stderr.split('\n')[0]]).toEqual([
      1,
      'edgemint: 1000 pages in a row have no decision, and the gateway names a further one',
    ])
    expect(count).toBe(1000)
  })

  it('sends its filters to the gateway', async () => {
    gateway.answer(() => page([]))
    const given = [
      ...['--from', '2026-11-01', '--to', '1795000000', '--rule', 'r', '--issuer', 'i'],
      ...['--subject', 's:1', '--claim', 'a=1', '--claim', '["b.c"]=2', '--resource', 'https://x'],
      ...['--outcome', 'denied', '--reason', 'token_used', '--token-id', 't', '--limit', '7'],
    ]
    const { stdout, stderr, exitCode } = await runCli(['decisions', 'list', ...given, ...flags])
    expect([exitCode, stdout, stderr]).toEqual([
      ...[0, ''],
      'edgemint: no decision matches: only recorded claims can match (DECISION_CLAIMS)\n',
    ])
    expect(gateway.asked).toMatchObject([
      { method: 'GET', authorization: 'Bearer admin.token.text' },
    ])
    const { pathname, searchParams } = new URL(gateway.asked[0]?.path ?? '', gateway.url)
    expect(pathname).toBe('/admin/v1/decisions')
    expect([...searchParams]).toEqual([
      ...[
        ['from', '2026-11-01'],
        ['to', '1795000000'],
        ['rule', 'r'],
        ['issuer', 'i'],
      ],
      ...[
        ['subject', 's:1'],
        ['resource', 'https://x'],
        ['outcome', 'denied'],
      ],
      ...[
        ['reason', 'token_used'],
        ['token_id', 't'],
        ['claim', 'a=1'],
        ['claim', '["b.c"]=2'],
      ],
      ['limit', '7'],
    ])
  })

  it('reads pages, also empty ones, until it has enough', async () => {
    const pages = [page([decision()], 'c1'), page([], 'c2'), page([decision()], 'c3')]
    gateway.answer(({ path }) => {
      const cursor = new URLSearchParams(path.split('?')[1]).get('cursor')
      return pages[Number(cursor?.slice(1) ?? 0)] ?? { status: 500 }
    })
    const { stdout, stderr } = await runCli(['decisions', 'list', '--limit', '2', ...flags])
    expect(stdout.trimEnd().split('\n')).toHaveLength(2)
    expect(stderr).toBe('edgemint: more decisions match: raise --limit above 2, or filter\n')
    expect(gateway.asked.map(({ path }) => /limit=\d/.exec(path)?.[0])).toEqual([
      ...['limit=2', 'limit=1', 'limit=1'],
    ])
  })

  it('ADM-13 escapes what a caller wrote, also line feeds', async () => {
    const subject = 'a\nb\u001b[2J\u202e'
    gateway.answer(() => page([decision({ subject, asked: { resource: 'x\ty' } })]))
    const { stdout } = await runCli(['decisions', 'list', ...flags])
    expect(stdout).toBe(
      `2026-11-20T12:00:00.123Z  granted: deploy  x\\u{9}y  ci  a\\u{a}b\\u{1b}[2J\\u{202e}  ${ID}\n`,
    )
    const json = await runCli(['decisions', 'list', '--json', ...flags])
    expect(json.stdout).not.toContain('\u202e')
    expect(JSON.parse(json.stdout)).toEqual({
      decisions: [decision({ subject, asked: { resource: 'x\ty' } })],
      complete: true,
      ...{ purged_to: null, damaged_to: null },
    })
  })

  it('says that retention has deleted a part of the period', async () => {
    const purged = (next?: string) => {
      const { status, body } = page([], next)
      return { status, body: { ...body, purged_to: AT } }
    }
    gateway.answer(() => purged())
    const said =
      'edgemint: retention has deleted decisions up to 2026-11-20T12:00:00.123Z: look for'
    const { stderr } = await runCli(['decisions', 'list', ...flags])
    expect(stderr).toBe(`edgemint: no decision matches\n${said} those in the exports\n`)
    const json = await runCli(['decisions', 'list', '--json', ...flags])
    expect(JSON.parse(json.stdout)).toMatchObject({ complete: true, purged_to: AT })
  })

  it.each([
    ['a page of another server', { status: 200, body: { hello: 1 } }, 3],
    ['a page without its end', { status: 200, body: { decisions: [], complete: false } }, 3],
    ['a malformed decision', page([{ id: 1 }]), 3],
    ['a refused token', { status: 401, body: { detail: 'no' } }, 1],
    ['an unavailable shard', { status: 503, body: { detail: 'decision_log is unavailable' } }, 3],
  ])('ends with the right exit code for %s', async (_, answer, code) => {
    gateway.answer(() => answer)
    const environment = { EDGEMINT_RETRY_SECONDS: '0' }
    const result = await runCli(['decisions', 'list', ...flags], { environment })
    expect([result.exitCode, result.stdout]).toEqual([code, ''])
  })

  it.each(['list', 'follow'])('%s refuses an outcome that there is not', async (name) => {
    const { stderr, exitCode } = await runCli(['decisions', name, '--outcome', 'deny', ...flags])
    expect([exitCode, stderr.split('\n')[0]]).toEqual([
      2,
      'edgemint: --outcome must be one of granted, denied, unavailable',
    ])
  })

  it('leaves a reason to the gateway, which may know more of them', async () => {
    gateway.answer(() => page([]))
    const { exitCode } = await runCli(['decisions', 'list', '--reason', 'of_tomorrow', ...flags])
    expect(exitCode).toBe(0)
    expect(gateway.asked[0]?.path).toContain('reason=of_tomorrow')
  })

  it.each(['list', 'follow'])('refuses a reason of grants in decisions %s', async (name) => {
    const filters = ['--outcome', 'granted', '--reason', 'token_used']
    const { stderr, exitCode } = await runCli(['decisions', name, ...filters, ...flags])
    expect([exitCode, stderr.split('\n')[0]]).toEqual([
      2,
      'edgemint: --reason is only of denials: --outcome must be denied',
    ])
  })

  it('shows the place of each invalid parameter', async () => {
    const problems = [{ code: 'time_invalid', path: ['from'], message: 'is no time\u001b[1m' }]
    gateway.answer(() => ({ status: 400, body: { detail: 'nothing was searched', problems } }))
    expect(await runCli(['decisions', 'list', '--from', '1', '--to', '2', ...flags])).toMatchObject(
      {
        exitCode: 1,
        stderr: `edgemint: refused: nothing was searched (400)
edgemint: hint: from is no time\\u{1b}[1m
`,
      },
    )
  })
})

describe('edgemint decisions show', () => {
  const explanation = {
    ...{ status: 'complete', source: 'document', revision: 7, agrees: false },
    ...{ summary: 'denied: no rule from ci matches', nearest_miss: 'a', rules_omitted: 3 },
    rules: [{ rule: 'a', sentence: 'does not match: x must be "1", but it is "\n2"' }],
  }
  const record = decision({
    ...{ outcome: 'denied', reason: 'no_rule_matched', claims: { o: { k: 'v\u202e' }, n: 1 } },
    ...{ subject_token_expires_at: 1_795_000_000, asked: { scopes: ['a', 'b'] }, rule: undefined },
  })

  it('shows every member and the explanation', async () => {
    gateway.answer(() => ({ status: 200, body: { decision: record, explanation } }))
    const { stdout, exitCode } = await runCli(['decisions', 'show', ID, ...flags])
    expect(exitCode).toBe(0)
    expect(stdout).toBe(`${ID}
  time: 2026-11-20T12:00:00.123Z
  result: denied: no_rule_matched
  issuer: ci
  reason: no_rule_matched
  subject_token_expires_at: 2026-11-18T11:06:40.000Z
  asked.scopes: ["a","b"]
  claims.o.k: v\\u{202e}
  claims.n: 1
explanation (complete, document, revision 7)
  this release decides differently than the record says
  denied: no rule from ci matches
  a: does not match: x must be "1", but it is "\\u{a}2"
  3 more rules are further from the request
nearest: a
`)
    expect(gateway.asked[0]?.path).toBe(`/admin/v1/decisions/${ID}`)
  })

  it('prints the answer as JSON, and refuses another one', async () => {
    const body = JSON.parse(JSON.stringify({ decision: record, explanation }))
    gateway.answer(() => ({ status: 200, body }))
    const { stdout } = await runCli(['decisions', 'show', ID, '--json', ...flags])
    expect(JSON.parse(stdout)).toEqual(body)
    gateway.answer(() => ({ status: 200, body: { decision: record } }))
    expect((await runCli(['decisions', 'show', ID, ...flags])).exitCode).toBe(3)
  })
})

describe('edgemint decisions export', () => {
  const headers = { 'edgemint-decision-shards': '2' }
  const first = '{"type":"edgemint-decisions"}\n'

  it('joins the parts of each shard', async () => {
    gateway.answer(({ path }) => {
      const isFirst = path.endsWith('shard=0')
      const link = { link: '<?shard=0&continue=5>; rel="next"' }
      const text = path.includes('continue') ? '{"type":"batch"}\n' : first
      return { status: 200, text, headers: isFirst ? { ...headers, ...link } : headers }
    })
    const out = join(folder, 'joined')
    const { exitCode } = await runCli(['decisions', 'export', '--out', out, ...flags])
    expect(exitCode).toBe(0)
    expect(readdirSync(out)).toEqual(['decisions-0.ndjson', 'decisions-1.ndjson'])
    expect(readFileSync(join(out, 'decisions-0.ndjson'), 'utf8')).toBe(`${first}{"type":"batch"}\n`)
  })

  it('says that the chain begins later than asked for', async () => {
    const text = '{"type":"edgemint-decisions","shard":0,"after":4}\n'
    gateway.answer(() => ({ status: 200, text, headers: { 'edgemint-decision-shards': '1' } }))
    const run = async (after: string, ...more: string[]) =>
      (await runCli(['decisions', 'export', '--shard', '0', '--after', after, ...more, ...flags]))
        .stderr
    const said = 'edgemint: shard 0 begins with batch 5: retention has deleted those before\n'
    expect(await run('3')).toBe(said)
    expect(await run('4')).toBe('')
    expect(await run('0', '--out', join(folder, 'later'))).toContain(said)
  })

  it.each([
    ['file', 'reads the token file again for each part', ['first', 'renewed']],
    ['stdin', 'uses a token of stdin for all parts', ['first', 'first']],
  ])('%s: %s', async (source, _, tokens) => {
    const file = write('renewed.jwt', 'first')
    gateway.answer(({ path }) => {
      write('renewed.jwt', 'renewed')
      const link = { link: '<?shard=0&continue=5>; rel="next"' }
      const isLast = path.includes('continue')
      return { status: 200, text: first, headers: isLast ? headers : { ...headers, ...link } }
    })
    const given = ['decisions', 'export', '--shard', '0', '--url', gateway.url, '--token-file']
    const { exitCode } = await runCli([...given, source === 'file' ? file : '-'], {
      stdin: 'first',
    })
    expect(exitCode).toBe(0)
    expect(gateway.asked.map(({ authorization }) => authorization)).toEqual(
      tokens.map((token) => `Bearer ${token}`),
    )
  })

  it.each([
    ['no folder, if it is new', false],
    ['no file in a folder that was there', true],
  ])('leaves %s, if a part is missing', async (_, exists) => {
    gateway.answer(({ path }) => {
      const link = { link: '<?shard=0&continue=5>; rel="next"' }
      return path.includes('continue')
        ? { status: 410, body: { detail: 'start a new export' } }
        : { status: 200, text: first, headers: { ...headers, ...link } }
    })
    const out = join(folder, `broken-${exists}`)
    if (exists) mkdirSync(out)
    const { exitCode, stderr } = await runCli(['decisions', 'export', '--out', out, ...flags])
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('start a new export')])
    expect(existsSync(out) && readdirSync(out)).toEqual(exists && [])
  })

  test.each([
    ['neither --out nor --shard', [], 'name a directory with --out, or one shard with --shard'],
    ['--after without --shard', ['--out', 'x', '--after', '1'], '--after needs --shard'],
    ['--json to stdout', ['--shard', '0', '--json'], '--json needs --out'],
    ['no number', ['--shard', '-1x'], '--shard'],
  ])('refuses %s', async (_, given, sentence) => {
    const { stderr, exitCode } = await runCli(['decisions', 'export', ...given, ...flags])
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(sentence)])
    expect(gateway.asked).toEqual([])
  })
})
