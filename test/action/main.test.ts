import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { API } from '../conformance/support/world.ts'
import { RUNNER_SECRET } from './support/id-tokens.ts'
import { startJob } from './support/job.ts'

const { world, runner, idTokens, inputs, isActive } = await startJob()

const EVERY_FORM = {
  ...inputs,
  output: 'output, env file netrc\nnpmrc,docker git-credential',
  host: 'git.example.com',
  registry: 'packages.example.com',
}

describe('the step', () => {
  it('exchanges the token of the job and passes the issued token to later steps', async () => {
    const step = await runner.main(inputs)
    expect([step.exitCode, step.stderr]).toEqual([0, ''])
    expect(step.outputs).toEqual({
      token: expect.stringMatching(/^eyJ/),
      'expires-at': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      'decision-id': expect.stringMatching(/^dec_/),
      scope: 'deploy:read deploy:write',
    })
    expect(step.variables).toEqual({})
    expect(await isActive(step.outputs.token ?? '')).toBe(true)
  })

  it('masks the token of the job and the issued token before any other output', async () => {
    const { stdout, log, variables } = await runner.main({ ...inputs, output: 'env' })
    const token = variables.EDGEMINT_TOKEN ?? ''
    const [first, second] = stdout.split('\n')
    expect(issuerOf(first?.replace('::add-mask::', '') ?? '')).toMatch(/\/github$/)
    expect(second).toBe(`::add-mask::${token}`)
    expect(stdout).toBe(`${first}\n${second}\n${log}`)
    expect(log).not.toContain(token)
  })

  it('masks each other encoding of the token', async () => {
    const step = await runner.main(EVERY_FORM)
    const token = step.outputs.token ?? ''
    const auth = Buffer.from(`edgemint:${token}`).toString('base64')
    const [, second, third] = step.stdout.split('\n')
    expect([second, third]).toEqual([`::add-mask::${token}`, `::add-mask::${auth}`])
    expect(step.log).not.toMatch(/eyJ|add-mask|\*\*\*/)
    expect(step.log).not.toContain(auth)
  })

  it('logs the resource, the scope, the expiry and the decision, without the token', async () => {
    const { log, outputs } = await runner.main({ ...inputs, scope: 'deploy:read' })
    expect(log.split('\n')).toEqual([
      `edgemint: issued a token for ${API}, scope "deploy:read", valid until ${outputs['expires-at']}`,
      `edgemint: the decision is ${outputs['decision-id']}`,
      '',
    ])
  })

  it('requests the scopes, the rule and the lifetime of the inputs', async () => {
    const { outputs } = await runner.main({
      ...inputs,
      scope: 'deploy:read,\n  deploy:write',
      rule: 'deploy',
      lifetime: '60',
    })
    expect(outputs.scope).toBe('deploy:read deploy:write')
    const [, payload = ''] = outputs.token?.split('.') ?? []
    const { exp, iat } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {
      exp: number
      iat: number
    }
    expect(exp - iat).toBe(60)
  })

  it('requests the given audience from GitHub, or the URL of the gateway', async () => {
    await runner.main(inputs)
    await runner.main({ ...inputs, audience: '' })
    expect(idTokens.audiences).toEqual(['https://sts.example.com', world.url()])
  })

  it('does not reveal the secret of the runner or the token of the job', async () => {
    const { stdout, ...step } = await runner.main(EVERY_FORM)
    // The runner does not show the command that masks the token of the job.
    const said = JSON.stringify(step) + readEverything(runner.temp)
    expect(stdout).not.toContain(RUNNER_SECRET)
    expect(said).not.toContain(RUNNER_SECRET)
    // The issued token has another issuer. A token of GitHub would contain the repository.
    const tokens = [...said.matchAll(/eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/g)]
    expect(tokens.length).toBeGreaterThan(0)
    for (const [token] of tokens) expect(issuerOf(token)).toBe(world.url())
  })

  it('saves for the post step what to revoke and what to remove', async () => {
    const { state, outputs } = await runner.main({ ...inputs, output: 'output file' })
    expect(state).toEqual({
      url: world.url(),
      token: outputs.token,
      directory: dirname(outputs.file ?? ''),
    })
  })
})

describe('the files of the step', () => {
  it('are readable only by the user of the job, in a directory of the step', async () => {
    const { state } = await runner.main(EVERY_FORM)
    const directory = state.directory ?? ''
    expect(dirname(directory)).toBe(runner.temp)
    expect(statSync(directory).mode & 0o777).toBe(0o700)
    const files = listFiles(directory)
    expect(files.length).toBe(6)
    for (const file of files) expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('contain only the token when a path is given', async () => {
    const { outputs, state } = await runner.main({
      ...inputs,
      output: 'output file',
      file: 'issued.jwt',
    })
    const path = join(runner.workspace, 'issued.jwt')
    expect([outputs.file, state.path]).toEqual([path, path])
    expect(readFileSync(path, 'utf8')).toBe(outputs.token)
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })
})

describe('the post step', () => {
  it('revokes the token and removes every file', async () => {
    const step = await runner.main({ ...EVERY_FORM, file: 'later.jwt' })
    const token = step.outputs.token ?? ''
    expect(await isActive(token)).toBe(true)
    const post = await runner.post(step)
    expect(post).toMatchObject({
      exitCode: 0,
      stdout: 'edgemint: the token is revoked\n',
      stderr: '',
    })
    expect(await isActive(token)).toBe(false)
    expect(existsSync(step.state.directory ?? '')).toBe(false)
    expect(existsSync(join(runner.workspace, 'later.jwt'))).toBe(false)
  })

  it('has nothing to do after a step that was refused', async () => {
    const step = await runner.main({ ...inputs, resource: 'https://other.example.com' })
    expect(step.exitCode).toBe(1)
    expect(await runner.post(step)).toMatchObject({ exitCode: 0, stdout: '', stderr: '' })
  })

  it('removes the directory of a step that was refused', async () => {
    const step = await runner.main({ ...EVERY_FORM, resource: 'https://other.example.com' })
    expect(existsSync(step.state.directory ?? '')).toBe(true)
    await runner.post(step)
    expect(existsSync(step.state.directory ?? '')).toBe(false)
  })

  it('removes only a directory that the action created', async () => {
    const step = await runner.main(inputs)
    const state = { ...step.state, directory: runner.workspace }
    expect((await runner.post({ ...step, state })).exitCode).toBe(0)
    expect(existsSync(runner.workspace)).toBe(true)
  })
})

function listFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile())
}

function readEverything(directory: string): string {
  return listFiles(directory)
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n')
}

function issuerOf(token: string): string {
  const [, payload = ''] = token.split('.')
  return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { iss: string }).iss
}
