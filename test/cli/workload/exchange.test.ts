import { expect, test } from 'vitest'
import { closedPort } from '../../support/closed-port.ts'
import { startGateway } from '../support/gateway.ts'
import { SUBJECT_TOKEN } from '../support/helper.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()

const TOKEN = 'header.payload.signature'
const GRANTED = {
  access_token: TOKEN,
  issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  token_type: 'Bearer',
  expires_in: 600,
  scope: 'deploy:read',
  decision_id: 'dec_1',
}
const tokenFile = write('subject.jwt', `${SUBJECT_TOKEN}\n`)
const args = [
  ...['exchange', '--url', gateway.url, '--token-file', tokenFile],
  ...['--resource', 'https://api.example.com'],
]

test('prints only the token', async () => {
  gateway.answer(() => ({ status: 200, body: GRANTED }))
  expect(await runCli(args)).toEqual({ stdout: `${TOKEN}\n`, stderr: '', exitCode: 0 })
})

test('prints the whole answer with --json', async () => {
  gateway.answer(() => ({ status: 200, body: GRANTED }))
  const { stdout, stderr, exitCode } = await runCli([...args, '--json'])
  expect([JSON.parse(stdout), stderr, exitCode]).toEqual([GRANTED, '', 0])
})

test('sends the values of the flags, and the token without its line end', async () => {
  gateway.answer(() => ({ status: 200, body: GRANTED }))
  await runCli([
    ...[...args, '--scope', 'deploy:read', '--scope', 'deploy:write'],
    ...['--rule', 'deploy', '--lifetime', '60'],
  ])
  const form = new URLSearchParams(gateway.asked[0]?.body)
  expect(form.get('subject_token')).toBe(SUBJECT_TOKEN)
  expect(form.get('resource')).toBe('https://api.example.com')
  expect(form.get('scope')).toBe('deploy:read deploy:write')
  expect(form.get('rule')).toBe('deploy')
  expect(form.get('expires_in')).toBe('60')
})

test('reads the token from stdin', async () => {
  gateway.answer(() => ({ status: 200, body: GRANTED }))
  const fromStdin = args.map((argument) => (argument === tokenFile ? '-' : argument))
  const { exitCode } = await runCli(fromStdin, { stdin: 'from.stdin.text\r\n' })
  expect(exitCode).toBe(0)
  expect(new URLSearchParams(gateway.asked[0]?.body).get('subject_token')).toBe('from.stdin.text')
})

test('has GitHub Actions mask both tokens before the issued one is printed', async () => {
  gateway.answer(() => ({ status: 200, body: GRANTED }))
  const { stdout, stderr } = await runCli(args, { environment: { GITHUB_ACTIONS: 'true' } })
  const subject = new URLSearchParams(gateway.asked[0]?.body).get('subject_token')
  expect(stdout).toBe(`${TOKEN}\n`)
  expect(stderr).toBe(`::add-mask::${subject}\n::add-mask::${TOKEN}\n`)
})

test('has GitHub Actions mask the subject token before a refusal that may quote it', async () => {
  gateway.answer(() => ({ status: 400, body: { error: 'invalid_request' } }))
  const { stderr } = await runCli(args, { environment: { GITHUB_ACTIONS: 'true' } })
  const subject = new URLSearchParams(gateway.asked[0]?.body).get('subject_token')
  expect(stderr.split('\n')[0]).toBe(`::add-mask::${subject}`)
})

test('has GitHub Actions mask the actor token before a refusal that may quote it', async () => {
  const actorFile = write('actor.jwt', 'actor.token.text')
  gateway.answer(() => ({ status: 400, body: { error: 'invalid_request' } }))
  const { stderr } = await runCli([...args, '--actor-token-file', actorFile], {
    environment: { GITHUB_ACTIONS: 'true' },
  })
  expect(new URLSearchParams(gateway.asked[0]?.body).get('actor_token')).toBe('actor.token.text')
  expect(stderr.split('\n').slice(0, 2)).toContain('::add-mask::actor.token.text')
})

test('reports the reasons that the gateway gives for a refusal', async () => {
  gateway.answer(() => ({
    status: 400,
    body: {
      error: 'invalid_request',
      error_description: 'no rule allows this',
      decision_id: 'dec_2',
      explanation: [
        {
          rule: 'deploy-api-from-main',
          outcome: 'condition_failed',
          conditions: [
            { claim: 'ref', holds: true, expected: '"refs/heads/main"', presented: '"x"' },
            { claim: 'event_name', holds: false, expected: '"push"', presented: '"pull_request"' },
            { claim: 'environment', holds: false, expected: '"production"', presented: null },
          ],
        },
        { rule: 'old', outcome: 'expired', conditions: [] },
        {
          rule: 'wide',
          outcome: 'template_unrenderable',
          conditions: [],
          template: {
            template: 'subject',
            claim: 'ref',
            cause: 'result_too_long',
            length: 271,
            limit: 255,
          },
        },
      ],
    },
  }))
  expect(await runCli(args)).toEqual({
    stdout: '',
    stderr: [
      'edgemint: refused: no rule allows this (invalid_request)',
      'edgemint: hint: deploy-api-from-main: event_name must be "push", was "pull_request"',
      'edgemint: hint: deploy-api-from-main: environment must be "production", was absent',
      'edgemint: hint: old: it has expired',
      'edgemint: hint: wide: the template of subject does not render: the result has 271 bytes, and 255 are allowed; use {ref|sha256}',
      'edgemint: hint: the decision is dec_2',
      '',
    ].join('\n'),
    exitCode: 1,
  })
})

