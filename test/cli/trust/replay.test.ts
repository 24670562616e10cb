/** `edgemint plan --replay`, against a fake gateway with a decision log of two shards. */
import { describe, expect, it } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const flags = ['--url', gateway.url, '--token-file', write('admin.jwt', 'admin.token.text\n')]

const API = 'https://api.example.com'
const RULE = {
  name: 'deploy',
  owner: 'platform@example.com',
  expires: '2099-01-31',
  from: 'github',
  when: { repository_owner_id: '4411', event_name: 'push' },
  accept: ['LINT-28', 'LINT-33', 'LINT-35'].map((lint) => ({ lint, reason: 'A rule for tests.' })),
  grant: { resource: API, scopes: ['deploy'], lifetime: '10m' },
}
const documentOf = (rule: object) => ({
  version: 1,
  issuers: { github: { provider: 'github-actions' } },
  resources: { [API]: { scopes: ['deploy'] } },
  rules: [rule],
})
const IN_FORCE = documentOf(RULE)
const narrowed = write(
  'narrowed.json',
  JSON.stringify(documentOf({ ...RULE, when: { ...RULE.when, ref: 'refs/heads/main' } }), null, 2),
)

const AT = Date.parse('2026-11-20T12:00:00Z')
const record = (number: number, ref: string, change: object = {}) => ({
  ...{ v: 1, id: `dec_${String(number).padStart(22, '0')}`, at: AT + 1000 * number },
  ...{ outcome: 'granted', rule: 'deploy', resource: API, scopes: ['deploy'], revision: 7 },
  ...{ issuer: 'github', issuer_url: 'https://token.actions.githubusercontent.com' },
  subject: `repo:acme/api:ref:${ref}`,
  asked: { resource: API },
  claims: { repository_owner_id: '4411', event_name: 'push', ref, run_id: String(number) },
  ...change,
})
const SHARDS = [
  [
    [record(1, 'refs/heads/main'), record(2, 'refs/heads/next')],
    [record(3, 'refs/heads/next'), record(4, 'x', { subject: undefined, outcome: 'denied' })],
  ],
  [[record(5, 'a|b`c\n<b>@all'), record(6, 'y', { claims: undefined })]],
]

function serve(
  pages: readonly (readonly (readonly object[])[])[] = SHARDS,
  purgedTo: Readonly<Record<number, number>> = {},
  damagedTo: Readonly<Record<number, number>> = {},
): void {
  gateway.answer(({ path }) => {
    const { pathname, searchParams } = new URL(path, gateway.url)
    if (pathname === '/admin/v1/trust') {
      return { status: 200, body: IN_FORCE, headers: { etag: '"7"' } }
    }
    const number = Number(searchParams.get('shard'))
    const shard = pages[number] ?? []
    const page = Number(searchParams.get('cursor') ?? 0)
    const next = page + 1 < shard.length ? String(page + 1) : undefined
    return {
      status: 200,
      body: {
        ...{ decisions: shard[page] ?? [], complete: next === undefined, next },
        ...{ purged_to: purgedTo[number], damaged_to: damagedTo[number] },
      },
      headers: { 'edgemint-decision-shards': String(pages.length) },
    }
  })
}

