/**
 * Tests the credential helpers with the programs that use them: real git and npm, a gateway, and
 * servers that verify their tokens. The commands are those of docs/credentials.md.
 */
import { appendFileSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createVerifier } from '../../src/verify/index.ts'
import { renderGranted, renderRefused, startSts } from '../cli/support/sts.ts'
import { createHome, type Guarded, startGuarded } from './support/tools.ts'
import { API, root, startWorld, type World } from './support/world.ts'

const docs = readFileSync(join(root, 'docs/credentials.md'), 'utf8')
const home = createHome()
const sts = await startSts()
let world: World
let server: Guarded
/** The variable that a pipeline sets: the token of the platform. */
let job: Readonly<Record<string, string>>
let refusedJob: Readonly<Record<string, string>>

const COMMIT = 'a'.repeat(40)
const PAGES = {
  '/team/project.git/info/refs': `${COMMIT}\trefs/heads/main\n`,
  '/team/project.git/HEAD': 'ref: refs/heads/main\n',
  '/-/whoami': JSON.stringify({ username: 'github-8123456' }),
  '/thing': JSON.stringify({
    name: 'thing',
    'dist-tags': { latest: '1.2.3' },
    versions: { '1.2.3': { name: 'thing', version: '1.2.3', dist: {} } },
  }),
}

beforeAll(async () => {
  world = await startWorld()
  const verifier = createVerifier({ issuer: world.url(), audience: API })
  const accepts = (token: string) =>
    verifier.verify(token).then(
      () => true,
      () => false,
    )
  server = await startGuarded(PAGES, accepts)
  job = { EDGEMINT_SUBJECT_TOKEN: await world.mint() }
  const claims = { repository_id: '1', repository_owner_id: '1' }
  refusedJob = { EDGEMINT_SUBJECT_TOKEN: await world.mint({ claims }) }
})
afterAll(() => world.close())

/** Returns a block of one section of the page, with the addresses of this test. */
function block(section: string, language: string, index = 0): string {
  const text = docs.split(/^## /m).find((part) => part.startsWith(`${section}\n`)) ?? ''
  const fence = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm')
  const code = [...text.matchAll(fence)][index]?.[1] ?? ''
  expect(code).not.toBe('')
  return code
    .replaceAll('https://sts.example.com', world.url())
    .replaceAll(/--resource(,?) https:\/\/[a-z0-9.]+/g, `--resource$1 ${API}`)
    .replaceAll(/https:\/\/(?:git|npm)\.example\.com/g, server.url)
    .replaceAll(/\b(?:git|npm|registry)\.example\.com/g, server.host)
}

describe('git', () => {
  it('lists a repository with a token from the helper', async () => {
    const { stdout, exitCode } = await home.run(block('git', 'sh'), job)
    expect([stdout, exitCode]).toEqual([`${COMMIT}\tHEAD\n${COMMIT}\trefs/heads/main\n`, 0])
  })

  it('fills, approves and rejects a credential', async () => {
    const ask = `printf 'protocol=http\\nhost=${server.host}\\n\\n' | git credential`
    const { stdout } = await home.run(`${ask} fill`, job)
    expect(stdout).toMatch(/^(?:password|credential)=[\w-]+\.[\w-]+\.[\w-]+$/m)
    for (const action of ['approve', 'reject']) {
      const line = `printf '%s' "$FILLED" | git credential ${action}`
      const done = await home.run(line, { ...job, FILLED: stdout })
      expect(done).toEqual({ stdout: '', stderr: '', exitCode: 0 })
    }
  })

  it('sends a token to no other host', async () => {
    const line = `git config --global credential.helper "$(git config --global --get-urlmatch credential.helper ${server.url})"`
    await home.run(line)
    const other = await startGuarded(PAGES, () => Promise.resolve(true))
    const { stderr, exitCode } = await home.run(`git ls-remote ${other.url}/team/project.git`, job)
    expect(exitCode).not.toBe(0)
    expect(stderr).toContain(`no token for ${other.host}: it is not in --host`)
    expect(other.seen).toEqual([])
  })

  it('stops with the reason when the gateway refuses', async () => {
    const line = `git ls-remote ${server.url}/team/project.git`
    const { stderr, exitCode } = await home.run(line, refusedJob)
    expect(exitCode).not.toBe(0)
    expect(stderr).toMatch(/^edgemint: refused: .* \(invalid_request\)$/m)
    expect(stderr).toContain('told us to quit')
  })
})

describe('npm', () => {
  const npm = (line: string) => `npm --registry ${server.url}/ ${line}`

  it('authenticates with a token in a variable', async () => {
    const { exitCode } = await home.run(block('npm', 'sh'))
    expect(exitCode).toBe(0)
    const written = readFileSync(join(home.path, '.npmrc'), 'utf8')
    expect(written).toBe(block('npm', 'ini'))
    const exchange = `npx edgemint exchange --url ${world.url()} --resource ${API} --token-file -`
    const fetched = `printf %s "$EDGEMINT_SUBJECT_TOKEN" | ${exchange}`
    const line = `EDGEMINT_TOKEN=$(${fetched}) ${npm('whoami')}`
    expect((await home.run(line, job)).stdout).toBe('github-8123456\n')
  })

  it('fails to authenticate without the variable', async () => {
    const { stderr, exitCode } = await home.run(npm('whoami'), job)
    expect(exitCode).not.toBe(0)
    expect(stderr).toMatch(/E401|ENEEDAUTH/)
  })

  it('reads a package with a token in its own file', async () => {
    appendFileSync(join(home.path, '.npmrc'), 'fund=false\n')
    const { exitCode } = await home.run(block('npm', 'sh', 2), job)
    expect(exitCode).toBe(0)
    expect(statSync(join(home.path, '.npmrc')).mode & 0o777).toBe(0o600)
    expect((await home.run(npm('view thing version'))).stdout).toBe('1.2.3\n')
  })
})

describe('docker', () => {
  it('gets a token only for a listed registry', async () => {
    const [exports = ''] = block('docker', 'sh').split('docker pull')
    const settings = exports.replace(/RESOURCE=.*/, `RESOURCE=${API}`)
    const ask = (host: string) =>
      home.run(`${settings}\nprintf %s ${host} | docker-credential-edgemint get`, job)
    const answer = JSON.parse((await ask(server.host)).stdout)
    expect(answer).toMatchObject({ ServerURL: server.host, Username: 'edgemint' })
    const headers = { authorization: `Basic ${btoa(`${answer.Username}:${answer.Secret}`)}` }
    expect((await fetch(`${server.url}/thing`, { headers })).status).toBe(200)
    const other = await ask('registry.example.org')
    expect(other).toMatchObject({
      stdout: 'credentials not found in native keychain\n',
      exitCode: 1,
    })
  })
})

describe('kubectl', () => {
  it('gets a token with the arguments of the kubeconfig', async () => {
    const [, args = ''] = /args: \[([^\]]*)\]/.exec(block('kubectl', 'yaml')) ?? []
    const line = `npx ${args.split(', ').join(' ')}`
    const info = JSON.stringify({
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      spec: { interactive: false },
    })
    const { stdout } = await home.run(line, { ...job, KUBERNETES_EXEC_INFO: info })
    const { status } = JSON.parse(stdout)
    const headers = { authorization: `Bearer ${status.token}` }
    expect((await fetch(`${server.url}/thing`, { headers })).status).toBe(200)
    expect(Date.parse(status.expirationTimestamp)).toBeGreaterThan(Date.now())
  })
})

