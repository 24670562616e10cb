/** `edgemint probe` against a real gateway, and against gateways with a fault. */
import { afterAll, describe, expect, it } from 'vitest'
import { startJobWorld } from '../../../scripts/extra/job-world.ts'
import { CHECKS } from '../../../src/cli/operate/probe-cases.ts'
import { closedPort } from '../../support/closed-port.ts'
import { type Reply, startGateway } from '../support/gateway.ts'
import { runCli } from '../support/run.ts'

const world = await startJobWorld()
const fake = await startGateway()
afterAll(() => world.close())

type Report = {
  readonly ok: boolean
  readonly checks: readonly {
    readonly check: string
    readonly status: string
    readonly expected: string
    readonly answer: string
    readonly message: string
    readonly decision_id?: string
    readonly hints?: readonly string[]
  }[]
}

async function probe(
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
) {
  const { stdout, stderr, exitCode } = await runCli(['probe', '--json', ...args], {
    environment: { ...world.environment, ...environment },
  })
  const report = stdout === '' ? undefined : (JSON.parse(stdout) as Report)
  const answers = Object.fromEntries(
    (report?.checks ?? []).map(({ check, status, answer }) => [check, `${status} ${answer}`]),
  )
  return { report, answers, stdout, stderr, exitCode }
}

const REFUSED = {
  altered_signature: 'ok invalid_request',
  unknown_resource: 'ok invalid_target',
  unknown_scope: 'ok invalid_scope',
}

const ISSUED = {
  issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  access_token: 'abc.def.ghi',
  token_type: 'Bearer',
  expires_in: 600,
  scope: 'deploy:read',
  decision_id: 'dec_x',
}

describe('edgemint probe', () => {
  it('passes with a gateway whose rule accepts each token once', async () => {
    const { report, answers, exitCode, stdout } = await probe()
    expect(exitCode).toBe(0)
    expect(report?.ok).toBe(true)
    expect(report?.checks.map(({ check }) => check)).toEqual([...CHECKS])
    expect(answers).toEqual({ ...REFUSED, granted: 'ok issued' })
    for (const { decision_id: id } of report?.checks ?? []) expect(id).toMatch(/^dec_/)
    expect(stdout).not.toContain('eyJ')
  })

  it('prints a line for each check', async () => {
    const { stdout, exitCode } = await runCli(['probe'], { environment: world.environment })
    expect(exitCode).toBe(0)
    expect(
      stdout.replace(/dec_\S{22}/g, 'DECISION'),
    ).toBe(`ok    altered signature: refused with invalid_request (DECISION)
ok    unknown resource: refused with invalid_target (DECISION)
ok    unknown scope: refused with invalid_scope (DECISION)
ok    granted: the issued token is valid with the keys of /jwks.json (DECISION)
`)
  })

  it('fails if the exchange that must work is refused', async () => {
    const { answers, exitCode } = await probe(['--rule', 'nobody'])
    expect(exitCode).toBe(1)
    expect(answers.granted).toBe('fail invalid_request')
  })

  it('does not take a refusal for another cause as the expected one', async () => {
    const { answers, exitCode } = await probe(['--audience', 'https://other.example.com'])
    expect(exitCode).toBe(1)
    expect(answers).toEqual({
      altered_signature: 'ok invalid_request',
      unknown_resource: 'fail invalid_request',
      unknown_scope: 'fail invalid_request',
      granted: 'fail invalid_request',
    })
  })

  it('fails with a gateway that grants everything, and revokes what it issued', async () => {
    fake.answer(({ path }): Reply => {
      if (path === '/revoke') return { status: 200 }
      if (path === '/jwks.json') return { status: 200, body: { keys: [] } }
      return { status: 200, body: ISSUED }
    })
    const { answers, exitCode } = await probe(['--url', fake.url])
    expect(exitCode).toBe(1)
    expect(answers).toEqual({
      altered_signature: 'fail issued',
      unknown_resource: 'fail issued',
      unknown_scope: 'fail issued',
      granted: 'fail issued',
    })
    expect(fake.asked.filter(({ path }) => path === '/revoke')).toHaveLength(4)
    const signatures = fake.asked
      .filter(({ path }) => path === '/token')
      .map(({ body }) => new URLSearchParams(body).get('subject_token')?.split('.')[2] ?? '')
    expect(signatures[0]).not.toBe(signatures[1])
    expect(signatures[0]?.slice(1)).toBe(signatures[1]?.slice(1))
    expect(new Set(signatures.slice(1)).size).toBe(1)
  })

  it('does not judge a token by the page of a server in front of the gateway', async () => {
    const page = { status: 502, text: '<html>', headers: { server: 'cloudflare' } }
    fake.answer(({ path }): Reply => {
      if (path === '/revoke') return { status: 200 }
      if (path === '/jwks.json') return page
      return { status: 200, body: ISSUED }
    })
    const { report, exitCode } = await probe(['--url', fake.url])
    expect(exitCode).toBe(1)
    expect(report?.checks.find(({ check }) => check === 'granted')).toMatchObject({
      status: 'fail',
      message: 'a server in front of the gateway answered (status 502, server cloudflare)',
    })
  })

  it('is unreachable, and not wrong, without an answer', async () => {
    const url = `http://127.0.0.1:${await closedPort()}`
    const { answers, exitCode, report } = await probe(['--url', url])
    expect([exitCode, report?.ok]).toEqual([3, false])
    expect(new Set(Object.values(answers))).toEqual(new Set(['fail unreachable']))
    const hint = expect.stringContaining('nothing listens')
    expect(report?.checks.map(({ hints }) => hints)).toEqual(CHECKS.map(() => [hint]))
    const shown = await runCli(['probe', '--url', url], { environment: world.environment })
    expect(shown.stdout.match(/^ {6}hint: nothing listens/gm)).toHaveLength(1)
    fake.answer(() => ({ status: 503, body: { error: 'temporarily_unavailable' } }))
    expect((await probe(['--url', fake.url])).exitCode).toBe(3)
  })

  it.each([
    ['no resource', { EDGEMINT_RESOURCE: '' }, 2, '--resource'],
    ['a platform without a token', { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'bad' }, 2, '401'],
  ])('makes no exchange with %s', async (_, environment, code, text) => {
    const { stdout, stderr, exitCode } = await probe([], environment)
    expect([exitCode, stdout, stderr]).toEqual([code, '', expect.stringContaining(text)])
  })
})
