import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, describe, expect, it } from 'vitest'
import { startJob } from './support/job.ts'

const { runner, idTokens, inputs } = await startJob()

/** Parses an annotation as the runner shows it. */
function annotation(log: string): { level: string; lines: readonly string[] } {
  const [, level = '', said = ''] = /^::(\w+) title=Edgemint::(.*)\n$/.exec(log) ?? []
  const lines = said.split('%0A').map((line) => line.replaceAll('%25', '%'))
  return { level, lines }
}

describe('a refusal by the gateway', () => {
  it('is one annotation: the description, each failed condition, the decision', async () => {
    idTokens.claim({ repository_id: '999', ref: 'refs/heads/50%::x' })
    const { log, stderr, exitCode, outputs } = await runner.main(inputs)
    expect([exitCode, stderr, outputs]).toEqual([1, '', {}])
    expect(annotation(log)).toEqual({
      level: 'error',
      lines: [
        'refused: no trust rule allows this request; to find out why, give the decision_id to an administrator of this gateway (invalid_request)',
        'deploy: repository_id must be "456789012", was "999"',
        expect.stringMatching(/^the decision is dec_/),
      ],
    })
  })

  it('reports a scope that is not granted', async () => {
    const { log, exitCode } = await runner.main({ ...inputs, scope: 'deploy:delete' })
    expect(exitCode).toBe(1)
    expect(annotation(log).lines).toEqual([
      expect.stringMatching(/^refused: .*\(invalid_scope\)$/),
      'deploy: it does not grant every requested scope',
      expect.stringMatching(/^the decision is dec_/),
    ])
  })

  it('cannot begin a command of the runner with any text', async () => {
    const gateway = await serve(400, {
      error: 'invalid_request',
      error_description:
        'no\n::set-output name=x::y\r%0A::stop-commands::z ##[add-path]/tmp\u001b[2J',
      decision_id: 'dec_1',
    })
    const { log, exitCode } = await runner.main({ ...inputs, url: gateway })
    expect(exitCode).toBe(1)
    expect(log).toBe(
      '::error title=Edgemint::refused: no\\u{a}::set-output name=x::y\\u{d}%250A::stop-commands::z ' +
        '#\\u{23}[add-path]/tmp\\u{1b}[2J (invalid_request)%0Athe decision is dec_1\n',
    )
  })

  it('cannot add lines or commands with the scope that it grants', async () => {
    const scope = 'a\nPATH<<x\n/tmp\nx ##[add-path]/tmp'
    const gateway = await serve(200, {
      access_token: 'a.b~/+c=',
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      token_type: 'Bearer',
      expires_in: 60,
      scope,
      decision_id: 'dec_1\n::add-path::/tmp',
    })
    const order = { url: gateway, output: 'output env git-credential', host: 'a.example' }
    const step = await runner.main({ ...inputs, ...order })
    expect([step.exitCode, step.outputs.scope]).toEqual([0, scope])
    expect(step.outputs['decision-id']).toBe('dec_1\n::add-path::/tmp')
    expect(step.variables).not.toHaveProperty('PATH')
    const commands = step.stdout.split('\n').filter((line) => line.startsWith('::'))
    expect(commands).toEqual([expect.stringMatching(/^::add-mask::eyJ/), '::add-mask::a.b~/+c='])
    expect(step.stdout).not.toContain('##[')
    const store = join(step.state.directory ?? '', 'git-credentials')
    expect(readFileSync(store, 'utf8')).toBe('https://edgemint:a.b~%2F%2Bc%3D@a.example\n')
  })

  it('cannot show the token of the job, which other services accept', async () => {
    const { url, environment, quoted } = await serveQuotes()
    const { log, exitCode } = await runner.main({ ...inputs, url }, environment)
    expect([exitCode, quoted]).toEqual([1, [JOB_TOKEN]])
    expect(log).toBe(
      '::error title=Edgemint::refused: *** is bad (invalid_request)' +
        '%0Adeploy: sub must be "x", was ***%0Athe decision is ***\n',
    )
  })

  it('reports an unreachable gateway', async () => {
    const change = { url: 'http://127.0.0.1:9', 'retry-seconds': '5' }
    const { log, exitCode } = await runner.main({ ...inputs, ...change })
    expect(exitCode).toBe(1)
    expect(annotation(log).lines[0]).toMatch(
      /^cannot reach 127\.0\.0\.1:9.*; \d+ tries in \d seconds$/,
    )
  })

  it('names a sign-in page in front of the gateway', async () => {
    const { log } = await runner.main({ ...inputs, url: await serve(403, '<html>') })
    expect(annotation(log).lines).toEqual([
      'the answer (status 403) is not from a gateway',
      'a server in front of the gateway may have answered, such as a sign-in page or an outbound proxy: let requests to the gateway pass, or check url',
    ])
  })

  it('reports an answer that is not from a gateway', async () => {
    const { log } = await runner.main({ ...inputs, url: await serve(404, 'hello') })
    expect(annotation(log).lines).toEqual([
      'the answer (status 404) is not from a gateway',
      'check url: it is the issuer URL of the gateway',
    ])
  })
})

