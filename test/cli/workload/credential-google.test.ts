import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import {
  GRANTED,
  grant,
  isEndOfToken,
  REFUSED,
  RESOURCE,
  refuse,
  TOKEN,
  workloadOf,
} from '../support/helper.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()

const JWT = 'urn:ietf:params:oauth:token-type:jwt'
const ID_TOKEN = 'urn:ietf:params:oauth:token-type:id_token'
const PROVIDER =
  '//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/ci/providers/edgemint'
const LIBRARY = {
  GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES: '1',
  GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE: PROVIDER,
  GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE: JWT,
  GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE: '0',
}

function ask(more: Readonly<Record<string, string>> = LIBRARY) {
  return runCli(['credential', 'google'], workloadOf(gateway, '', more))
}

test.each([
  ['a library', LIBRARY, JWT],
  [
    'a library that expects an ID token',
    { ...LIBRARY, GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE: ID_TOKEN },
    ID_TOKEN,
  ],
  ['a user in a shell', {}, JWT],
])('answers %s, and prints nothing but the answer', async (_name, environment, tokenType) => {
  gateway.answer(grant)
  const before = Date.now()
  const { stdout, stderr, exitCode } = await ask({ ...environment, GITHUB_ACTIONS: 'true' })
  const answer = JSON.parse(stdout)
  expect(answer).toEqual({
    version: 1,
    success: true,
    token_type: tokenType,
    id_token: TOKEN,
    expiration_time: answer.expiration_time,
  })
  expect(isEndOfToken(answer.expiration_time, before, Date.now())).toBe(true)
  expect([stderr, exitCode]).toEqual(['', 0])
})

test.each([
  ['the resource of the environment', RESOURCE, RESOURCE],
  ['the provider as a URL when no resource is set', '', `https:${PROVIDER}`],
])('requests a token for %s', async (_name, resource, asked) => {
  gateway.answer(grant)
  await ask({ ...LIBRARY, EDGEMINT_RESOURCE: resource })
  expect(new URLSearchParams(gateway.asked[0]?.body).get('resource')).toBe(asked)
})

test('prints a refusal as JSON', async () => {
  gateway.answer(refuse)
  const { stdout, stderr, exitCode } = await ask()
  expect(JSON.parse(stdout)).toEqual({
    version: 1,
    success: false,
    code: 'REFUSED',
    message: `edgemint: ${REFUSED}; the decision is dec_2`,
  })
  expect([stderr, exitCode]).toEqual(['', 0])
})

test('prints no control character of a gateway', async () => {
  const error_description = 'no\u001b[2J\u202erule'
  gateway.answer(() => ({ status: 400, body: { error: 'invalid_scope', error_description } }))
  expect(JSON.parse((await ask()).stdout).message).toBe(
    'edgemint: refused: no?[2J?rule (invalid_scope)',
  )
})

test.each([
  [
    'executables are not allowed',
    { GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES: '0' },
    'GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES must be 1',
  ],
  [
    'another type of token is expected',
    { GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE: 'urn:ietf:params:oauth:token-type:saml2' },
    `subject_token_type must be ${JWT}`,
  ],
  [
    'revocation is requested',
    { GOOGLE_EXTERNAL_ACCOUNT_REVOKE: '1' },
    'GOOGLE_EXTERNAL_ACCOUNT_REVOKE is not supported: no token is stored',
  ],
  ['there is no gateway', { EDGEMINT_URL: '' }, '--url is required'],
])('reports that %s, and makes no exchange', async (_name, change, sentence) => {
  gateway.answer(grant)
  const { stdout, stderr } = await ask({ ...LIBRARY, ...change })
  expect(JSON.parse(stdout)).toEqual({
    version: 1,
    success: false,
    code: 'USAGE',
    message: `edgemint: ${sentence}`,
  })
  expect([stderr, gateway.asked.length]).toEqual(['', 0])
})