describe('AWS', () => {
  /** Returns the credential process of the profile, with the STS of this test. */
  function credentialProcess(): string {
    const [, line = ''] = /^credential_process = (.*)$/m.exec(block('aws', 'ini')) ?? []
    return `${line} --endpoint ${sts.url}`
  }

  it('gets credentials of a role with a token that STS can verify', async () => {
    let sent = ''
    sts.answer((form) => {
      sent = form.get('WebIdentityToken') ?? ''
      return { status: 200, text: renderGranted() }
    })
    const { stdout, exitCode } = await home.run(credentialProcess(), job)
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ Version: 1, Expiration: '2099-12-31T23:59:59Z' })
    const headers = { authorization: `Bearer ${sent}` }
    expect((await fetch(`${server.url}/thing`, { headers })).status).toBe(200)
  })

  it('names the session after the decision', async () => {
    await home.run(credentialProcess(), job)
    expect(sts.asked[0]?.form.get('RoleSessionName')).toMatch(/^dec_[\w-]+$/)
  })

  it('names the change that the account needs when AWS refuses', async () => {
    sts.answer(() => ({ status: 403, text: renderRefused('AccessDenied', 'Not authorized') }))
    const { stdout, stderr, exitCode } = await home.run(credentialProcess(), job)
    expect([stdout, exitCode]).toEqual(['', 1])
    expect(docs).toContain(`\`\`\`text\n${stderr}\`\`\``)
  })
})

describe('Google', () => {
  it('gets a token with the command of the configuration', async () => {
    const [line = ''] = block('google', 'sh').split('\nexport')
    expect((await home.run(`${line} --resource ${API}`)).exitCode).toBe(0)
    const config = JSON.parse(readFileSync(join(home.path, 'google.json'), 'utf8'))
    const { command } = config.credential_source.executable
    const { stdout, stderr } = await home.run(command, {
      ...job,
      GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES: '1',
      GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE: config.audience,
      GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE: config.subject_token_type,
    })
    const answer = JSON.parse(stdout)
    expect([answer.success, stderr]).toEqual([true, ''])
    const headers = { authorization: `Bearer ${answer.id_token}` }
    expect((await fetch(`${server.url}/thing`, { headers })).status).toBe(200)
  })
})

describe('the home of the job', () => {
  it('contains no token afterwards except the one that --write wrote (PR-14)', () => {
    const files = readdirSync(home.path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
    expect(files).toContain(join(home.path, 'google.json'))
    const holders = files.filter((path) => /eyJ[\w-]{10,}\./.test(readFileSync(path, 'utf8')))
    expect(holders).toEqual([join(home.path, '.npmrc')])
  })
})