describe('a job without an OIDC token', () => {
  const none = { ACTIONS_ID_TOKEN_REQUEST_URL: '', ACTIONS_ID_TOKEN_REQUEST_TOKEN: '' }

  it('gets a message with the missing permission', async () => {
    const { log, exitCode } = await runner.main(inputs, none)
    expect(exitCode).toBe(1)
    expect(annotation(log).lines.slice(0, 2)).toEqual([
      'this job may not request an OIDC token from GitHub',
      'add to the job: permissions: { id-token: write }',
    ])
  })

  it.each([
    ['fork', { id: 2 }, 'a pull request from a fork gets no OIDC token'],
    ['deleted fork', null, 'a pull request from a fork gets no OIDC token'],
    ['branch of the repository', { id: 1 }, 'this job may not request an OIDC token from GitHub'],
  ])(
    'gets a message with the reason in a pull request from a %s',
    async (_name, repo, sentence) => {
      const path = join(runner.workspace, 'event.json')
      const event = { pull_request: { head: { repo }, base: { repo: { id: 1 } } } }
      writeFileSync(path, JSON.stringify(event))
      const { log } = await runner.main(inputs, {
        ...none,
        GITHUB_EVENT_NAME: 'pull_request',
        GITHUB_EVENT_PATH: path,
      })
      expect(annotation(log).lines[0]).toBe(sentence)
    },
  )

  it('of pull_request_target gets the message about the permission, because it does not run as a fork', async () => {
    const path = join(runner.workspace, 'event.json')
    const event = { pull_request: { head: { repo: { id: 2 } }, base: { repo: { id: 1 } } } }
    writeFileSync(path, JSON.stringify(event))
    const { log } = await runner.main(inputs, {
      ...none,
      GITHUB_EVENT_NAME: 'pull_request_target',
      GITHUB_EVENT_PATH: path,
    })
    expect(annotation(log).lines[0]).toBe('this job may not request an OIDC token from GitHub')
  })

  it('does not see the secret of the runner in a failure', async () => {
    const secret = 'line\r\nbreak-secret'
    const { log, stderr, exitCode } = await runner.main(inputs, {
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: secret,
    })
    expect(exitCode).toBe(1)
    expect(log + stderr).not.toContain('break-secret')
  })
})

describe('outside of a runner', () => {
  it.each(['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STATE', 'RUNNER_TEMP'])(
    'the step requests no token without %s',
    async (name) => {
      const step = await runner.main({ ...inputs, output: 'file' }, { [name]: '' })
      expect(annotation(step.log).lines[0]).toMatch(new RegExp(`^${name} is not set`))
      expect([step.exitCode, idTokens.audiences]).toEqual([1, []])
    },
  )
})