const config = ['credential', 'google-config', '--audience', PROVIDER, '--url', gateway.url]

test('writes a configuration whose executable is the helper', async () => {
  const { stdout, stderr, exitCode } = await runCli(config)
  expect(JSON.parse(stdout)).toEqual({
    type: 'external_account',
    audience: PROVIDER,
    subject_token_type: JWT,
    token_url: 'https://sts.googleapis.com/v1/token',
    credential_source: {
      executable: {
        command: `npx edgemint credential google --url ${gateway.url}`,
        timeout_millis: 120_000,
      },
    },
  })
  expect([stderr, exitCode]).toEqual(['', 0])
})

test('writes the configuration into a file', async () => {
  const path = write('google.json', 'old')
  const { stdout, exitCode } = await runCli([
    ...config,
    ...['--service-account', 'deploy@project.iam.gserviceaccount.com', '--timeout', '60'],
    ...['--command', '/usr/local/bin/edgemint', '--scope', 'a', '--scope', 'b'],
    ...['--resource', 'https://gcp.example.com', '--source', 'gitlab', '--output', path],
  ])
  expect([stdout, exitCode]).toEqual(['', 0])
  const written = JSON.parse(readFileSync(path, 'utf8'))
  expect(written.service_account_impersonation_url).toBe(
    'https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/deploy@project.iam.gserviceaccount.com:generateAccessToken',
  )
  expect(written.credential_source.executable).toEqual({
    command: `/usr/local/bin/edgemint credential google --url ${gateway.url} --resource https://gcp.example.com --source gitlab --scope a --scope b`,
    timeout_millis: 60_000,
  })
})

test.each([
  ['below a file', `${write('a-file', '')}/x.json`, 'a part of its path is not a directory'],
  ['with a long name', 'x'.repeat(300), 'its name is too long'],
])('says why it cannot write a file %s', async (_, path, why) => {
  const { stderr, exitCode } = await runCli([...config, '--output', path])
  expect([exitCode, stderr.split('\n')[0]]).toEqual([2, `edgemint: cannot write ${path}: ${why}`])
})

test('writes a command that the helper accepts', async () => {
  gateway.answer(grant)
  const { stdout } = await runCli([...config, '--resource', 'https://gcp.example.com'])
  const { command } = JSON.parse(stdout).credential_source.executable
  const [, , ...args] = command.split(' ')
  const answer = await runCli(args, workloadOf(gateway, '', LIBRARY))
  expect(JSON.parse(answer.stdout)).toMatchObject({ success: true, id_token: GRANTED.access_token })
  expect(new URLSearchParams(gateway.asked[0]?.body).get('resource')).toBe(
    'https://gcp.example.com',
  )
})

test.each<[string, readonly string[], string]>([
  ['no provider', ['--url', gateway.url], '--audience is required'],
  [
    'an invalid provider',
    ['--url', gateway.url, '--audience', 'https://sts.example.com'],
    '--audience must be the name of a workload identity provider of Google',
  ],
  ['no gateway', ['--audience', PROVIDER], '--url is required'],
  [
    'an invalid service account',
    [...config.slice(2), '--service-account', 'a@b/../c'],
    '--service-account must be the email address of a service account',
  ],
  [
    'a word that the libraries would split differently',
    [...config.slice(2), '--token-file', 'my token.jwt'],
    'a word of the command must not contain a space, a quote, a backslash, $ or `',
  ],
  [
    'a timeout that the libraries refuse',
    [...config.slice(2), '--timeout', '121'],
    '--timeout must be a number of seconds from 5 to 120',
  ],
])('writes no configuration for %s', async (_name, flags, sentence) => {
  const { stdout, stderr, exitCode } = await runCli(['credential', 'google-config', ...flags])
  expect([stdout, exitCode]).toEqual(['', 2])
  expect(stderr.split('\n')[0]).toBe(`edgemint: ${sentence}`)
})
