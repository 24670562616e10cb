/** The `ask` commands, against files and a fake gateway. */
import { describe, expect, it } from 'vitest'
import type { PostureUsage } from '../../../src/contract/posture/report.ts'
import { type Asked, startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const token = write('admin.jwt', 'admin.token.text')
const flags = ['--url', gateway.url, '--token-file', token]

const API = 'https://api.example.com/v1'
const rule = (name: string, change: object = {}) => ({
  ...{ name, owner: 'platform@example.com', expires: '2099-12-31', from: 'github' },
  when: { repository_owner_id: '1', repository_id: '2' },
  grant: { resource: API, scopes: ['deploy', 'read'], lifetime: '5m' },
  ...change,
})
const DOCUMENT = {
  version: 1,
  issuers: { github: { provider: 'github-actions' }, gitlab: { provider: 'gitlab-com' } },
  resources: {
    [API]: { scopes: ['deploy', 'read', 'admin'], also_known_as: ['urn:api'] },
    'https://b.example.com/v1': { scopes: ['x'] },
  },
  rules: [
    rule('deploy'),
    rule('old', { expires: '2020-01-01' }),
    rule('watched', { mode: 'observe' }),
    rule('from-here', {
      when: { repository_owner_id: '1', actor: 'ada' },
      condition: 'request.country == "DE"',
      grant: { resource: API, scopes: ['read'] },
    }),
    { name: 'no-forks', effect: 'deny', from: 'github', when: { head_ref: 'evil' } },
  ],
}
const trust = write('trust.json', JSON.stringify(DOCUMENT))
const claims = (change: object = {}) =>
  write(
    'claims.json',
    JSON.stringify({ sub: 'a', repository_owner_id: '1', repository_id: '2', ...change }),
  )

const json = async (...args: readonly string[]) => {
  const { stdout, stderr, exitCode } = await runCli(['ask', ...args, '--json'])
  expect([exitCode, stderr.replace(/^edgemint: .*\n/gm, '')]).toEqual([0, ''])
  return JSON.parse(stdout)
}

const NO_STOPS = { revocations: [], tokens: 0 }

type Routes = Readonly<Record<string, unknown>>
/** Answers each path, without its query, with a body. */
function serve(routes: Routes): void {
  gateway.answer(({ path }: Asked) => {
    const [name = ''] = path.split('?')
    const body = Object.hasOwn(routes, name) ? routes[name] : undefined
    if (body === undefined) return { status: 404, body: { detail: `no ${name}` } }
    return { status: 200, body, headers: { etag: '"7"' } }
  })
}

describe('edgemint ask who', () => {
  it('names the rules in force that grant a resource, by any of its names', async () => {
    const { rules, except, ...rest } = await json('who', '--resource', 'urn:api', '--trust', trust)
    expect(rest).toEqual({ resource: API, revision: null, complete: true, stopped: [] })
    expect(rules.map((one: { rule: string }) => one.rule)).toEqual(['deploy', 'from-here'])
    expect(rules[0]).toEqual({
      ...{ rule: 'deploy', issuer: 'github' },
      issuer_url: 'https://token.actions.githubusercontent.com',
      when: { repository_owner_id: '1', repository_id: '2' },
      ...{ resource: API, scopes: ['deploy', 'read'], lifetime_seconds: 300 },
      ...{ owner: 'platform@example.com', expires_at: Date.parse('2100-01-01') / 1000 },
    })
    expect(except).toEqual([{ rule: 'no-forks', issuer: 'github', when: { head_ref: 'evil' } }])
  })

  it('is a text for people', async () => {
    const args = ['ask', 'who', '--resource', API, '--scope', 'deploy', '--trust', trust]
    const { stdout, stderr } = await runCli(args)
    expect(stderr).toBe('')
    expect(stdout).toBe(`deploy
  who: github (https://token.actions.githubusercontent.com) {"repository_owner_id":"1","repository_id":"2"}
  gets: deploy at ${API} for 300 s
  owner: platform@example.com, ends 2100-01-01T00:00:00Z

except: no-forks refuses github {"head_ref":"evil"}
`)
  })

  it('DPOP-04 says that a token needs a proof of possession', async () => {
    const bound = { ...DOCUMENT.resources[API], proof_of_possession: 'required' }
    const resources = { ...DOCUMENT.resources, [API]: bound }
    const file = write('bound.json', JSON.stringify({ ...DOCUMENT, resources }))
    const { rules } = await json('who', '--resource', API, '--trust', file)
    expect(rules[0]).toMatchObject({ rule: 'deploy', proof_of_possession: 'required' })
    const { stdout } = await runCli(['ask', 'who', '--resource', API, '--trust', file])
    expect(stdout).toContain('for 300 s, bound to a key of the client\n')
  })

  it('asks the document in force, and says what it leaves out', async () => {
    const problems = [{ code: 'x', path: ['rules', 9], message: 'is bad' }]
    gateway.answer(({ path }) => {
      if (path.endsWith('/revocations')) return { status: 200, body: NO_STOPS }
      if (path.endsWith('/problems'))
        return { status: 200, body: { revision: 7, usable: true, problems } }
      const headers = { etag: '"7"', 'edgemint-trust-problems': '1' }
      return { status: 200, body: DOCUMENT, headers }
    })
    const { stderr, stdout } = await runCli(['ask', 'who', '--resource', API, ...flags, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ revision: 7, complete: false })
    expect(stderr).toContain('the answer leaves out the parts that the gateway cannot use')
  })

  it('says that no rule grants it', async () => {
    const args = ['ask', 'who', '--resource', 'https://b.example.com/v1', '--trust', trust]
    expect(await runCli(args)).toMatchObject({
      ...{ exitCode: 0, stdout: '' },
      stderr: 'edgemint: no rule in force grants https://b.example.com/v1\n',
    })
  })

  it.each([
    [['--resource', 'https://api.example.com/v2', '--trust', trust], `did you mean ${API}?`],
    [
      ['--resource', API, '--scope', 'deplo', '--trust', trust],
      'has no scope deplo: did you mean deploy?',
    ],
    [['--resource', API], 'name a file with --trust, or a gateway'],
    [['--resource', API, '--trust', trust, '--url', 'https://x'], 'cannot be used together'],
    [['--resource', API, '--trust', trust, '--at', 'monday'], '--at must be a UTC time'],
  ])('refuses %s', async (args, sentence) => {
    const { stderr, stdout, exitCode } = await runCli(['ask', 'who', ...args])
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toContain(sentence)
  })
})

describe('edgemint ask what', () => {
  const what = (file: string, ...args: readonly string[]) =>
    json('what', '--claims', file, '--issuer', 'github', '--trust', trust, ...args)
  const named = (rules: { rule: string; certainty: string; unknown: string[] }[]) =>
    rules.map((one) => [one.rule, one.certainty, one.unknown])

  it('names what these claims can get', async () => {
    const answer = await what(claims())
    expect(named(answer.rules)).toEqual([['deploy', 'can', []]])
    expect(answer).toMatchObject({ issuer: 'github', decision: null, refused: [] })
  })

  it('does not judge a condition about the connection', async () => {
    const answer = await what(claims({ actor: 'ada' }))
    expect(named(answer.rules)).toEqual([
      ['deploy', 'can', []],
      ['from-here', 'may', ['condition']],
    ])
  })

  it('gives nothing to what a deny rule refuses', async () => {
    const answer = await what(claims({ head_ref: 'evil' }))
    expect(answer.rules).toEqual([])
    expect(answer.refused).toMatchObject([{ rule: 'no-forks', certainty: 'can' }])
  })

  const record = (change: object = {}) => ({
    ...{ v: 1, id: 'dec_AQGiIpBI__ARrf0R24hOWA', at: 1, outcome: 'denied', issuer: 'github' },
    ...{ subject: 'repo:a', claims: { repository_owner_id: '1', repository_id: '2' } },
    ...change,
  })
  const page = (decisions: readonly object[]) => ({ decisions, from: 0, to: 1, complete: true })

  it('finds the recorded claims of a subject, and says what is not recorded', async () => {
    serve({
      '/admin/v1/trust': DOCUMENT,
      '/admin/v1/decisions': page([record()]),
      '/admin/v1/revocations': NO_STOPS,
    })
    const answer = await json('what', '--subject', 'repo:a', ...flags)
    expect(answer).toMatchObject({ decision: 'dec_AQGiIpBI__ARrf0R24hOWA', revision: 7 })
    expect(named(answer.rules)).toEqual([
      ['deploy', 'can', []],
      ['from-here', 'may', ['actor', 'condition']],
    ])
    const asked = gateway.asked.find(({ path }) => path.startsWith('/admin/v1/decisions'))
    expect(new URLSearchParams(asked?.path.split('?')[1]).get('subject')).toBe('repo:a')
    const { stdout, stderr } = await runCli(['ask', 'what', '--subject', 'repo:a', ...flags])
    expect(stdout).toContain('  if: actor, condition hold, which is not known here\n')
    expect(stderr).toContain('the claims are those of dec_AQGiIpBI__ARrf0R24hOWA, the newest')
    expect(stderr).toContain('rules with "if" depend on what is not known here')
  })

  it('does not know a subject without a decision', async () => {
    serve({ '/admin/v1/trust': DOCUMENT, '/admin/v1/decisions': { ...page([]), purged_to: 1 } })
    const what = await runCli(['ask', 'what', '--subject', 'x', ...flags])
    expect(what).toMatchObject({ exitCode: 1, stdout: '' })
    expect(what.stderr).toMatch(
      /decision about the subject x\n.*deleted decisions up to 1970-01-01/s,
    )
  })

  it.each([
    [['--trust', trust], 'either --claims or --subject'],
    [['--claims', claims(), '--trust', trust], '--claims needs --issuer'],
    [['--subject', 'x', '--trust', trust], '--subject needs --url'],
    [['--claims', claims(), '--issuer', 'githbu', '--trust', trust], 'did you mean github?'],
  ])('refuses %s', async (args, sentence) => {
    const { stderr, exitCode, stdout } = await runCli(['ask', 'what', ...args])
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toContain(sentence)
  })
})

describe('edgemint ask used', () => {
  const usage: PostureUsage = {
    ...{ state: 'on', since: 1_795_000_000 },
    rights: [
      {
        rule: 'deploy',
        resource: API,
        scope: 'read',
        granted: 3,
        last_at: 1_796_000_000,
        outlived_seconds: 0,
      },
      {
        rule: 'gone',
        resource: API,
        scope: 'read',
        granted: 1,
        last_at: 1_795_500_000,
        outlived_seconds: 0,
      },
    ],
  }
  const report = (change: object = {}) => ({
    ...{ at: 1, revision: 7, unused_days: 30, findings: [], mapping: {} },
    usage: { ...usage, ...change },
  })
  const used = (change: object, ...args: readonly string[]) => {
    serve({ '/admin/v1/trust': DOCUMENT, '/admin/v1/posture': report(change) })
    return runCli(['ask', 'used', ...flags, ...args])
  }

  it('shows the use of each right of a rule', async () => {
    const { stdout, stderr } = await used({}, '--rule', 'deploy')
    expect(stdout).toBe(`deploy  ${API}  deploy  never used
deploy  ${API}  read  3 tokens, the last at 2026-11-30T00:53:20Z
`)
    expect(stderr).toBe('edgemint: the use of rules is known since 2026-11-18T11:06:40Z\n')
  })

  it('shows rules that are no longer in the document', async () => {
    const { stdout } = await used({}, '--rule', 'gone', '--json')
    expect(JSON.parse(stdout)).toEqual({
      ...{ since: 1_795_000_000, complete: true },
      rights: [
        {
          rule: 'gone',
          resource: API,
          scope: 'read',
          granted: 1,
          last_at: 1_795_500_000,
          source: 'removed',
        },
      ],
    })
  })

  it('calls nothing unused if it does not know every use', async () => {
    const { stdout, stderr } = await used({ state: 'partial' }, '--rule', 'deploy')
    expect(stdout).toContain('deploy  not known\n')
    expect(stderr).toContain('in part')
    const partial = await used({ state: 'partial' }, '--json')
    expect(JSON.parse(partial.stdout).complete).toBe(false)
  })

  it('says that a rule grants nothing at another resource', async () => {
    const { stderr } = await used({}, '--rule', 'deploy', '--resource', 'https://b.example.com/v1')
    expect(stderr).toContain('the rule deploy grants nothing at https://b.example.com/v1, and no')
  })

  it('refuses to answer without a decision log', async () => {
    expect(await used({ state: 'off', since: null, rights: [] })).toMatchObject({
      ...{ exitCode: 1, stdout: '' },
      stderr: expect.stringContaining(
        'hint: bind a Durable Object namespace of the class DecisionLog',
      ),
    })
  })

  it.each([
    [['--rule', 'deplyo'], 'has a rule deplyo: did you mean deploy?'],
    [['--resource', 'https://api.example.com/v2'], `did you mean ${API}?`],
  ])('refuses %s', async (args, sentence) => {
    const { stderr, stdout, exitCode } = await used({}, ...args)
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toContain(sentence)
  })
})
