/**
 * Transcripts of `edgemint token` when it gets no token: no source fits, the platform refuses or
 * does not respond, or the gateway refuses. No secret of the environment is printed.
 */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { spawnCli } from '../cli/support/run.ts'
import { takeSightings } from '../support/canary/watch.ts'
import { closedPort } from '../support/closed-port.ts'
import { REQUEST_SECRET } from './support/platform-server.ts'
import { type SourcesWorld, startSourcesWorld } from './support/sources-world.ts'
import { API } from './support/world.ts'

const LIST_HINT = 'edgemint: hint: npx edgemint token --list-sources'
const FILE_HINT = 'edgemint: hint: with the token in a file, add --token-file FILE'
const DOCTOR_HINT = 'edgemint: hint: to see what the platform needs: npx edgemint doctor --help'
const CLOUDS_HINT =
  'edgemint: hint: on a virtual machine or in a pod with a cloud identity, add --source google, azure-managed-identity or aws'

let world: SourcesWorld
beforeAll(async () => {
  world = await startSourcesWorld(['github-actions', 'gitlab-com'])
})
afterAll(() => world?.close())

const lines = (...said: readonly string[]) => `${said.join('\n')}\n`

describe('edgemint token exits with 2 when no source fits', () => {
  test('and names the list of sources, --token-file, and the sources of machines in a cloud', async () => {
    expect(await world.runToken({})).toEqual({
      stdout: '',
      stderr: lines(
        'edgemint: no source of subject tokens fits this environment',
        LIST_HINT,
        FILE_HINT,
        CLOUDS_HINT,
      ),
      exitCode: 2,
    })
  })

  test('and names both ways in a pod: a mounted token, and the identity of its cloud', async () => {
    const { stderr, exitCode } = await world.runToken({ KUBERNETES_SERVICE_HOST: '10.0.0.1' })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('kubernetes: KUBERNETES_SERVICE_HOST set, but ')
    expect(stderr).toContain(CLOUDS_HINT)
  })

  test('and names the permission that a GitHub Actions job lacks', async () => {
    const { stdout, stderr, exitCode } = await world.runToken({ GITHUB_ACTIONS: 'true' })
    expect([stdout, exitCode]).toEqual(['', 2])
    expect(stderr).toBe(
      lines(
        'edgemint: no source of subject tokens fits this environment; github-actions: GITHUB_ACTIONS set, but not ACTIONS_ID_TOKEN_REQUEST_URL: the job needs permissions: id-token: write',
        LIST_HINT,
      ),
    )
  })

  test('and names the token variables of a GitLab job that has several, without values', async () => {
    const first = await world.mintFor('gitlab-com')
    const second = await world.mint('gitlab-com', 'https://other.example.com')
    const { stdout, stderr, exitCode } = await world.runToken({
      GITLAB_CI: 'true',
      AWS_ID_TOKEN: second,
      VAULT_ID_TOKEN: first,
    })
    expect([stdout, exitCode]).toEqual(['', 2])
    expect(stderr).toBe(
      lines(
        'edgemint: no source of subject tokens fits this environment; gitlab: GITLAB_CI set, but AWS_ID_TOKEN, VAULT_ID_TOKEN contain tokens: the job needs id_tokens: EDGEMINT_SUBJECT_TOKEN',
        LIST_HINT,
      ),
    )
  })

  test.each<[string, readonly string[], string]>([
    ['an unknown name', ['--source', 'nowhere'], '--source must be one of variable, file, '],
    ['two sources', ['--source', 'aws', '--token-file', 'a'], '--source and --token-file cannot'],
  ])('and refuses %s', async (_name, flags, message) => {
    const { stderr, exitCode } = await world.runToken({}, flags)
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(`edgemint: ${message}`)])
  })
})

describe('a platform without a token', () => {
  const job = (url: string) => ({
    GITHUB_ACTIONS: 'true',
    ACTIONS_ID_TOKEN_REQUEST_URL: url,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: REQUEST_SECRET,
  })
  const SOURCE =
    'edgemint: source github-actions: ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN set'

  test('exits with 2 when it refuses, and prints neither its response nor the secret', async () => {
    const { address } = await world.startServer('github-actions')
    expect(await world.runToken(job(`${address}/github?api-version=1.0`))).toEqual({
      stdout: '',
      stderr: lines(
        SOURCE,
        'edgemint: github-actions: the platform answered 403',
        LIST_HINT,
        DOCTOR_HINT,
      ),
      exitCode: 2,
    })
    // The platform of this test returns the secret in its response. No other output contains it.
    expect(takeSightings()).toEqual(['the token canary in answers: 403 of a server of the test'])
  })

  test('exits with 3 when it does not respond, after several tries', async () => {
    const host = `127.0.0.1:${await closedPort()}`
    const environment = { ...job(`http://${host}/`), EDGEMINT_RETRY_SECONDS: '2' }
    const { stdout, stderr, exitCode } = await world.runToken(environment)
    expect([stdout, exitCode]).toEqual(['', 3])
    const fault = `edgemint: github-actions: cannot reach ${host} (ECONNREFUSED)`
    const said = stderr.trimEnd().split('\n')
    expect(said[0]).toBe(`${fault}; trying again in 1 second`)
    expect(said.at(-1)).toMatch(/; [2-9] tries in [1-9] seconds?$/)
    expect(said.at(-1)).toContain(fault)
  })

  test('exits with 2 when its URL is http, and sends no secret', async () => {
    const { stderr, exitCode } = await world.runToken(job('http://github.example.com/'))
    expect([exitCode, stderr]).toEqual([
      2,
      lines(
        SOURCE,
        'edgemint: github-actions: ACTIONS_ID_TOKEN_REQUEST_URL must be https; http is for loopback addresses only',
        LIST_HINT,
        DOCTOR_HINT,
      ),
    ])
  })

  test.each([
    ['fails', 'vault read nothing', 'the command exited with code 64'],
    ['does not exist', 'no-such-command', 'no such file or command'],
    [
      'needs a shell',
      'vault read "a b"',
      'EDGEMINT_SUBJECT_TOKEN_COMMAND must be words without quotes, or a JSON array of words',
    ],
  ])(
    'exits with 2 when its command %s, without the stderr of the command',
    async (_name, command, sentence) => {
      const { stdout, stderr, exitCode } = await world.runToken({
        PATH: `${world.bin}:${process.env.PATH}`,
        EDGEMINT_SUBJECT_TOKEN_COMMAND: command,
      })
      expect([stdout, exitCode]).toEqual(['', 2])
      expect(stderr).toBe(
        lines(
          'edgemint: source command: EDGEMINT_SUBJECT_TOKEN_COMMAND set',
          `edgemint: command: ${sentence}`,
          LIST_HINT,
          DOCTOR_HINT,
        ),
      )
    },
  )

  test('exits with 2 when --source names another platform', async () => {
    const { stderr, exitCode } = await world.runToken({}, ['--source', 'github-actions'])
    expect([exitCode, stderr]).toEqual([
      2,
      lines(
        'edgemint: source github-actions: set by --source',
        'edgemint: github-actions: ACTIONS_ID_TOKEN_REQUEST_TOKEN is not set',
        LIST_HINT,
        DOCTOR_HINT,
      ),
    ])
  })
})

