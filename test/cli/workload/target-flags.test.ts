/** What every gateway refuses is refused before anything is sent, also to the platform. */
import { afterAll, expect, test } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
afterAll(() => expect(gateway.asked).toEqual([]))
const write = createScratch()
const API = 'https://api.example.com'

const POOL = '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/a/providers/b'
/** A source that asks the platform for a token. */
const environment = {
  EDGEMINT_URL: gateway.url,
  ACTIONS_ID_TOKEN_REQUEST_URL: `${gateway.url}/token`,
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token',
  GITHUB_ACTIONS: 'true',
  GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES: '1',
}

const COMMANDS: readonly (readonly [name: string, ...more: readonly string[]])[] = [
  ['token'],
  ['exchange', '--token-file', write('token.jwt', 'header.payload.signature')],
  ['exec', '--', 'true'],
  ['proxy', '--listen', '127.0.0.1:0', '--upstream', API],
  ['doctor'],
  ['probe'],
  ['credential kubectl'],
  ['credential npm', '--registry', API, '--write', write('npmrc', '')],
  ['credential aws', '--role-arn', 'arn:aws:iam::123456789012:role/a', '--region', 'eu-central-1'],
  ['credential google-config', '--audience', POOL, '--url', gateway.url],
]

const RESOURCE = 'one absolute URI without spaces and fragment, such as https://api.example.com'
const RULES = 'the name of one rule, without spaces'
const FAULTS: readonly (readonly [flag: string, value: string, sentence: string])[] = [
  ['resource', 'x', `must be ${RESOURCE}`],
  ['resource', 'api.example.com/v1', `must be ${RESOURCE}`],
  ['resource', `${API}#a`, `must be ${RESOURCE}`],
  ['resource', `${API} /v1`, `must be ${RESOURCE}`],
  ['resource', `${API}/${'a'.repeat(2048)}`, 'has more than 2048 characters'],
  ['rule', 'a b', `must be ${RULES}`],
  ['lifetime', '9', 'must be a whole number of seconds, 10 or more'],
  ['scope', 'a b', 'must be one scope without spaces: repeat the flag for more'],
]

test.each(COMMANDS)('%s sends nothing if its target is invalid', async (name, ...more) => {
  for (const [flag, value, sentence] of FAULTS) {
    if (name === 'credential google-config' && flag !== 'resource') continue
    const others = flag === 'resource' ? [] : ['--resource', API]
    const args = [...name.split(' '), `--${flag}`, value, ...others, ...more]
    const { stdout, stderr, exitCode } = await runCli(args, { environment })
    expect([args, exitCode, stdout]).toEqual([args, 2, ''])
    expect(stderr.split('\n')[0]).toBe(`edgemint: --${flag} ${sentence}`)
  }
})

test.each([
  ['EDGEMINT_URL', 'http://sts.example.com', 'must be https; http is for loopback addresses only'],
  ['EDGEMINT_RESOURCE', 'x', `must be ${RESOURCE}`],
  ['EDGEMINT_RULE', 'a b', `must be ${RULES}`],
])('names the variable %s if its value is invalid', async (variable, value, sentence) => {
  const invalid = { ...environment, EDGEMINT_RESOURCE: API, [variable]: value }
  for (const command of ['token', 'exchange', 'probe', 'doctor']) {
    const { stderr, exitCode } = await runCli(
      [command, '--token-file', write('token.jwt', 'header.payload.signature')],
      { environment: invalid },
    )
    expect([exitCode, stderr.split('\n')[0]]).toEqual([2, `edgemint: ${variable} ${sentence}`])
  }
  // The flag takes precedence, so a message about it names it.
  const flag = `--${variable.slice('EDGEMINT_'.length).toLowerCase()}`
  const { stderr } = await runCli(['probe', flag, value], { environment: invalid })
  expect(stderr.split('\n')[0]).toBe(`edgemint: ${flag} ${sentence}`)
})

test('names the variable if only the program of exec has a flag of this name', async () => {
  const token = write('token.jwt', 'header.payload.signature')
  const { stderr } = await runCli(
    ['exec', '--token-file', token, '--', 'true', '--resource', API],
    { environment: { ...environment, EDGEMINT_RESOURCE: 'x' } },
  )
  expect(stderr.split('\n')[0]).toBe(`edgemint: EDGEMINT_RESOURCE must be ${RESOURCE}`)
})