test('prints no control character of a gateway', async () => {
  const error_description = 'no\u001b[2J\u202erule'
  gateway.answer(() => ({ status: 400, body: { error: 'invalid_scope', error_description } }))
  const { stderr } = await runCli(args)
  expect(stderr).toBe('edgemint: refused: no\\u{1b}[2J\\u{202e}rule (invalid_scope)\n')
})

const ONCE = { environment: { EDGEMINT_RETRY_SECONDS: '0' } }

test('ends with 3 when the gateway is temporarily unavailable, and reports when to try again', async () => {
  gateway.answer(() => ({
    status: 503,
    headers: { 'retry-after': '5' },
    body: { error: 'temporarily_unavailable', error_description: 'try again' },
  }))
  expect(await runCli(args, ONCE)).toEqual({
    stdout: '',
    stderr:
      'edgemint: try again (temporarily_unavailable)\nedgemint: hint: try again in 5 seconds\n',
    exitCode: 3,
  })
})

test('ends with 3 when the answer is not from a gateway', async () => {
  gateway.answer(() => ({ status: 404 }))
  expect(await runCli(args)).toEqual({
    stdout: '',
    stderr: [
      'edgemint: the answer (status 404) is not from a gateway',
      'edgemint: hint: check --url: it is the issuer URL of the gateway',
      '',
    ].join('\n'),
    exitCode: 3,
  })
})

test('suggests to check --url when the gateway has no endpoint', async () => {
  const body = { error: 'invalid_request', error_description: 'not found' }
  gateway.answer(() => ({ status: 404, body }))
  const { stderr, exitCode } = await runCli(args)
  expect([exitCode, stderr]).toEqual([
    1,
    'edgemint: refused: not found (invalid_request)\nedgemint: hint: check --url: there is no endpoint at this address\n',
  ])
})

test('ends with 3 when no server answers', async () => {
  const host = `127.0.0.1:${await closedPort()}`
  const { stdout, stderr, exitCode } = await runCli(
    args.map((argument) => (argument === gateway.url ? `http://${host}` : argument)),
    ONCE,
  )
  expect([stdout, exitCode]).toEqual(['', 3])
  expect(stderr).toBe(
    `edgemint: cannot reach ${host} (ECONNREFUSED)\nedgemint: hint: nothing listens at this address and port: check both, and that the server runs\n`,
  )
})

test.each([
  ['nothing', '\n', 'contains no token'],
  ['more than a token', 'TOKEN=a b\n', 'contains more than a token'],
  ['a quoted token', '"a.b.c"\n', 'contains more than a token'],
  ['an answer of the platform', '{"value":"a.b.c"}', 'contains more than a token'],
  ['an unset variable', '$CI_JOB_TOKEN', 'contains more than a token'],
  ['far too much', 'x'.repeat(40_000), 'is larger than 32768 bytes'],
])('refuses a token file with %s, without showing it', async (name, content, sentence) => {
  const path = write(`${name.length}.jwt`, content)
  const { stdout, stderr, exitCode } = await runCli(
    args.map((argument) => (argument === tokenFile ? path : argument)),
  )
  expect([stdout, exitCode, gateway.asked.length]).toEqual(['', 2, 0])
  expect(stderr.split('\n')[0]).toBe(`edgemint: ${path} ${sentence}`)
})

test('refuses a resource with a space, and names the flag', async () => {
  const flags = ['--url', 'https://sts.example.com', '--token-file', tokenFile]
  const { stderr, exitCode } = await runCli([
    'exchange',
    ...flags,
    '--resource',
    'https://api.example.com /v1',
  ])
  expect(exitCode).toBe(2)
  expect(stderr).toMatch(/^edgemint: --resource must be one absolute URI without spaces/)
})

test.each(['a b', ' a', 'a"b'])('refuses %j as one scope, and names the flag', async (scope) => {
  const { stderr, exitCode } = await runCli([...args, '--scope', scope])
  expect(exitCode).toBe(2)
  expect(stderr).toMatch(
    /^edgemint: --scope must be one scope without spaces: repeat the flag for more\n/,
  )
})
