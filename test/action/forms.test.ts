import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startJob } from './support/job.ts'
import { basic, isOnPath, serveHttp } from './support/programs.ts'
import { runProgram } from './support/runner.ts'

const { runner, inputs } = await startJob()

const read = (path: string | undefined) => readFileSync(path ?? '', 'utf8')
const base = () => ({ PATH: process.env.PATH ?? '', HOME: runner.home })

describe('env', () => {
  it('puts the token into EDGEMINT_TOKEN or another named variable', async () => {
    const first = await runner.main({ ...inputs, output: 'env' })
    expect(Object.keys(first.variables)).toEqual(['EDGEMINT_TOKEN'])
    const second = await runner.main({ ...inputs, output: 'env output', 'env-name': 'API_TOKEN' })
    expect(second.variables).toEqual({ API_TOKEN: second.outputs.token })
  })

  it.each([
    ...['NODE_AUTH_TOKEN', 'GIT_PASSWORD', 'RUBYGEMS_API_KEY', 'NPM_TOKEN'],
    ...['CARGO_REGISTRY_TOKEN', 'EDGEMINT_DEPLOY', 'EDGEMINT_SUBJECT_TOKEN'],
    ...['TF_TOKEN_app_example_com', 'TF_TOKEN_xn--80akhbyknj4f'.replace('--', '__'), '_token', 'a'],
  ])('accepts %s, which tools read as a login', async (name) => {
    const { variables } = await runner.main({ ...inputs, output: 'env', 'env-name': name })
    expect(Object.keys(variables)).toEqual([name])
  })

  it('does not set an output', async () => {
    const { outputs } = await runner.main({ ...inputs, output: 'env' })
    expect(outputs).not.toHaveProperty('token')
  })
})

describe('netrc', () => {
  const order = { ...inputs, output: 'output netrc', host: '127.0.0.1', username: 'ci' }

  it('has one machine and no default', async () => {
    const { outputs, variables } = await runner.main(order)
    expect(variables).toEqual({ NETRC: outputs.file })
    expect(read(outputs.file)).toBe(`machine 127.0.0.1\n  login ci\n  password ${outputs.token}\n`)
  })

  it.runIf(isOnPath('curl'))('lets curl log in to that host and to no other', async () => {
    const server = await serveHttp((_request, response) => response.end('here'))
    const { outputs } = await runner.main(order)
    const ask = (host: string) => {
      const url = `http://${host}:${server.port}/`
      const command = ['curl', '-sS', '--noproxy', '*', '--netrc-file', outputs.file ?? '', url]
      return runProgram(command, base(), runner.workspace)
    }
    expect(await ask('127.0.0.1')).toMatchObject({ stdout: 'here', exitCode: 0 })
    expect(await ask('localhost')).toMatchObject({ stdout: 'here', exitCode: 0 })
    expect(server.authorizations).toEqual([basic('ci', outputs.token ?? ''), undefined])
  })
})

describe('netrc in a job with a netrc', () => {
  it('puts the existing entries after its own', async () => {
    const order = { ...inputs, output: 'output netrc' }
    const first = await runner.main({ ...order, host: 'one.example.com' })
    const second = await runner.main({ ...order, host: 'two.example.com' }, first.variables)
    expect(
      read(second.outputs.file)
        .split('\n')
        .filter((line) => /machine/.test(line)),
    ).toEqual(['machine two.example.com', 'machine one.example.com'])
  })
})

describe('npmrc', () => {
  it('has the token for one registry, including its path', async () => {
    const { outputs, variables } = await runner.main({
      ...inputs,
      output: 'output npmrc',
      registry: 'https://npm.example.com/team',
    })
    expect(variables).toEqual({ NPM_CONFIG_USERCONFIG: outputs.file })
    expect(read(outputs.file)).toBe(`//npm.example.com/team/:_authToken=${outputs.token}\n`)
  })

  it('appends its line to the existing configuration', async () => {
    const before = join(runner.workspace, 'before.npmrc')
    writeFileSync(
      before,
      '@acme:registry=https://npm.example.com/\n//npm.example.com/:_authToken=x',
    )
    const { outputs } = await runner.main(
      { ...inputs, output: 'output npmrc', registry: 'npm.example.com' },
      { NPM_CONFIG_USERCONFIG: before },
    )
    expect(read(outputs.file)).toBe(
      `${readFileSync(before, 'utf8')}\n//npm.example.com/:_authToken=${outputs.token}\n`,
    )
  })

  it('lets npm log in', async () => {
    const registry = await serveHttp((request, response) => {
      const isKnown = request.headers.authorization === `Bearer ${issued}`
      response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' })
      response.end(JSON.stringify(isKnown ? { username: 'deployer' } : {}))
    })
    const address = `http://127.0.0.1:${registry.port}/`
    const step = await runner.main({ ...inputs, output: 'output npmrc', registry: address })
    const issued = step.outputs.token
    const npm = process.env.npm_execpath
    const program = npm?.endsWith('npm-cli.js') === true ? [process.execPath, npm] : ['npm']
    const command = [...program, 'whoami', '--registry', address, '--fetch-retries', '0']
    const environment = { ...base(), ...step.variables }
    const { stdout, exitCode } = await runProgram(command, environment, runner.workspace)
    expect([stdout, exitCode]).toEqual(['deployer\n', 0])
  })
})

