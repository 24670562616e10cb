import { expect, test } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const flags = ['--url', gateway.url, '--token-file', write('admin.jwt', 'admin.token.text\n')]
const leaked = write('leaked.jwt', 'leaked.token.text\n')

const JTI = 'Zm9vYmFyYmF6cXV4MTIzNA'
const REPORT = { jti: JTI, revoked_at: 1_795_000_000, expires_at: 1_795_086_520 }
const SAID = `edgemint: ${JTI} was revoked at 2026-11-18T11:06:40Z; the revocation is kept until 2026-11-19T11:08:40Z\n`

test.each([
  ['its jti', ['--jti', JTI], { jti: JTI }],
  ['the token itself', ['--leaked', leaked], { token: 'leaked.token.text' }],
  [
    'its jti, with a reason',
    ['--jti', JTI, '--reason', 'ticket 7'],
    { jti: JTI, reason: 'ticket 7' },
  ],
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

test('does not accept a 200 from another server as a revocation', async () => {
  for (const body of [{}, { jti: JTI }, '', { ...REPORT, jti: 7 }]) {
    gateway.answer(() => ({ status: 200, body }))
    expect((await runCli(['revoke', '--jti', JTI, ...flags])).exitCode).toBe(3)
  }
})

test.each([
  ['neither', [], 'name the token by either --jti or --leaked'],
  ['both', ['--jti', JTI, '--leaked', leaked], 'name the token by either --jti or --leaked'],
])('requires exactly one of --jti and --leaked: %s', async (_, named, sentence) => {
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
