/** Which connections of each command use the proxy that the environment names. */
import { describe, expect, test } from 'vitest'
import { HOST, startForwardProxy, startRemote } from '../support/forward-proxy.ts'
import { startGateway } from '../support/gateway.ts'
import { GRANTED, grant, RESOURCE, SUBJECT_TOKEN, TOKEN } from '../support/helper.ts'
import { createScratch, spawnCli } from '../support/run.ts'
import { startSts } from '../support/sts.ts'

const gateway = await startGateway()
const sts = await startSts()
const remote = await startRemote((_request, response) => {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(GRANTED))
})
const proxy = await startForwardProxy(remote.port)
const write = createScratch()
const adminToken = write('admin.jwt', TOKEN)
const trust = write('trust.yaml', 'version: 1\nissuers: {}\nresources: {}\nrules: []\n')
const subject = write('subject.jwt', SUBJECT_TOKEN)

const workload = (url: string) => ({
  ...proxy.environment,
  NODE_EXTRA_CA_CERTS: remote.authority,
  EDGEMINT_URL: url,
  EDGEMINT_RESOURCE: RESOURCE,
  EDGEMINT_SUBJECT_TOKEN: SUBJECT_TOKEN,
  EDGEMINT_RETRY_SECONDS: '0',
})

const ROLE = ['--role-arn', 'arn:aws:iam::123456789012:role/deploy']
const GIT = 'protocol=https\nhost=git.example.com\n\n'

type Command = { readonly args: readonly string[]; readonly stdin?: string }
const COMMANDS: readonly Command[] = [
  { args: ['token'] },
  { args: ['exchange', '--token-file', subject] },
  { args: ['exec', '--', process.execPath, '-e', ''] },
  { args: ['doctor'] },
  { args: ['credential', 'git', '--host', 'git.example.com', 'get'], stdin: GIT },
  {
    args: [
      'credential',
      'npm',
      '--registry',
      'https://npm.example.com/',
      '--write',
      write('npmrc', ''),
    ],
  },
  { args: ['credential', 'kubectl'] },
  { args: ['credential', 'google'] },
  { args: ['credential', 'aws', ...ROLE, '--endpoint', sts.url] },
  {
    args: ['credential', 'docker', '--registry', 'docker.example.com', 'get'],
    stdin: 'docker.example.com',
  },
  { args: ['plan', trust, '--token-file', adminToken] },
  { args: ['apply', trust, '--token-file', adminToken] },
  { args: ['rollback', '1', '--token-file', adminToken] },
  { args: ['issuers', '--token-file', adminToken] },
  { args: ['revoke', '--jti', 'a', '--token-file', adminToken] },
]

const withUrl = (args: readonly string[], url: string) => {
  const at = args.indexOf('--')
  const end = at === -1 ? args.length : at
  return [...args.slice(0, end), '--url', url, ...args.slice(end)]
}

describe.each(COMMANDS)('edgemint $args', ({ args, stdin = '' }) => {
  test('connects to a gateway on this machine directly', async () => {
    gateway.answer(grant)
    const environment = workload(gateway.url)
    const { stderr } = await spawnCli(withUrl(args, gateway.url), { stdin, environment })
    expect(gateway.asked.length, stderr).toBeGreaterThan(0)
    expect(proxy.seen).toEqual([])
  })

  test('connects to a gateway elsewhere only through the proxy', async () => {
    const url = `https://${HOST}`
    const environment = workload(url)
    const { stderr } = await spawnCli(withUrl(args, url), { stdin, environment })
    expect(new Set(proxy.seen), stderr).toEqual(new Set([`CONNECT ${HOST}:443`]))
  })
})

test('connects to an STS elsewhere through the proxy', async () => {
  gateway.answer(grant)
  const args = ['credential', 'aws', ...ROLE, '--endpoint', `https://${HOST}/`]
  await spawnCli(args, { environment: workload(gateway.url) })
  expect(proxy.seen).toEqual([`CONNECT ${HOST}:443`])
})

test.each([
  [['token'], 403, '403'],
  [['token'], 407, '407: add user:password@ to its URL'],
  [['credential', 'aws', ...ROLE, '--endpoint', `https://${HOST}/`], 502, '502'],
  [['issuers', '--token-file', adminToken, '--url', `https://${HOST}`], 503, '503'],
])('edgemint %j names the refusal of a proxy (%i)', async (args, status, text) => {
  gateway.answer(grant)
  proxy.refuse(status)
  const isForSts = args.includes('--endpoint')
  const environment = workload(isForSts ? gateway.url : `https://${HOST}`)
  const { stderr, exitCode } = await spawnCli(args, { environment })
  expect(exitCode, stderr).toBe(3)
  expect(stderr).toContain(`cannot reach ${HOST}\n`)
  expect(stderr).toContain(`hint: the proxy of HTTPS_PROXY refused the connection with ${text}\n`)
})

test('sends the login in the URL of the proxy only to the proxy', async () => {
  const url = `https://${HOST}`
  const HTTPS_PROXY = proxy.url.replace('//', '//job:pa%24%24word@')
  const environment = { ...workload(url), HTTPS_PROXY }
  const { stdout, stderr, exitCode } = await spawnCli(['token'], { environment })
  expect([stdout, exitCode]).toEqual([`${TOKEN}\n`, 0])
  expect(proxy.logins).toEqual([`Basic ${Buffer.from('job:pa$$word').toString('base64')}`])
  expect(remote.asked.at(-1)?.headers['proxy-authorization']).toBeUndefined()
  expect(stderr).not.toContain('word')
})

describe('the token of a platform', () => {
  const secret = { EDGEMINT_SUBJECT_TOKEN: '' }
  const answerPlatform = () =>
    gateway.answer(({ path }) => {
      if (path.startsWith('/token')) return grant()
      const headers = { 'metadata-flavor': 'Google' }
      if (path.startsWith('/computeMetadata')) return { status: 200, text: SUBJECT_TOKEN, headers }
      return { status: 200, body: { value: SUBJECT_TOKEN, access_token: SUBJECT_TOKEN } }
    })

  test.each<[string, Record<string, string>]>([
    [
      'github-actions',
      { ACTIONS_ID_TOKEN_REQUEST_URL: gateway.url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'secret' },
    ],
    ['azure-managed-identity', { IDENTITY_ENDPOINT: gateway.url, IDENTITY_HEADER: 'secret' }],
    ['google', { GCE_METADATA_HOST: new URL(gateway.url).host }],
  ])('is requested from %s on this machine without a proxy', async (source, more) => {
    answerPlatform()
    const environment = { ...workload(gateway.url), ...secret, ...more }
    const { stdout, exitCode } = await spawnCli(['token', '--source', source], { environment })
    expect([stdout, exitCode, gateway.asked.length]).toEqual([`${TOKEN}\n`, 0, 2])
    expect(proxy.seen).toEqual([])
  })

  test('is not requested over http when a proxy would read it', async () => {
    const more = { GCE_METADATA_HOST: 'metadata.example' }
    const environment = { ...workload(gateway.url), ...secret, ...more }
    const { stderr, exitCode } = await spawnCli(['token', '--source', 'google'], { environment })
    expect([exitCode, proxy.seen]).toEqual([2, []])
    expect(stderr).toContain(
      'google: HTTP_PROXY would send the request to metadata.example through a proxy: add metadata.example to NO_PROXY\n',
    )
  })
})
