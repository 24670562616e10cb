import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { IssuerReport } from '../../../src/contract/admin.ts'
import { startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const flags = ['--url', gateway.url, '--token-file', write('admin.jwt', 'admin.token.text')]
const now = Math.floor(Date.now() / 1000)

const GITHUB: IssuerReport = {
  name: 'github',
  source: 'document',
  url: 'https://token.actions.githubusercontent.com',
  provider: 'github-actions',
  audience: 'https://sts.example.com',
  keys: {
    kind: 'fetched',
    state: 'fresh',
    ids: [{ kid: 'kid-1', first_seen_at: now - 12 * 86_400 - 60 }],
    version: 3,
    fetched_at: now - 250,
    next_fetch_at: 1_795_540_800,
    failures: 1,
    last_fault: 'timed_out',
    failed_at: 1_795_540_740,
    clock_skew_seconds: -1,
    replaced_at: null,
  },
  decisions: { granted: 5120, denied: 12, since: 1_793_520_000 },
  warnings: ['fetching its keys has failed 1 times: timed_out'],
}
const CLUSTER: IssuerReport = {
  ...GITHUB,
  name: 'cluster',
  source: 'policy',
  url: 'https://k8s.acme.internal',
  provider: 'kubernetes',
  keys: { kind: 'uploaded', ids: ['a', null], ends_at: null },
  decisions: { granted: 0, denied: 0, since: null },
  warnings: [],
}

test('shows keys, ages, failures, decisions and warnings', async () => {
  gateway.answer(() => ({ status: 200, body: { issuers: [GITHUB, CLUSTER] } }))
  expect(await runCli(['issuers', ...flags])).toEqual({
    stdout: `github (github-actions)
  https://token.actions.githubusercontent.com
  keys: fresh, fetched 4 min ago, next 2026-11-24T17:20:00Z
    kid-1, known for 12 days
  last failure: 2026-11-24T17:19:00Z, timed_out
  clock: -1 s from the gateway's
  subject tokens: 5120 granted, 12 denied since 2026-11-01T08:00:00Z
  warning: fetching its keys has failed 1 times: timed_out

cluster (kubernetes, deploy-time policy)
  https://k8s.acme.internal
  keys: uploaded, without an expiry: a, (no kid)
  subject tokens: 0 granted, 0 denied
`,
    stderr: '',
    exitCode: 0,
  })
  expect(gateway.asked).toMatchObject([
    { method: 'GET', path: '/admin/v1/issuers', authorization: 'Bearer admin.token.text' },
  ])
})

test('shows tokens that were answered from memory, and whether decisions are counted', async () => {
  const keys = { ...GITHUB.keys, answered_from_memory: 40 }
  const states = (['on', 'off', 'incomplete'] as const).map((state) => ({
    ...GITHUB,
    keys,
    decisions: { ...GITHUB.decisions, state },
  }))
  gateway.answer(() => ({ status: 200, body: { issuers: states } }))
  const { stdout } = await runCli(['issuers', ...flags])
  const lines = stdout.split('\n').filter((line) => /^ {2}(?:missing|subject tokens)/.test(line))
  const missing = '  missing keys: 40 tokens answered without the trust store'
  const tokens = '  subject tokens: 5120 granted, 12 denied since 2026-11-01T08:00:00Z'
  expect(lines).toEqual([
    missing,
    tokens,
    missing,
    `${tokens} (not counted any more: DECISION_LOG is not bound)`,
    missing,
    `${tokens} (incomplete: a part of the counts did not answer)`,
  ])
})

test('shows one token that was answered from memory', async () => {
  const keys = { ...GITHUB.keys, answered_from_memory: 1 }
  gateway.answer(() => ({ status: 200, body: { issuers: [{ ...GITHUB, keys }] } }))
  const { stdout } = await runCli(['issuers', ...flags])
  expect(stdout).toContain('  missing keys: 1 token answered without the trust store\n')
})

test('prints the answer of the gateway as JSON', async () => {
  gateway.answer(() => ({ status: 200, body: { issuers: [GITHUB] } }))
  const { stdout } = await runCli(['issuers', ...flags, '--json'])
  expect(JSON.parse(stdout)).toEqual({ issuers: [GITHUB] })
})

test('docs/cli.md has every member of the answer', () => {
  const [, section = ''] = readFileSync('docs/cli.md', 'utf8').split('\n## issuers\n')
  const documented = section.split('\n## ')[0] ?? ''
  const membersOf = (prefix: string, value: object) =>
    Object.keys(value).map((name) => `\`${prefix}${name}\``)
  const members = [GITHUB, CLUSTER].flatMap(({ keys, decisions, ...rest }) => [
    ...membersOf('', rest),
    ...membersOf('keys.', keys),
    ...membersOf('decisions.', decisions),
  ])
  expect(members.filter((member) => !documented.includes(member))).toEqual([])
})

test.each([
  ['a page of another server', { status: 200, body: { hello: 1 } }, 3],
  ['a malformed issuer', { status: 200, body: { issuers: [{ name: 1 }] } }, 3],
  ['a refused token', { status: 401, body: { detail: 'no' } }, 1],
  ['an unavailable gateway', { status: 503, body: {} }, 3],
])('ends with the right exit code for %s', async (_, answer, code) => {
  gateway.answer(() => answer)
  const environment = { EDGEMINT_RETRY_SECONDS: '0' }
  const { stdout, exitCode } = await runCli(['issuers', ...flags], { environment })
  expect([stdout, exitCode]).toEqual(['', code])
})
