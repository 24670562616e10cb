import { expect, test } from 'vitest'
import { defaultSessionName } from '../../../src/cli/workload/credentials/role-options.ts'
import { readCredentials } from '../../../src/cli/workload/credentials/sts-answer.ts'
import { startGateway } from '../support/gateway.ts'
import { GRANTED, grant, REFUSED, refuse, TOKEN, workloadOf } from '../support/helper.ts'
import { runCli } from '../support/run.ts'
import { CREDENTIALS, renderGranted, renderRefused, startSts } from '../support/sts.ts'

const gateway = await startGateway()
const sts = await startSts()
const ROLE = 'arn:aws:iam::123456789012:role/deploy'
const helper = ['credential', 'aws', '--role-arn', ROLE, '--endpoint', sts.url]

function ask(flags: readonly string[] = []) {
  return runCli([...helper, ...flags], workloadOf(gateway))
}

test('prints the credentials of the role in the format of credential_process', async () => {
  gateway.answer(grant)
  const { stdout, stderr, exitCode } = await ask()
  expect(JSON.parse(stdout)).toEqual({ Version: 1, ...CREDENTIALS })
  expect([stderr, exitCode]).toEqual(['', 0])
})

test('sends only the issued token, and names the session after the decision', async () => {
  gateway.answer(grant)
  await ask()
  const [{ form, authorization } = { form: new URLSearchParams(), authorization: '' }] = sts.asked
  expect(Object.fromEntries(form)).toEqual({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: ROLE,
    RoleSessionName: GRANTED.decision_id,
    WebIdentityToken: TOKEN,
  })
  expect(authorization).toBeUndefined()
})

test('requests the session and the duration of the flags', async () => {
  gateway.answer(grant)
  await ask(['--session-name', 'nightly@main', '--duration', '900'])
  const form = sts.asked[0]?.form
  expect(form?.get('RoleSessionName')).toBe('nightly@main')
  expect(form?.get('DurationSeconds')).toBe('900')
})

test('uses a session name that AWS accepts for any decision id', () => {
  expect(defaultSessionName('dec_a-B9')).toBe('dec_a-B9')
  expect(defaultSessionName('dec:1')).toBe('edgemint')
  expect(defaultSessionName('d'.repeat(65))).toBe('edgemint')
})

test.each<[string, string]>([
  ['a document type', `<!DOCTYPE x [<!ENTITY a "b">]>${renderGranted()}`],
  ['a document type behind the declaration', `<?xml version="1.0"?><!DOCTYPE x>${renderGranted()}`],
  ['a comment', renderGranted().replace('<Credentials>', '<!-- --><Credentials>')],
  ['an entity', renderGranted({ ...CREDENTIALS, SecretAccessKey: 'secret&amp;key' })],
  ['an element inside', renderGranted({ ...CREDENTIALS, SessionToken: '<b>token-token</b>' })],
  [
    'an element twice',
    renderGranted()
      .replace('<Audience>', '<AccessKeyId>x</AccessKeyId><Audience>')
      .replace(
        '</Credentials>',
        `<AccessKeyId>${CREDENTIALS.AccessKeyId}</AccessKeyId></Credentials>`,
      ),
  ],
  [
    'two sets of credentials',
    renderGranted().replace('<Audience>', '<Credentials></Credentials><Audience>'),
  ],
  ['no session token', renderGranted({ ...CREDENTIALS, SessionToken: '' })],
  ['an invalid time', renderGranted({ ...CREDENTIALS, Expiration: 'tomorrow' })],
  [
    'a date that does not exist',
    renderGranted({ ...CREDENTIALS, Expiration: '2099-13-31T23:59:59Z' }),
  ],
  [
    'a line end in the secret',
    renderGranted({ ...CREDENTIALS, SecretAccessKey: 'secret\nsecret' }),
  ],
  ['an error', renderRefused('AccessDenied', 'no')],
  [
    'an answer about another action',
    renderGranted().replaceAll('AssumeRoleWithWebIdentityResponse', 'AssumeRoleResponse'),
  ],
  ['JSON', JSON.stringify({ AssumeRoleWithWebIdentityResponse: CREDENTIALS })],
])('reads no credentials from an answer with %s', (_name, text) => {
  expect(readCredentials(renderGranted())).toBeDefined()
  expect(readCredentials(text)).toBeUndefined()
})

test.each([
  ['no credentials', '<html></html>'],
  ['more bytes than the limit', renderGranted() + ' '.repeat(65_536)],
])('rejects an answer with %s', async (_name, text) => {
  gateway.answer(grant)
  sts.answer(() => ({ status: 200, text }))
  expect(await ask()).toEqual({
    stdout: '',
    stderr:
      'edgemint: the answer (status 200) is not an answer of AWS STS\nedgemint: hint: check --region or --endpoint\n',
    exitCode: 3,
  })
})

test('follows no redirect, which would send the token to another host', async () => {
  gateway.answer(grant)
  sts.answer(() => ({ status: 307, headers: { location: gateway.url } }))
  const { stderr, exitCode } = await ask()
  expect([exitCode, gateway.asked.length, sts.asked.length]).toEqual([3, 1, 1])
  expect(stderr.split('\n')[0]).toBe(
    'edgemint: the answer (status 307) is not an answer of AWS STS',
  )
})

test('sends no request to AWS when the gateway refuses', async () => {
  gateway.answer(refuse)
  const { stdout, stderr, exitCode } = await ask()
  expect([stdout, exitCode, sts.asked.length]).toEqual(['', 1, 0])
  expect(stderr.split('\n')[0]).toBe(`edgemint: ${REFUSED}`)
})

const region = (name: string) => ['--role-arn', ROLE, '--region', name]

test.each<[string, readonly string[], string]>([
  ['no role', [], '--role-arn is required'],
  ['an invalid role', ['--role-arn', 'deploy'], '--role-arn must be the ARN of a role'],
  ['no region', ['--role-arn', ROLE], '--region is required'],
  [
    'a region with a host in it',
    region('eu-central-1.evil.org/'),
    '--region must be an AWS region such as eu-central-1',
  ],
  [
    'http to another machine',
    ['--role-arn', ROLE, '--endpoint', 'http://sts.example.com'],
    '--endpoint must be https; http is for loopback addresses only',
  ],
  [
    'a session name that AWS refuses',
    [...region('eu-central-1'), '--session-name', 'a b'],
    '--session-name must be 2 to 64 of the characters A-Z a-z 0-9 _+=,.@-',
  ],
  [
    'a duration that AWS refuses',
    [...region('eu-central-1'), '--duration', '60'],
    '--duration must be a number of seconds from 900 to 43200',
  ],
])('refuses %s before the exchange', async (_name, flags, sentence) => {
  gateway.answer(grant)
  const args = ['credential', 'aws', ...flags]
  const { stdout, stderr, exitCode } = await runCli(args, workloadOf(gateway))
  expect([stdout, exitCode, gateway.asked.length]).toEqual(['', 2, 0])
  expect(stderr.split('\n')[0]).toBe(`edgemint: ${sentence}`)
})
