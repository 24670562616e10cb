/** Commands that ask a gateway of an earlier release for what it does not serve. */
import { expect, test } from 'vitest'
import { PROBLEMS } from '../../../src/contract/problems/problems.ts'
import { startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const flags = ['--url', gateway.url, '--token-file', write('admin.jwt', 'admin.token.text')]
const trust = write('trust.json', '{"version":1,"issuers":{},"resources":{},"rules":[]}')

/** What release 0.2.0 answers. */
const NOT_FOUND = { type: 'about:blank', status: 404, title: 'Not Found' }
const NO_METHOD = { type: 'about:blank', status: 405, title: 'Method Not Allowed' }
const detail = 'this path is not an endpoint'

const OLDER = [
  'edgemint: the gateway is older than this command, and does not know what it asks (status STATUS)',
  'edgemint: hint: upgrade the gateway, or use the release of edgemint that the gateway has',
  '',
].join('\n')

test.each([
  ['ask used', ['ask', 'used', '--rule', 'deploy'], NOT_FOUND],
  ['decisions list', ['decisions', 'list'], NOT_FOUND],
  ['revocations list', ['revocations', 'list'], NO_METHOD],
  ['posture', ['posture'], NOT_FOUND],
  ['trust log', ['trust', 'log'], { ...PROBLEMS.pathUnknown, detail }],
  ['validate', ['validate', trust], { ...PROBLEMS.methodUnsupported, detail: 'use GET' }],
])('%s says that the gateway is older', async (_, args, body) => {
  gateway.answer(() => ({ status: body.status, body }))
  const { stdout, stderr, exitCode } = await runCli([...args, ...flags])
  expect([stdout, exitCode]).toEqual(['', 1])
  expect(stderr).toBe(OLDER.replace('STATUS', String(body.status)))
})

test('an earlier revision is not confused with the one in force', async () => {
  // Release 0.2.0 ignores the parameter.
  const body = { version: 1, issuers: {}, resources: {}, rules: [] }
  gateway.answer(() => ({ status: 200, body, headers: { etag: '"7"' } }))
  const { stderr, exitCode } = await runCli(['trust', 'diff', '2', '3', ...flags])
  expect([stderr, exitCode]).toEqual([OLDER.replace('STATUS', '200'), 1])
})

test.each([
  ['a page of another server', { status: 404, text: '<h1>404</h1>' }, 'is not from a gateway'],
  [
    'what an administrator asks for',
    { status: 404, body: { ...PROBLEMS.notFound, detail: 'no such decision' } },
    'refused: no such decision (404)',
  ],
])('%s is not taken for an older gateway', async (_, reply, message) => {
  gateway.answer(() => reply)
  const { stderr } = await runCli(['decisions', 'list', ...flags])
  expect(stderr).toContain(message)
  expect(stderr).not.toContain('older')
})
