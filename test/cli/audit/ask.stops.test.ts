/** What the `ask` commands say of a gateway besides the rules of its document. */
import { describe, expect, it } from 'vitest'
import { type Asked, startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const flags = ['--url', gateway.url, '--token-file', write('admin.jwt', 'admin.token.text')]

const API = 'https://api.example.com/v1'
const DOCUMENT = {
  version: 1,
  issuers: { github: { provider: 'github-actions' } },
  resources: { [API]: { scopes: ['deploy'] }, 'https://b.example.com/v1': { scopes: ['x'] } },
  rules: [
    {
      ...{ name: 'deploy', owner: 'platform@example.com', expires: '2099-12-31', from: 'github' },
      when: { repository_owner_id: '1', repository_id: '2' },
      grant: { resource: API, scopes: ['deploy'], lifetime: '5m' },
    },
    {
      ...{ name: 'no', effect: 'deny', from: 'github', when: { actor: 'eve' } },
      condition: 'claims.ref == "x"',
    },
  ],
}
const NOW = Math.floor(Date.now() / 1000)
const stop = (grain: string, id: string, change: object = {}) => ({
  ...{ grain, id, reason: 'leaked', revoked_by: 'people:ada', stops_issuing: true },
  ...{ issued_before: NOW - 60, revoked_at: NOW - 60, expires_at: NOW + 3600 },
  ...change,
})
const record = (issuer: string) => ({
  ...{ v: 1, id: 'dec_AQGiIpBI__ARrf0R24hOWA', at: 1, outcome: 'denied', issuer },
  ...{ subject: 'repo:a', claims: { repository_owner_id: '1', repository_id: '2' } },
})

function serve(revocations: readonly object[], issuer = 'github', document: object = DOCUMENT) {
  const decisions = { decisions: [record(issuer)], from: 0, to: 1, complete: true }
  const routes = new Map<string, object>([
    ['/admin/v1/trust', document],
    ['/admin/v1/revocations', { revocations, tokens: 0 }],
    ['/admin/v1/decisions', decisions],
  ])
  gateway.answer(({ path }: Asked) => {
    const body = routes.get(path.split('?')[0] ?? '')
    return { status: body === undefined ? 404 : 200, body: body ?? {}, headers: { etag: '"7"' } }
  })
}

const ask = (...args: readonly string[]) => runCli(['ask', ...args, ...flags])
async function stoppedOf(...args: readonly string[]): Promise<readonly string[]> {
  const { stdout, exitCode } = await ask(...args, '--json')
  expect(exitCode).toBe(0)
  return JSON.parse(stdout).stopped.map((one: { grain: string; id: string }) => one.id)
}

describe('a revocation that stops issuing', () => {
  const issuer = 'https://token.actions.githubusercontent.com'
  const all = [
    ...[stop('rule', 'deploy'), stop('rule', 'other'), stop('issuer', issuer), stop('all', '*')],
    ...[stop('issuer', 'https://x'), stop('subject', 'repo:a'), stop('subject', 'repo:b')],
    ...[stop('subject', 'github:repo:a'), stop('key', 'k1')],
    stop('rule', 'deploy', { stops_issuing: false }),
    stop('rule', 'deploy', { expires_at: NOW - 1 }),
  ]

  it('is named beside who can get a resource', async () => {
    serve(all)
    const subjects = ['repo:a', 'repo:b', 'github:repo:a']
    expect(await stoppedOf('who', '--resource', API)).toEqual(['deploy', issuer, '*', ...subjects])
    serve([stop('rule', 'deploy')])
    const { stdout } = await ask('who', '--resource', API)
    expect(stdout).toContain('\nstopped: the rule deploy: issuing has stopped until 2')
    const later = new Date((NOW + 7200) * 1000).toISOString().slice(0, 19)
    expect(await stoppedOf('who', '--resource', API, '--at', `${later}Z`)).toEqual([])
  })

  it('is named beside what a subject can get', async () => {
    serve(all)
    const expected = ['deploy', issuer, '*', 'repo:a', 'github:repo:a']
    expect(await stoppedOf('what', '--subject', 'repo:a')).toEqual(expected)
    const { stdout } = await ask('what', '--subject', 'repo:a')
    expect(stdout).toContain('\nstopped: the subject repo:a: issuing has stopped until 2')
  })
})

describe('a revocation that stops the actor', () => {
  const [deploy] = DOCUMENT.rules
  const agents = 'https://agents.example.com'
  const acted = (when: object) => ({
    ...DOCUMENT,
    issuers: { ...DOCUMENT.issuers, agents: { provider: 'generic-oidc', issuer: agents } },
    rules: [{ ...deploy, acting_as: { from: 'agents', when } }],
  })
  const stops = [stop('issuer', agents), stop('subject', 'agent:1'), stop('subject', 'agent:2')]

  it('is named beside what needs the actor', async () => {
    serve(stops, 'github', acted({ sub: 'agent:1' }))
    const named = [agents, 'agent:1']
    expect(await stoppedOf('what', '--subject', 'repo:a')).toEqual(named)
    expect(await stoppedOf('who', '--resource', API)).toEqual([...named, 'agent:2'])
    serve(stops, 'github', acted({ sub: { glob: 'agent:*' } }))
    expect(await stoppedOf('what', '--subject', 'repo:a')).toEqual([...named, 'agent:2'])
  })

  it('is not named for a rule without an actor', async () => {
    serve(stops)
    expect(await stoppedOf('what', '--subject', 'repo:a')).toEqual([])
  })
})

describe('a revocation that stops the origin of a token of the gateway', () => {
  const github = 'https://token.actions.githubusercontent.com'
  const gitlab = 'https://gitlab.com'
  const B = 'https://b.example.com/v1'
  const self = (name: string, when: object, resource: string, scopes: readonly string[]) => ({
    ...{ name, owner: 'platform@example.com', expires: '2099-12-31', from: 'self', when },
    grant: { resource, scopes, lifetime: '5m' },
  })
  const chained = (when: object = { client_id: 'deploy' }) => ({
    ...DOCUMENT,
    issuers: { ...DOCUMENT.issuers, gitlab: { provider: 'gitlab-com' } },
    rules: [...DOCUMENT.rules, self('narrow', when, B, ['x'])],
  })
  const stops = [stop('issuer', github), stop('issuer', gitlab), stop('rule', 'deploy')]

  it.each([
    [{ client_id: 'deploy' }],
    [{ aud: API }],
    [{ client_id: ['deploy', 'other'], 'origin.iss': github }],
  ])('is named beside who can get a resource by %j', async (when) => {
    serve(stops, 'github', chained(when))
    expect(await stoppedOf('who', '--resource', B)).toEqual([github, 'deploy'])
  })

  it('is named through a chain of such rules', async () => {
    const C = 'https://c.example.com/v1'
    const document = chained()
    serve(stops, 'github', {
      ...document,
      resources: { ...document.resources, [C]: { scopes: ['y'] } },
      rules: [...document.rules, self('narrower', { client_id: 'narrow' }, C, ['y'])],
    })
    expect(await stoppedOf('who', '--resource', C)).toEqual([github, 'deploy'])
  })

  it.each([[{ client_id: 'other' }], [{ aud: API, 'origin.iss': gitlab }]])(
    'is not named if it cannot be the origin: %j',
    async (when) => {
      serve([stop('issuer', github), stop('rule', 'deploy')], 'github', chained(when))
      expect(await stoppedOf('who', '--resource', B)).toEqual([])
    },
  )

  it('is named beside what such a token can get, with and without a rule', async () => {
    const all = [...stops, stop('subject', 'repo:a'), stop('subject', 'repo:z')]
    const origin = { iss: github, sub: 'repo:a' }
    for (const document of [chained(), DOCUMENT]) {
      serve(all, 'github', document)
      const claims = write('own.json', JSON.stringify({ sub: 'x', client_id: 'deploy', origin }))
      const stopped = await stoppedOf('what', '--claims', claims, '--issuer', 'self')
      expect(stopped).toEqual([github, 'deploy', 'repo:a'])
    }
  })
})

describe('a deny rule with a condition', () => {
  it('is named with it', async () => {
    serve([])
    const { stdout } = await ask('who', '--resource', API)
    expect(stdout).toContain('except: no refuses github {"actor":"eve"}, and: claims.ref == "x"\n')
    const json = await ask('who', '--resource', API, '--json')
    expect(JSON.parse(json.stdout).except).toMatchObject([{ condition: 'claims.ref == "x"' }])
  })
})

describe('a token of the gateway itself', () => {
  it('can be exchanged for a narrower one, although no rule says so', async () => {
    serve([], 'self')
    const { stdout, stderr, exitCode } = await ask('what', '--subject', 'repo:a')
    expect([exitCode, stdout]).toEqual([0, ''])
    expect(stderr).toContain('can be exchanged for a narrower one of its resource')
    expect(stderr).not.toContain('nothing')
  })
})

describe('a token of a rule that has ended', () => {
  it('gets nothing, not even a narrower token', async () => {
    serve([])
    const claims = write('ended.json', JSON.stringify({ sub: 'x', client_id: 'gone', aud: API }))
    const given = ['what', '--claims', claims, '--issuer', 'self', '--json']
    const { stdout, stderr } = await ask(...given)
    expect(JSON.parse(stdout)).toMatchObject({ rules: [], ended: 'gone' })
    expect(stderr).toBe(
      'edgemint: it can get nothing: the rule gone, which granted it, is not in force\n',
    )
  })
})

describe('what the deploy-time policy decides', () => {
  it('is not in the document, and the answer says where it is', async () => {
    serve([])
    const { stderr, exitCode } = await ask('who', '--resource', gateway.url)
    expect(exitCode).toBe(1)
    expect(stderr).toContain('BOOTSTRAP_TRUST')
    expect(stderr).toContain('decisions list')
  })

  it('is said of a subject whose issuer the document does not have', async () => {
    serve([], 'admins')
    const { stderr, exitCode } = await ask('what', '--subject', 'repo:a')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('no issuer admins, which dec_AQGiIpBI__ARrf0R24hOWA')
    expect(stderr).toContain('deploy-time policy')
    expect(stderr).toContain('another issuer about the subject, name it with --issuer')
  })
})

it('a workload is told of the rules that exchange its tokens further, and of what stops these', async () => {
  const [deploy] = DOCUMENT.rules
  const other = { ...deploy, name: 'other', when: { repository_owner_id: '1', repository_id: '3' } }
  const search = {
    ...deploy,
    ...{ name: 'search', from: 'self', when: { aud: API, client_id: ['deploy', 'other'] } },
    grant: { resource: 'https://b.example.com/v1', scopes: ['x'], lifetime: '5m' },
  }
  const document = { ...DOCUMENT, rules: [deploy, other, search] }
  serve([stop('rule', 'search'), stop('rule', 'other')], 'github', document)
  expect(await stoppedOf('what', '--subject', 'repo:a')).toEqual(['search'])
  const { stdout, stderr } = await ask('what', '--subject', 'repo:a')
  expect(stdout).toContain('\nsearch\n  who: self (')
  expect(stderr).toContain('rules from self exchange a token that another of these rules grants')
})
