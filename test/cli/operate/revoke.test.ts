import { expect, test } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const flags = ['--url', gateway.url, '--token-file', write('admin.jwt', 'admin.token.text\n')]
const leaked = write('leaked.jwt', 'leaked.token.text\n')
const WHY = ['--reason', 'ticket 7']

const JTI = 'Zm9vYmFyYmF6cXV4MTIzNA'
const REPORT = { jti: JTI, revoked_at: 1_795_000_000, expires_at: 1_795_086_520 }
const SAID = `edgemint: ${JTI} was revoked at 2026-11-18T11:06:40Z; the revocation is kept until 2026-11-19T11:08:40Z\n`
const COARSE = {
  grain: 'rule',
  id: 'deploy',
  issued_before: 1_795_000_000,
  stops_issuing: true,
  revoked_at: 1_795_000_000,
  revoked_by: 'admin:7',
  reason: 'ticket 7',
  expires_at: 1_795_086_520,
}

const OWN = 'your own admin token is among the revoked ones: get a new one'

test.each([
  ['its jti', ['--jti', JTI], { jti: JTI }],
  ['the token itself', ['--leaked', leaked], { token: 'leaked.token.text' }],
  ['the token by the other name', ['--token', leaked], { token: 'leaked.token.text' }],
  ['its decision', ['--decision', 'dec_x'], { decision: 'dec_x' }],
  ['its jti, with a reason', ['--jti', JTI, ...WHY], { jti: JTI, reason: 'ticket 7' }],
])('revokes a token by %s', async (_, named, body) => {
  gateway.answer(() => ({ status: 200, body: REPORT }))
  expect(await runCli(['revoke', ...named, ...flags])).toEqual({
    stdout: '',
    stderr: SAID,
    exitCode: 0,
  })
  expect(gateway.asked).toMatchObject([
    { method: 'POST', path: '/admin/v1/revocations', authorization: 'Bearer admin.token.text' },
  ])
  expect(JSON.parse(gateway.asked[0]?.body ?? '')).toEqual(body)
})

test.each([
  ['a rule', ['--rule', 'deploy'], { rule: 'deploy' }],
  ['a subject', ['--subject', 'repo:acme/api'], { subject: 'repo:acme/api' }],
  ['an issuer', ['--issuer', 'github'], { issuer: 'github' }],
  ['a key', ['--key', 'k1'], { key: 'k1' }],
  ['everything', ['--all', '--yes'], { all: true, confirm: true }],
])('revokes the tokens of %s', async (_, named, body) => {
  gateway.answer(() => ({ status: 200, body: COARSE }))
  const { stderr, exitCode } = await runCli(['revoke', ...named, ...WHY, ...flags])
  expect(exitCode).toBe(0)
  const [line, ...more] = stderr.trimEnd().split('\n')
  expect(line).toBe(
    'edgemint: the rule deploy: issuing has stopped until 2026-11-19T11:08:40Z, and no token is valid',
  )
  expect(more).toEqual('all' in body ? [`edgemint: ${OWN}`] : [])
  expect(JSON.parse(gateway.asked[0]?.body ?? '')).toEqual({ ...body, reason: 'ticket 7' })
})

test('revokes what was issued before a moment, and says that issuing goes on', async () => {
  gateway.answer(() => ({ status: 200, body: { ...COARSE, stops_issuing: false } }))
  const named = ['--rule', 'deploy', '--before', '2026-11-18T11:06:40Z']
  const { stderr } = await runCli(['revoke', ...named, ...WHY, ...flags])
  expect(stderr).toContain(
    'tokens issued before 2026-11-18T11:06:40Z are revoked, and issuing goes on',
  )
  expect(JSON.parse(gateway.asked[0]?.body ?? '')).toMatchObject({ before: 1_795_000_000 })
})

test.each([
  ['2026-11-18', '2026-11-18T00:00:00Z'],
  ['2026-11-18T11:06:40Z', '2026-11-18T11:06:40Z'],
])('revokes what was issued before %s, of which a date is the start', async (before, moment) => {
  gateway.answer(() => ({ status: 200, body: { ...COARSE, stops_issuing: false } }))
  await runCli(['revoke', '--rule', 'deploy', '--before', before, ...WHY, ...flags])
  const sent = JSON.parse(gateway.asked[0]?.body ?? '')
  expect(sent.before).toBe(Date.parse(moment) / 1000)
})

test('lifts a stop', async () => {
  gateway.answer(() => ({ status: 200, body: { ...COARSE, stops_issuing: false } }))
  const { exitCode } = await runCli(['revoke', '--rule', 'deploy', '--lift', ...WHY, ...flags])
  expect(exitCode).toBe(0)
  expect(gateway.asked).toMatchObject([{ path: '/admin/v1/revocations/lift' }])
  expect(JSON.parse(gateway.asked[0]?.body ?? '')).toEqual({ rule: 'deploy', reason: 'ticket 7' })
})

test.each([
  ['of everything', ['--all', '--yes'], true],
  ['of a lift of everything', ['--all', '--lift'], true],
  ['of what is older than a moment', ['--all', '--yes', '--before', '2026-01-01'], false],
  ['of a rule', ['--rule', 'deploy'], false],
])('says %s whether the own admin token has ended', async (_, named, isOwn) => {
  gateway.answer(() => ({ status: 200, body: COARSE }))
  const { stderr, exitCode } = await runCli(['revoke', ...named, ...WHY, ...flags])
  expect([exitCode, stderr.includes(OWN)]).toEqual([0, isOwn])
})