describe('a gateway that refuses', () => {
  test('exits with 1 for wrong claims, with the decision and the failed condition', async () => {
    const EDGEMINT_SUBJECT_TOKEN = await world.mint('github-actions', world.url(), {
      event_name: 'pull_request',
      ref: 'refs/pull/7/merge',
    })
    const { stdout, stderr, exitCode } = await world.runToken({ EDGEMINT_SUBJECT_TOKEN })
    expect([stdout, exitCode]).toEqual(['', 1])
    expect(stderr).toContain('edgemint: source variable: EDGEMINT_SUBJECT_TOKEN set\n')
    expect(stderr).toContain('edgemint: refused: ')
    expect(stderr).toContain('ref must be "refs/heads/main", was "refs/pull/7/merge"')
    expect(stderr).toMatch(/edgemint: hint: the decision is dec_[\w-]+\n$/)
    expect(stderr).not.toContain(EDGEMINT_SUBJECT_TOKEN)
  })

  test('exits with 1 for a wrong audience', async () => {
    const EDGEMINT_SUBJECT_TOKEN = await world.mint('github-actions', 'https://other.example.com')
    const { stderr, exitCode } = await world.runToken({ EDGEMINT_SUBJECT_TOKEN })
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('edgemint: refused: ')])
  })
})

describe('edgemint token prints', () => {
  test('masks for both tokens before any other output in a GitHub Actions job', async () => {
    const subject = await world.mintFor('github-actions')
    const { stdout, stderr, exitCode } = await world.runToken({
      GITHUB_ACTIONS: 'true',
      EDGEMINT_SUBJECT_TOKEN: subject,
    })
    expect(exitCode).toBe(0)
    expect(stderr).toBe(
      `::add-mask::${subject}\n::add-mask::${stdout}edgemint: source variable: EDGEMINT_SUBJECT_TOKEN set\n`,
    )
  })

  test('the whole response with --json, from a token on stdin and settings in variables', async () => {
    const { stdout, exitCode } = await world.runToken(
      { EDGEMINT_SCOPE: 'deploy:read', EDGEMINT_RULE: 'github-actions-workload' },
      ['--json', '--token-file', '-', '--lifetime', '60'],
      await world.mintFor('github-actions'),
    )
    const answer = JSON.parse(stdout) as { access_token: string; expires_in: number }
    expect([exitCode, answer.expires_in, decodeJwt(answer.access_token).aud]).toEqual([0, 60, API])
  })

  test('the token when gateway, resource and audience are only in variables', async () => {
    const { stdout, stderr, exitCode } = await spawnCli(['token'], {
      environment: {
        EDGEMINT_URL: world.url(),
        EDGEMINT_RESOURCE: API,
        EDGEMINT_AUDIENCE: 'https://another.example.com',
        EDGEMINT_SUBJECT_TOKEN_COMMAND: `echo ${await world.mintFor('gitlab-com')}`,
        PATH: process.env.PATH ?? '',
      },
    })
    expect([exitCode, stderr]).toEqual([
      0,
      'edgemint: source command: EDGEMINT_SUBJECT_TOKEN_COMMAND set\n',
    ])
    expect(decodeJwt(stdout.trim()).client_id).toBe('gitlab-com-workload')
  })

  test('the sources and why each fits or not, without a request', async () => {
    const environment = { VERCEL_OIDC_TOKEN: 'secret', TF_BUILD: 'True' }
    const { stdout, exitCode } = await world.runToken(environment, ['--list-sources', '--json'])
    const sources = JSON.parse(stdout) as { source: string; fits: boolean; isNear: boolean }[]
    expect(exitCode).toBe(0)
    expect(sources.filter(({ fits }) => fits)).toEqual([
      { source: 'vercel', fits: true, isNear: false, reason: 'VERCEL_OIDC_TOKEN set' },
    ])
    expect(sources.filter(({ isNear }) => isNear).map(({ source }) => source)).toEqual([
      'azure-devops',
    ])
  })
})
