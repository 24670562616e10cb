/** `edgemint doctor` in the environment of a CI job, against a real gateway. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startJobWorld } from '../../../scripts/extra/job-world.ts'
import { STEPS } from '../../../src/cli/operate/doctor/step.ts'
import { closedPort } from '../../support/closed-port.ts'
import { startGateway } from '../support/gateway.ts'
import { runCli } from '../support/run.ts'

const world = await startJobWorld()
afterAll(() => world.close())

type Report = {
  readonly ok: boolean
  readonly steps: readonly {
    readonly step: string
    readonly status: string
    readonly message: string
    readonly details?: readonly string[]
    readonly hint?: string
  }[]
}

async function doctor(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const { stdout, stderr, exitCode } = await runCli(['doctor', '--json', ...args], {
    environment: { ...world.environment, ...environment },
  })
  const report = JSON.parse(stdout) as Report
  const statusOf = (name: string) => report.steps.find(({ step }) => step === name)?.status
  const find = (name: string) => report.steps.find(({ step }) => step === name)
  return { report, statusOf, find, stderr, exitCode, stdout }
}

test('passes all steps of a correct job, and prints no token', async () => {
  const { report, exitCode, stderr, find, stdout } = await doctor([])
  expect([exitCode, stderr, report.ok]).toEqual([0, '', true])
  expect(report.steps.map(({ step }) => step)).toEqual([...STEPS])
  expect(new Set(report.steps.map(({ status }) => status))).toEqual(new Set(['ok']))
  const names = find('subject_token')?.details?.map((line) => line.split(':')[0])
  expect(names).toEqual(['typ', 'alg', 'iss', 'aud', 'iat', 'exp'])
  expect(stdout).not.toMatch(/eyJ|repository|acme/)
})

test('prints the same steps as text', async () => {
  const { stdout, exitCode } = await runCli(['doctor'], { environment: world.environment })
  const lines = stdout.split('\n').filter((line) => !line.startsWith(' '))
  expect(exitCode).toBe(0)
  expect(lines.slice(0, -1).map((line) => line.split(':')[0])).toEqual([
    'ok    source',
    'ok    subject token',
    'ok    audience',
    'ok    gateway',
    'ok    clock',
    'ok    discovery',
    'ok    health',
    'ok    exchange',
    'ok    issued token',
  ])
})

test('makes no exchange without a resource', async () => {
  const { statusOf, exitCode } = await doctor([], { EDGEMINT_RESOURCE: '' })
  expect([exitCode, statusOf('exchange'), statusOf('issued_token')]).toEqual([0, 'skip', 'skip'])
  expect(statusOf('audience')).toBe('ok')
})

test('reports a job without permission for a token, with a hint', async () => {
  const { find, statusOf, exitCode } = await doctor([], {
    GITHUB_ACTIONS: 'true',
    ACTIONS_ID_TOKEN_REQUEST_URL: '',
  })
  expect(exitCode).toBe(2)
  expect(find('source')).toMatchObject({
    status: 'fail',
    hint: 'in the job: permissions: { id-token: write }',
  })
  expect([statusOf('subject_token'), statusOf('exchange')]).toEqual(['skip', 'skip'])
  // The gateway is checked all the same.
  expect(statusOf('health')).toBe('ok')
})

test('reports a GitLab job without id_tokens, with a hint', async () => {
  const { find, exitCode } = await doctor([], {
    GITLAB_CI: 'true',
    ACTIONS_ID_TOKEN_REQUEST_URL: '',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: '',
  })
  expect(exitCode).toBe(2)
  expect(find('source')?.hint).toBe(
    `in the job: id_tokens: { EDGEMINT_SUBJECT_TOKEN: { aud: ${world.gatewayUrl} } }`,
  )
})

test('reports a platform that gives no token', async () => {
  const { find, statusOf, exitCode } = await doctor([], { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'bad' })
  expect(exitCode).toBe(2)
  expect(find('subject_token')).toMatchObject({
    status: 'fail',
    message: 'github-actions: the platform answered 401',
  })
  expect(statusOf('exchange')).toBe('skip')
})

test('reports an audience that the gateway does not expect', async () => {
  const { find, exitCode } = await doctor(['--audience', 'https://sts.example.org'])
  expect(exitCode).toBe(1)
  expect(find('audience')).toMatchObject({
    status: 'warn',
    hint: `--audience ${world.gatewayUrl}`,
  })
  expect(find('exchange')).toMatchObject({
    message: expect.stringMatching(/^refused: /),
    hint: expect.stringMatching(
      new RegExp(`: npx edgemint decisions show dec_[\\w-]+ --url ${world.gatewayUrl}$`),
    ),
  })
})

test('prints the explanation of the gateway', async () => {
  const { find, exitCode, statusOf } = await doctor(['--scope', 'deploy:write'])
  expect(exitCode).toBe(1)
  expect(find('exchange')).toMatchObject({
    status: 'fail',
    message: expect.stringMatching(/\(invalid_scope\)$/),
    details: [
      'deploy: it does not grant every requested scope',
      expect.stringMatching(/^the decision is dec_/),
    ],
    hint: 'request fewer scopes with --scope, or have the rule grant them',
  })
  expect(statusOf('issued_token')).toBe('skip')
})

test('reports a gateway with another issuer', async () => {
  const url = world.gatewayUrl.replace('127.0.0.1', 'localhost')
  const { find, exitCode } = await doctor(['--url', url])
  expect(exitCode).toBe(1)
  expect(find('discovery')).toMatchObject({
    status: 'fail',
    message: `the issuer of the gateway at ${url} is ${world.gatewayUrl}`,
    hint: `use --url ${world.gatewayUrl}, or set ISSUER of the gateway to ${url}`,
  })
})

test('ends with 3 when no server answers, and sends no token', async () => {
  const url = `http://127.0.0.1:${await closedPort()}`
  const { find, statusOf, exitCode } = await doctor(['--url', url])
  expect([exitCode, statusOf('exchange')]).toEqual([3, 'skip'])
  expect(find('gateway')).toMatchObject({
    status: 'fail',
    details: [expect.stringContaining('nothing listens')],
    hint: `curl -v ${url}/health`,
  })
  expect(find('clock')?.message).toBe('no gateway answered')
})

test('reads a token from a file, and reports what is wrong with it', async () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const make = (claims: object) => `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.c2ln`
  const at = Math.floor(Date.now() / 1000)
  const path = join(world.scratch, 'own.jwt')
  const judge = async (claims: object) => {
    writeFileSync(path, make(claims))
    return doctor(['--token-file', path], { EDGEMINT_RESOURCE: '' })
  }
  const ended = await judge({ aud: world.gatewayUrl, exp: at - 1000, iat: at - 2000 })
  expect(ended.find('subject_token')).toMatchObject({
    message: expect.stringMatching(
      /^the token expired 10\d\d seconds ago, by the clock of this machine$/,
    ),
    hint: 'request a token right before the exchange; if this one is new, see the step clock',
  })
  const early = await judge({ aud: world.gatewayUrl, exp: at + 1000, iat: at + 500 })
  expect(early.find('subject_token')).toMatchObject({ status: 'warn', hint: expect.any(String) })
  const shared = await judge({ aud: [world.gatewayUrl, 'https://other.example'], exp: at + 1000 })
  expect(shared.find('audience')).toMatchObject({ status: 'fail' })
  const secret = await judge({ aud: world.gatewayUrl, exp: at + 1000, email: 'a@example.com' })
  expect(secret.stdout).not.toContain('a@example.com')
  writeFileSync(path, 'no-jwt-at-all')
  const none = await doctor(['--token-file', path])
  expect(none.find('subject_token')?.message).toBe('the token of the platform is not a JWT')
  expect(none.stdout).not.toContain('no-jwt-at-all')
})

describe('a gateway with a fault', async () => {
  const gateway = await startGateway()
  let answers: Readonly<Record<string, object>> = {}
  beforeAll(() => {
    answers = { '/.well-known/openid-configuration': { issuer: gateway.url } }
  })

  test('is reported with the part that is not ready', async () => {
    gateway.answer(({ path }) => {
      const health = {
        status: 'not_ready',
        checks: { settings: { ready: true }, signing_keys: { ready: false } },
      }
      return path === '/health'
        ? { status: 503, body: health }
        : { status: 200, body: answers[path] }
    })
    const { find, exitCode } = await doctor(['--url', gateway.url], { EDGEMINT_RESOURCE: '' })
    expect(exitCode).toBe(3)
    expect(find('health')?.message).toBe('the gateway is not ready: signing_keys')
  })

  test('is reported with its warnings, which are no failure', async () => {
    gateway.answer(({ path }) => {
      const health = { status: 'ready', checks: {}, warnings: ['no successor is scheduled'] }
      return { status: 200, body: path === '/health' ? health : answers[path] }
    })
    const { find, exitCode } = await doctor(['--url', gateway.url], { EDGEMINT_RESOURCE: '' })
    expect(exitCode).toBe(0)
    expect(find('health')).toMatchObject({
      status: 'warn',
      details: ['no successor is scheduled'],
    })
  })

  test('is distinguished from a wrong clock of this machine', async () => {
    const date = new Date(Date.now() + 600_000).toUTCString()
    gateway.answer(({ path }) => {
      const body = path === '/health' ? { status: 'ready', checks: {} } : answers[path]
      return { status: 200, body, headers: { date } }
    })
    const { find, exitCode } = await doctor(['--url', gateway.url], { EDGEMINT_RESOURCE: '' })
    expect(exitCode).toBe(1)
    expect(find('clock')).toMatchObject({
      status: 'fail',
      message: expect.stringMatching(/^this machine's clock is (?:59\d|60\d) seconds behind/),
    })
  })

  test.each([
    ['is not called temporary if another server answers', 404, undefined],
    ['that is temporary may work later', 503, 'the same command may work later'],
  ])('%s', async (_, status, hint) => {
    gateway.answer(({ path }) => {
      const body = path === '/health' ? { status: 'ready', checks: {} } : answers[path]
      return path === '/token' ? { status, body: {} } : { status: 200, body }
    })
    const { find } = await doctor(['--url', gateway.url])
    expect(find('exchange')).toMatchObject({ status: 'fail' })
    expect(find('exchange')?.hint).toBe(hint)
  })

  test('receives no token without a discovery document', async () => {
    gateway.answer(() => ({ status: 200, body: { hello: 'there' } }))
    const { find, statusOf, exitCode } = await doctor(['--url', gateway.url])
    expect([exitCode, statusOf('exchange')]).toEqual([3, 'skip'])
    expect(find('discovery')?.status).toBe('fail')
    expect(gateway.asked.filter(({ method }) => method === 'POST')).toEqual([])
  })
})

test.each([
  [[], { EDGEMINT_URL: '' }, '--url is required'],
  [['--source', 'nowhere'], {}, '--source must be one of'],
  [['--source', 'gitlab', '--token-file', 'x'], {}, 'cannot be used together'],
] as const)('ends with 2 for %j', async (args, environment, sentence) => {
  const { stdout, stderr, exitCode } = await runCli(['doctor', ...args], {
    environment: { ...world.environment, ...environment },
  })
  expect([stdout, exitCode]).toEqual(['', 2])
  expect(stderr).toContain(sentence)
})