test('counts with --dry-run, and says why a count is a lower bound', async () => {
  const body = {
    dry_run: true,
    grain: 'rule',
    id: 'deploy',
    live_tokens: 12,
    lower_bound: true,
    gaps: ['records_purged', 'shard_missing'],
    own_token: true,
  }
  gateway.answer(() => ({ status: 200, body }))
  const result = await runCli(['revoke', '--rule', 'deploy', '--dry-run', ...flags, '--json'])
  expect(JSON.parse(result.stdout)).toEqual(body)
  expect(result.stderr.split('\n')).toEqual([
    'edgemint: the rule deploy: at least 12 live tokens would end; nothing was revoked',
    'edgemint: the count is a lower bound: records were purged, a part of the decision log does not answer',
    'edgemint: your own admin token would end too',
    '',
  ])
})

test('prints the answer of the gateway as JSON', async () => {
  gateway.answer(() => ({ status: 200, body: REPORT }))
  const { stdout } = await runCli(['revoke', '--jti', JTI, ...flags, '--json'])
  expect(JSON.parse(stdout)).toEqual(REPORT)
})

test.each([
  [400, 'nothing was revoked: the token has expired', 1],
  [403, 'the scope revocations:write is required', 1],
  [503, 'revocation_log is unavailable', 3],
])('ends with a refusal when nothing was revoked: %s', async (status, detail, exitCode) => {
  const body = { type: 'about:blank', title: 'x', status, detail }
  gateway.answer(() => ({ status, body }))
  const result = await runCli(['revoke', '--leaked', leaked, ...flags])
  expect(result).toMatchObject({ stdout: '', exitCode })
  expect(result.stderr).toContain(detail)
  expect(result.stderr).not.toContain('leaked.token.text')
})

test('says how to confirm that the own admin token ends too', async () => {
  const message = 'must be true: this ends your own admin token too'
  const problems = [{ code: 'confirmation_missing', path: ['confirm'], message }]
  const body = { type: 'about:blank', title: 'x', status: 400, detail: `confirm ${message}` }
  gateway.answer(() => ({ status: 400, body: { ...body, problems } }))
  const { stderr, exitCode } = await runCli(['revoke', '--rule', 'deploy', ...WHY, ...flags])
  expect(exitCode).toBe(1)
  expect(stderr.split('\n')).toEqual([
    'edgemint: refused: your own admin token would end too, and perhaps your way to get another; nothing was revoked',
    'edgemint: hint: use a token of another administrator, or add --yes',
    '',
  ])
})

test('says that the own admin token ended, if the gateway asks to confirm it', async () => {
  const problems = [{ code: 'confirmation_missing', path: ['confirm'], message: 'must be true' }]
  const refused = { status: 400, body: { title: 'x', detail: 'nothing was revoked', problems } }
  const stored = { status: 200, body: COARSE }
  gateway.answer(({ body }) => (body.includes('confirm') ? stored : refused))
  const args = ['revoke', '--rule', 'deploy', '--yes', ...WHY, ...flags]
  const { stderr, exitCode } = await runCli(args)
  expect(exitCode).toBe(0)
  expect(gateway.asked).toHaveLength(2)
  expect(stderr).toContain(`edgemint: ${OWN}\n`)
  gateway.answer(() => stored)
  expect((await runCli(args)).stderr).not.toContain(OWN)
})

test('does not accept a 200 from another server as a revocation', async () => {
  for (const body of [{}, { jti: JTI }, '', { ...REPORT, jti: 7 }, { ...COARSE, grain: 1 }]) {
    gateway.answer(() => ({ status: 200, body }))
    expect((await runCli(['revoke', '--jti', JTI, ...flags])).exitCode).toBe(3)
  }
})

test.each([
  ['nothing', [], 'name one thing to revoke'],
  ['two things', ['--jti', JTI, '--leaked', leaked], 'name one thing to revoke'],
  ['a rule and everything', ['--rule', 'x', '--all', ...WHY], 'name one thing to revoke'],
  ['a rule without a reason', ['--rule', 'x'], '--rule needs --reason'],
  ['everything without --yes', ['--all', ...WHY], 'repeat it with --yes'],
  ['a moment of one token', ['--jti', JTI, '--before', '2026-01-01'], 'not for one token'],
  ['the end of one token', ['--jti', JTI, '--lift'], 'it stays revoked'],
  [
    'a dry run of a lift',
    ['--rule', 'x', '--lift', '--dry-run', ...WHY],
    '--lift cannot be used together',
  ],
  ['no time', ['--rule', 'x', '--before', 'now', ...WHY], '--before must be a UTC time'],
])('refuses %s and sends nothing', async (_, named, sentence) => {
  const { stderr, exitCode } = await runCli(['revoke', ...named, ...flags])
  expect(exitCode).toBe(2)
  expect(stderr).toContain(sentence)
  expect(gateway.asked).toEqual([])
})

test('reads stdin once', async () => {
  const own = ['--url', gateway.url, '--token-file', '-']
  const { stderr, exitCode } = await runCli(['revoke', '--leaked', '-', ...own])
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('stdin can be read only once')])
})

test('prints the answer as JSON without a command of a runner', async () => {
  const reason = '##[error]x ##vso[task.complete]y \u009b2J \u202e\u2028'
  gateway.answer(() => ({ status: 200, body: { ...COARSE, reason } }))
  const { stdout } = await runCli(['revoke', '--rule', 'deploy', ...WHY, ...flags, '--json'])
  expect(JSON.parse(stdout)).toEqual({ ...COARSE, reason })
  expect(stdout).toMatch(/^[\x20-\x7e]+\n$/)
  expect(stdout).not.toMatch(/##\w*\[/)
})