describe('edgemint plan --replay', () => {
  it('says that it replays nothing if nothing changes', async () => {
    serve()
    const same = write('same.json', JSON.stringify(IN_FORCE))
    const plan = (...more: string[]) => runCli(['plan', same, ...flags, ...more])
    const sentence = 'no decision was replayed, because nothing changes'
    const asked = await plan('--replay', '30d')
    expect([asked.exitCode, asked.stdout, asked.stderr.split('\n')]).toEqual([
      0,
      '',
      expect.arrayContaining([`edgemint: ${sentence}`]),
    ])
    const comment = await plan('--replay', '30d', '--format', 'markdown')
    expect(comment.stdout).toContain(`\n\nN${sentence.slice(1)}.`)
    const plain = await plan('--format', 'markdown')
    expect(plain.stdout + plain.stderr).not.toContain('replayed')
  })

  it('LOG-21 reads every page of every shard, and names who loses', async () => {
    serve()
    const { stdout, stderr, exitCode } = await runCli([
      'plan',
      narrowed,
      ...flags,
      '--replay',
      '30d',
    ])
    expect([exitCode, stderr]).toEqual([4, 'edgemint: 1 change against revision 7\n'])
    expect(stdout.replace(/since \S+:/, 'since TIME:')).toBe(`~ rule deploy (narrowed)
    + when.ref: "refs/heads/main"
replay since TIME: 6 decisions, 4 replayed exactly
  1 decision cannot be replayed exactly; their records lack: repository_owner_id (1), event_name (1), ref (1)
  1 decision ended before a rule was read, such as for an issuer that is not trusted
lose access: 2 identities, 3 decisions
  github repo:acme/api:ref:refs/heads/next at ${API}
    claims: repository_owner_id=4411 event_name=push ref=refs/heads/next
    before: granted by deploy: deploy, 600 s, as github:repo:acme/api:ref:refs/heads/next
    after: denied: no_rule_matched
    2 decisions, the last at 2026-11-20T12:00:03Z: dec_0000000000000000000003 dec_0000000000000000000002
  github repo:acme/api:ref:a|b\`c\\u{a}<b>@all at ${API}
    claims: repository_owner_id=4411 event_name=push ref=a|b\`c\\u{a}<b>@all run_id=5
    before: granted by deploy: deploy, 600 s, as github:repo:acme/api:ref:a|b\`c\\u{a}<b>@all
    after: denied: no_rule_matched
    1 decision, the last at 2026-11-20T12:00:05Z: dec_0000000000000000000005
gain access: none
get another token: none
`)
    const asked = gateway.asked.map(({ path }) => new URL(path, gateway.url).searchParams)
    const shards = asked.filter((one) => one.has('shard'))
    expect(shards.map((one) => `${one.get('shard')} ${one.get('cursor') ?? 0}`).sort()).toEqual([
      ...['0 0', '0 1', '1 0'],
    ])
    const [first] = shards
    const [from, to] = [Number(first?.get('from')), Number(first?.get('to'))]
    expect(to - from).toBe(30 * 86_400 + 1)
    for (const one of shards) expect([one.get('from'), one.get('to')]).toEqual([`${from}`, `${to}`])
  })

  it('prints everything as JSON', async () => {
    serve()
    const { stdout } = await runCli(['plan', narrowed, ...flags, '--replay', '1h', '--json'])
    const { replay, changes } = JSON.parse(stdout) as { replay: object; changes: object[] }
    expect(changes).toMatchObject([{ effect: 'narrowed' }])
    expect(replay).toMatchObject({
      period: { from: expect.any(Number), to: expect.any(Number) },
      ...{
        decisions: 6,
        replayed: 4,
        inexact: { decisions: 1, missing: { repository_owner_id: 1, event_name: 1, ref: 1 } },
      },
      skipped: { admin: 0, unverified: 1 },
      loses: { decisions: 3, identities: [{ decisions: 2 }, { decisions: 1 }] },
      gains: { decisions: 0, identities: [] },
      changes: { decisions: 0, identities: [] },
    })
  })

  it('LOG-21 says that retention has deleted a part of the period', async () => {
    serve(SHARDS, { 0: AT + 5000, 1: AT })
    const args = ['plan', narrowed, ...flags, '--replay', '30d']
    const deleted = 'retention has deleted decisions up to 2026-11-20T12:00:05.000Z'
    expect((await runCli(args)).stdout).toContain(`replayed exactly\n  ${deleted}:`)
    expect((await runCli([...args, '--format', 'markdown'])).stdout).toContain(`\n\n\`${deleted}:`)
    const { replay } = JSON.parse((await runCli([...args, '--json'])).stdout)
    expect(replay).toMatchObject({ purged_to: AT + 5000 })
  })

  it('LOG-21 says that damaged rows were left out', async () => {
    serve(SHARDS, {}, { 1: AT })
    const args = ['plan', narrowed, ...flags, '--replay', '30d']
    const damaged = 'the gateway has damaged rows with decisions up to 2026-11-20T12:00:00.000Z'
    expect((await runCli(args)).stdout).toContain(`replayed exactly\n  ${damaged} `)
    expect((await runCli([...args, '--format', 'markdown'])).stdout).toContain(`\n\n\`${damaged} `)
    const { replay } = JSON.parse((await runCli([...args, '--json'])).stdout)
    expect(replay).toMatchObject({ purged_to: null, damaged_to: AT })
  })

  it('ADM-13 writes Markdown in which text of others is only code', async () => {
    serve()
    const args = ['plan', narrowed, ...flags, '--replay', '30d', '--format', 'markdown']
    const { stdout } = await runCli(args)
    expect(stdout).toContain('1 change against revision 7.\n')
    expect(stdout).toContain('```diff\n~ rule deploy (narrowed)\n')
    expect(stdout).toContain('**Lose access: 2 identities, 3 decisions**')
    expect(stdout).toContain('| who | resource | before | after | decisions | example |')
    const row = stdout.split('\n').find((line) => line.includes('@all')) ?? ''
    // A pipe would end the cell, and a backtick the code.
    expect(row.replaceAll('\\|', '').split('|')).toHaveLength(8)
    expect(row).toContain('``github repo:acme/api:ref:a\\|b`c\\u{a}<b>@all``')
  })

  it('asks nothing if nothing changes', async () => {
    serve()
    const same = write('same.json', JSON.stringify(IN_FORCE))
    const { exitCode } = await runCli(['plan', same, ...flags, '--replay', '30d'])
    expect(exitCode).toBe(0)
    expect(gateway.asked).toHaveLength(1)
  })

  it.each([
    ['ten years', ['--replay', '3650d'], '--replay must be at most 366d'],
    ['no period', ['--replay', 'monday'], '--replay must be a period such as 30d, 12h or 90m'],
    ['another format', ['--format', 'html'], '--format must be one of text, json, markdown'],
    ['two formats', ['--format', 'text', '--json'], '--json and --format cannot be used together'],
  ])('refuses %s without a request', async (_, given, sentence) => {
    const { stderr, exitCode } = await runCli(['plan', narrowed, ...flags, ...given])
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(sentence)])
    expect(gateway.asked).toEqual([])
  })

  it('names the place of a problem in a document that does not compile, and replays nothing', async () => {
    const bad = write('bad.json', JSON.stringify(documentOf({ ...RULE, from: 'gitlab' }), null, 2))
    const { stderr, stdout, exitCode } = await runCli(['plan', bad, ...flags, '--replay', '30d'])
    expect([exitCode, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/bad\.json:\d+:\d+: rules\[0\]\.from: /)
    expect(gateway.asked).toEqual([])
  })

  it.each<[string, number, object, number]>([
    ['a shard that does not answer', 503, { detail: 'decision_log is unavailable' }, 3],
    ['a token without decisions:read', 403, { detail: 'the scope decisions:read is required' }, 1],
    ['a page without its end', 200, { decisions: [], complete: false }, 3],
    ['a record of another version', 200, { decisions: [{ v: 2 }], complete: true }, 3],
  ])('shows no plan after %s', async (_, status, body, code) => {
    gateway.answer(({ path }) =>
      path.startsWith('/admin/v1/decisions')
        ? { status, body, headers: { 'edgemint-decision-shards': '1' } }
        : { status: 200, body: IN_FORCE, headers: { etag: '"7"' } },
    )
    const environment = { EDGEMINT_RETRY_SECONDS: '0' }
    const args = ['plan', narrowed, ...flags, '--replay', '30d']
    const { stdout, exitCode } = await runCli(args, { environment })
    expect([stdout, exitCode]).toEqual(['', code])
  })
})
