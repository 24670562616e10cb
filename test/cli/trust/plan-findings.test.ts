/** The findings that `plan` shows, and the message of `apply`. */
import { expect, test } from 'vitest'
import { type Reply, startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const tokenFile = write('admin.jwt', 'admin.token.text\n')

const RULE = {
  name: 'deploy',
  owner: 'platform@example.com',
  expires: '2099-01-31',
  from: 'github',
  when: { repository_owner_id: '4411', event_name: 'push' },
  accept: [
    { lint: 'LINT-33', reason: 'Two of a kind.' },
    { lint: 'LINT-35', reason: 'It ends late.' },
  ],
  grant: { resource: 'https://api.example.com', scopes: ['deploy:read'], lifetime: '10m' },
}
const DOCUMENT = {
  version: 1,
  issuers: { github: { provider: 'github-actions' } },
  resources: { 'https://api.example.com': { scopes: ['deploy:read'] } },
  rules: [RULE],
}
const CHANGED = {
  ...DOCUMENT,
  rules: [
    { ...RULE, name: 'first' },
    { ...RULE, owner: 'ops' },
  ],
}
const changed = write('changed.json', JSON.stringify(CHANGED, null, 2))

const flags = ['--url', gateway.url, '--token-file', tokenFile]
const SUMMARY = { revision: 8, digest: 'sha256:00', author: 'ops', applied_at: 1_795_000_000 }

const inForce = (etag = '"7"'): Reply => ({ status: 200, body: DOCUMENT, headers: { etag } })
const problem = (status: number, more: object = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/problem+json' },
  body: { type: 'about:blank', title: 'x', status, ...more },
})

/** Sets the answers of the admin API: the document in force, and one answer to every PUT. */
function serve(put: Reply, get: Reply = inForce()): void {
  gateway.answer(({ method }) => (method === 'GET' ? get : put))
}

test('apply sends its message, and refuses one that the gateway would refuse', async () => {
  serve({ status: 200, body: { ...SUMMARY, token_id: 'jti', message: 'été & 50%' } })
  const message = ['--message', 'été & 50%']
  const { stdout } = await runCli(['apply', changed, ...flags, ...message, '--json'])
  expect(JSON.parse(stdout)).toEqual({ ...SUMMARY, token_id: 'jti', message: 'été & 50%' })
  const put = gateway.asked.find(({ method }) => method === 'PUT')
  expect(new URLSearchParams(put?.path.split('?')[1]).get('message')).toBe('été & 50%')
  for (const bad of ['a\nb', 'x'.repeat(501), 'a\u202eb']) {
    const refused = await runCli(['apply', changed, ...flags, '--message', bad])
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('--message')])
  }
})

test('plan shows the findings of what changes, and counts the rest', async () => {
  const careless = (name: string, repository: string) => ({
    ...{ ...RULE, name, accept: undefined },
    when: { repository, event_name: 'push' },
  })
  const before = { ...DOCUMENT, rules: [careless('old', 'acme/api')] }
  const after = { ...DOCUMENT, rules: [...before.rules, careless('new', 'acme/web')] }
  serve(problem(500), { status: 200, body: before, headers: { etag: '"7"' } })
  const path = write('careless-two.json', JSON.stringify(after))
  const { stderr, exitCode } = await runCli(['plan', path, ...flags])
  expect(exitCode).toBe(4)
  expect(stderr).toMatch(/ (error|warn) LINT-09 in new: /)
  expect(stderr).not.toContain(' in old: ')
  expect(stderr).toMatch(
    /edgemint: \d lint findings? in parts that do not change: npx edgemint lint\n$/,
  )
})