describe('a path that exists', () => {
  it.each([
    ['file', (path: string) => writeFileSync(path, 'of another program')],
    ['link', (path: string) => symlinkSync(join(runner.workspace, 'elsewhere'), path)],
  ])('as a %s is refused, and not changed, before a token is requested', async (name, take) => {
    const path = join(runner.workspace, `${name}.jwt`)
    take(path)
    const step = await runner.main({ ...inputs, output: 'file', file: path })
    expect([step.exitCode, step.outputs]).toEqual([1, {}])
    expect(step.log).toContain(`cannot create ${path} (EEXIST)`)
    expect(existsSync(join(runner.workspace, 'elsewhere'))).toBe(false)
    expect([idTokens.audiences, step.state.token]).toEqual([[], undefined])
    await runner.post(step)
    if (name === 'file') expect(readFileSync(path, 'utf8')).toBe('of another program')
  })
})

describe('the step requests no token if it cannot write', () => {
  const taken = () => {
    const path = join(runner.workspace, 'taken')
    writeFileSync(path, 'no folder')
    return path
  }
  it.each<[string, () => Readonly<Record<string, string>>, RegExp]>([
    ['a missing folder', () => ({ output: 'file', file: '/no/where/token' }), /ENOENT/],
    ['a folder that is a file', () => ({ output: 'file', file: join(taken(), 'x') }), /ENOTDIR/],
    ['the working directory itself', () => ({ output: 'file', file: '.' }), /EEXIST|EISDIR/],
  ])('to the file of its input: %s', async (_name, change, sentence) => {
    const { log, exitCode, state } = await runner.main({ ...inputs, ...change() })
    expect(annotation(log).lines[0]).toMatch(sentence)
    expect([exitCode, idTokens.audiences, state.token]).toEqual([1, [], undefined])
  })

  it.each(['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STATE'])(
    'to the file that the variable %s names',
    async (name) => {
      const { log, exitCode } = await runner.main(inputs, { [name]: runner.workspace })
      expect(annotation(log).lines[0]).toBe(
        `cannot write ${name}, which is ${runner.workspace} (EISDIR)`,
      )
      expect([exitCode, idTokens.audiences]).toEqual([1, []])
    },
  )

  it('RUNNER_TEMP', async () => {
    const { log, exitCode } = await runner.main(
      { ...inputs, output: 'netrc', host: 'a.example' },
      { RUNNER_TEMP: '/no/where' },
    )
    expect(annotation(log).lines[0]).toBe('cannot create a directory in RUNNER_TEMP (ENOENT)')
    expect([exitCode, idTokens.audiences]).toEqual([1, []])
  })
})

describe('the post step', () => {
  it('warns, and does not fail the job, when the gateway cannot revoke', async () => {
    const step = await runner.main({ ...inputs, output: 'file' })
    const state = { ...step.state, url: 'http://127.0.0.1:9' }
    const { log, exitCode } = await runner.post({ ...step, state })
    expect(exitCode).toBe(0)
    const { level, lines } = annotation(log)
    expect(level).toBe('warning')
    expect(lines[0]).toMatch(/^the token was not revoked: cannot reach 127\.0\.0\.1:9/)
    expect(lines.at(-1)).toBe('it expires at the end of its lifetime')
    expect(existsSync(step.state.directory ?? '')).toBe(false)
  })
})

/** Starts a server that answers every request with this. */
/** Without the text that no output of a test may contain: this gateway is meant to reveal it. */
const JOB_TOKEN = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJqb2IifQ.c2lnbmF0dXJl'

/** A gateway that quotes the token of the job in each part of a refusal that the action shows. */
async function serveQuotes() {
  const quoted: string[] = []
  const platform = await serve(200, { value: JOB_TOKEN })
  const url = await listen(async (request, response) => {
    const token = new URLSearchParams(await text(request)).get('subject_token') ?? ''
    quoted.push(token)
    const condition = { claim: 'sub', expected: '"x"', presented: token, holds: false }
    const body = {
      error: 'invalid_request',
      error_description: `${token} is bad`,
      decision_id: token,
      explanation: [{ rule: 'deploy', outcome: 'condition_failed', conditions: [condition] }],
    }
    response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  return { url, quoted, environment: { ACTIONS_ID_TOKEN_REQUEST_URL: `${platform}/?a=b` } }
}

function serve(status: number, body: unknown): Promise<string> {
  return listen((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
}

async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