describe('docker', () => {
  const order = { ...inputs, output: 'output docker', registry: 'registry.example.com:5000' }

  it('is a configuration directory with the login of one registry', async () => {
    const { outputs, variables } = await runner.main(order)
    expect(variables).toEqual({ DOCKER_CONFIG: dirname(outputs.file ?? '') })
    const auth = Buffer.from(`edgemint:${outputs.token}`).toString('base64')
    expect(JSON.parse(read(outputs.file))).toEqual({
      auths: { 'registry.example.com:5000': { auth } },
      credHelpers: {},
    })
  })

  it('copies the existing settings, except those that would hide the login', async () => {
    const before = join(runner.workspace, 'docker')
    mkdirSync(before)
    const settings = {
      auths: { 'ghcr.io': { auth: 'eDp5' } },
      credsStore: 'desktop',
      credHelpers: { 'registry.example.com:5000': 'own', 'gcr.io': 'gcloud' },
      proxies: { default: {} },
    }
    writeFileSync(join(before, 'config.json'), JSON.stringify(settings))
    const { outputs } = await runner.main(order, { DOCKER_CONFIG: before })
    const auth = Buffer.from(`edgemint:${outputs.token}`).toString('base64')
    expect(JSON.parse(read(outputs.file))).toEqual({
      auths: { 'ghcr.io': { auth: 'eDp5' }, 'registry.example.com:5000': { auth } },
      credHelpers: { 'gcr.io': 'gcloud' },
      proxies: { default: {} },
    })
  })

  it('fails on settings that it cannot read, so that none is lost', async () => {
    const before = join(runner.workspace, 'broken')
    mkdirSync(before)
    writeFileSync(join(before, 'config.json'), '{"auths"')
    const step = await runner.main(order, { DOCKER_CONFIG: before })
    expect([step.exitCode, step.variables, step.outputs]).toEqual([1, {}, {}])
    expect(step.stdout).toContain('config.json is not a JSON object')
    // No token was issued before the failure.
    expect([step.state.token, (await runner.post(step)).stdout]).toEqual([undefined, ''])
  })
})

describe('git-credential', () => {
  it('adds one entry without a secret to the configuration in the environment', async () => {
    const { outputs, variables } = await runner.main(
      { ...inputs, output: 'output git-credential', host: 'git.example.com' },
      { GIT_CONFIG_COUNT: '2' },
    )
    expect(variables).toEqual({
      GIT_CONFIG_COUNT: '3',
      GIT_CONFIG_KEY_2: 'include.path',
      GIT_CONFIG_VALUE_2: outputs.file,
    })
    expect(read(outputs.file)).not.toContain(outputs.token)
  })

  it.runIf(isOnPath('git'))('lets git log in to that host only', async () => {
    let token = ''
    const first = await serveRepository(() => basic('edgemint', token))
    const second = await serveRepository(() => basic('edgemint', token))
    const step = await runner.main({
      ...inputs,
      output: 'output git-credential',
      host: `http://127.0.0.1:${first.port}`,
    })
    token = step.outputs.token ?? ''
    // A helper of the machine, which would store the login.
    const kept = join(runner.home, 'kept')
    writeFileSync(
      join(runner.home, '.gitconfig'),
      `[credential]\n\thelper = "store --file='${kept}'"\n`,
    )
    const list = (port: number) =>
      runProgram(
        ['git', 'ls-remote', `http://127.0.0.1:${port}/repository`],
        { ...base(), ...step.variables, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1' },
        runner.workspace,
      )
    const answer = await list(first.port)
    expect(answer.exitCode).toBe(0)
    expect(answer.stdout).toContain(`${COMMIT}\trefs/heads/main\n`)
    expect(first.authorizations[0]).toBeUndefined()
    expect(() => readFileSync(kept)).toThrow(/ENOENT/)
    expect((await list(second.port)).exitCode).toBe(128)
    expect(second.authorizations.filter((header) => header !== undefined)).toEqual([])
    // After the job, git works without it.
    await runner.post(step)
    rmSync(join(runner.home, '.gitconfig'))
    const after = await list(first.port)
    expect(after.exitCode).toBe(128)
    expect(after.stderr).toContain('could not read Username')
  })
})

const COMMIT = '4f1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192'

/** A repository with one branch over git's plain HTTP. It requires the expected login. */
function serveRepository(expected: () => string) {
  return serveHttp((request, response) => {
    if (request.headers.authorization !== expected()) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end()
      return
    }
    const isRefs = request.url?.startsWith('/repository/info/refs') === true
    response.writeHead(200, { 'content-type': 'text/plain' })
    response.end(isRefs ? `${COMMIT}\trefs/heads/main\n` : 'ref: refs/heads/main\n')
  })
}
