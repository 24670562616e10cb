/** `edgemint deploy` against an `npx` that records: order, repetition after each failure, and secrets. */
import { renameSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeSession } from '../../../src/cli/people/session-file.ts'
import { processIo, withIo } from '../../../src/cli/shell/io.ts'
import { startGateway } from '../support/gateway.ts'
import { createFakeNpx } from './support/fake-npx.ts'
import { ANSWERS, createProject } from './support/project.ts'

const gateway = await startGateway()
const KEYS = '.edgemint/secrets/signing-keys.json'
const UPLOAD = '.edgemint/secrets/upload.json'
const READY = { status: 'ready', checks: { settings: { ready: true } }, warnings: [] }

async function prepare(args: readonly string[] = ANSWERS) {
  const project = createProject()
  const npx = createFakeNpx()
  await project.init(args)
  // Otherwise it would find the logins of whoever runs the tests.
  const home = { ...npx.environment, XDG_STATE_HOME: project.folder }
  const deploy = (flags: readonly string[] = [], environment = home) =>
    project.deploy(['--url', gateway.url, '--wait', '0', ...flags], { environment })
  const haveHealth = (status: number, body: object) => gateway.answer(() => ({ status, body }))
  haveHealth(200, READY)
  return { project, npx, deploy, haveHealth }
}

describe('deploy', () => {
  it('runs the commands that --dry-run prints, and nothing before they are printed', async () => {
    const { npx, deploy } = await prepare()
    const { stdout, exitCode } = await deploy(['--dry-run'])
    expect([exitCode, npx.calls(), gateway.asked]).toEqual([0, [], []])
    const printed = stdout.match(/(?<=\$ npx wrangler ).*/g)
    expect((await deploy()).exitCode).toBe(0)
    expect(npx.calls().map(({ args }) => args)).toEqual(printed)
  })

  it('KEY-12 uploads keys and policy with the Worker, then removes their files', async () => {
    const { project, npx, deploy } = await prepare()
    const keys = JSON.parse(project.read(KEYS)) as Readonly<Record<string, string>>
    const { stdout, stderr } = await deploy()
    const [upload] = npx.calls().filter(({ args }) => args.startsWith('deploy'))
    expect(upload?.secrets).toEqual({
      ...keys,
      BOOTSTRAP_TRUST: JSON.stringify(JSON.parse(project.read('policy.json'))),
    })
    expect([project.has(KEYS), project.has(UPLOAD)]).toEqual([false, false])
    const shown = `${stdout}${stderr}${npx.calls().map(({ args }) => args)}`
    for (const jwk of Object.values(keys)) {
      expect(shown).not.toContain((JSON.parse(jwk) as { d: string }).d)
    }
  })

  it('writes the id of the namespace, and init does not take that for an edit', async () => {
    const { project, deploy } = await prepare()
    await deploy()
    expect(project.read('wrangler.toml')).toContain(`\nid = "${'1'.padStart(32, '0')}"\n`)
    const { stderr, exitCode } = await project.init(['--name', 'sts'])
    expect(exitCode, stderr).toBe(0)
    expect(stderr).toContain('changes    wrangler.toml')
    expect(project.read('wrangler.toml')).toContain(`\nid = "${'1'.padStart(32, '0')}"\n`)
  })

  it.each([
    ['whoami', 1],
    ['kv namespace list', 3],
    ['kv namespace create', 3],
    ['deploy', 1],
    ['secret list', 1],
  ])('continues after a failure of wrangler %s', async (failing, code) => {
    const { project, npx, deploy } = await prepare()
    const keys = project.read(KEYS)
    npx.have({ failing: [failing] })
    const failed = await deploy()
    expect(failed.exitCode, failed.stderr).toBe(code)
    expect([project.read(KEYS), project.has(UPLOAD)]).toEqual([keys, false])
    const again = await deploy()
    expect(again.exitCode, again.stderr).toBe(0)
    expect(npx.state().namespaces?.map(({ title }) => title)).toEqual(['edgemint-revocations'])
    expect(project.has(KEYS)).toBe(false)
  })

  it('uses the namespace of a run that ended before its id was written', async () => {
    const { project, npx, deploy } = await prepare()
    const id = 'f'.repeat(32)
    npx.have({ namespaces: [{ id, title: 'edgemint-revocations' }] })
    await deploy()
    expect(project.read('wrangler.toml')).toContain(`id = "${id}"`)
    expect(npx.calls().map(({ args }) => args)).not.toContain(
      'kv namespace create edgemint-revocations',
    )
  })

  it('deploys again without the keys, if the Worker has them', async () => {
    const { project, npx, deploy } = await prepare()
    await deploy()
    const before = npx.calls().length
    expect((await deploy()).exitCode).toBe(0)
    const later = npx.calls().slice(before)
    expect(later.map(({ args }) => args)).toEqual([
      'whoami --json',
      'secret list',
      `deploy --secrets-file ${UPLOAD}`,
      'secret list',
    ])
    expect(Object.keys(later[2]?.secrets ?? {})).toEqual(['BOOTSTRAP_TRUST'])
    npx.have({ secrets: ['OTHER'] })
    const { exitCode, stderr } = await deploy()
    expect(exitCode).toBe(1)
    expect(stderr).toContain(
      'edgemint: the signing keys are neither in .edgemint/secrets nor at Cloudflare; nothing was deployed\n' +
        'edgemint: hint: npx edgemint init --new-keys\n',
    )
    expect(project.has(UPLOAD)).toBe(false)
  })

  it('uses the login of this machine in place of an exchange', async () => {
    const { project, npx, deploy } = await prepare()
    const environment = { ...npx.environment, XDG_STATE_HOME: project.folder }
    const io = { ...processIo(), environment }
    withIo(io, () =>
      writeSession({
        gateway: 'https://sts.example.com',
        access_token: 'token.of.ann',
        expires_at: Date.now() / 1000 + 3600,
        subject: 'ann',
        scopes: ['trust:read'],
        provider: { issuer: 'https://idp.example.com', client_id: 'edgemint', scopes: ['openid'] },
      }),
    )
    const seen: (string | undefined)[] = []
    let status = 200
    gateway.answer(({ path, authorization }) => {
      if (path !== '/admin/v1/trust') return { status: 200, body: READY }
      seen.push(authorization)
      return { status, body: { type: 'about:blank', status, title: 'no', detail: 'not allowed' } }
    })
    const accepted = await deploy([], environment)
    expect([accepted.exitCode, seen]).toEqual([0, ['Bearer token.of.ann']])
    expect(accepted.stderr).toContain('the gateway accepts the login of this machine')
    expect(accepted.stderr).not.toContain('token.of.ann')
    status = 401
    expect(await deploy([], environment)).toMatchObject({ exitCode: 1 })
  })

  it('uploads the keys at once with init --put, and keeps them if that fails', async () => {
    const { project, npx } = await prepare()
    const keys = JSON.parse(project.read(KEYS)) as Readonly<Record<string, string>>
    const [first = '', second = ''] = Object.keys(keys)
    npx.have({ failing: [`secret put ${second}`] })
    const { environment } = npx
    const failed = await project.init(['--put'], { environment })
    expect([failed.exitCode, project.has(KEYS)]).toEqual([1, true])
    expect((await project.init(['--put'], { environment })).exitCode).toBe(0)
    expect(project.has(KEYS)).toBe(false)
    expect(npx.calls().slice(-2)).toEqual([
      { args: `secret put ${first}`, stdin: keys[first] },
      { args: `secret put ${second}`, stdin: keys[second] },
    ])
  })
})

describe('deploy refuses', () => {
  it('an empty folder', async () => {
    const project = createProject()
    const { exitCode, stderr } = await project.deploy([])
    expect([exitCode, stderr.split('\n')[0]]).toEqual([
      2,
      'edgemint: there is no edgemint.init.json here; nothing was deployed',
    ])
  })

  it('a configuration that is a symbolic link', async () => {
    const { project, npx, deploy } = await prepare()
    renameSync(join(project.folder, 'wrangler.toml'), join(project.folder, 'other.toml'))
    symlinkSync('other.toml', join(project.folder, 'wrangler.toml'))
    const { exitCode, stderr } = await deploy()
    expect([exitCode, npx.calls()]).toEqual([2, []])
    expect(stderr).toMatch(/wrangler\.toml is a symbolic link: .*; nothing was deployed\n/)
  })

  it.each<[string, string, string, RegExp]>([
    [
      'a policy that is not JSON',
      'policy.json',
      '{',
      /^policy\.json is not JSON; nothing was deployed/,
    ],
    [
      'a policy with an empty rule',
      'policy.json',
      '{"rules":[{}]}',
      /^policy\.json .*; nothing was deployed/,
    ],
    ['a configuration without ISSUER', 'wrangler.toml', 'name = "a"', /^wrangler\.toml has no /],
    ['keys that are no JSON', KEYS, 'secret', /signing-keys\.json is not a file of signing keys$/],
  ])('%s', async (_, path, text, sentence) => {
    const { project, npx, deploy } = await prepare()
    project.write(path, text)
    const { exitCode, stderr } = await deploy()
    expect(exitCode).toBe(2)
    expect(stderr.split('\n')[0]?.replace('edgemint: ', '')).toMatch(sentence)
    expect(npx.calls()).toEqual([])
  })

  it('a policy that makes any branch an administrator', async () => {
    const { project, npx, deploy } = await prepare()
    const policy = project.read('policy.json')
    project.write(
      'policy.json',
      policy.replace(/"ref": .*\n.*"environment": .*/, '"ref_type": "branch"'),
    )
    const { exitCode, stderr } = await deploy()
    expect(stderr).toContain(
      'error PROBE in apply-trust: accepts a branch that anyone with push access',
    )
    expect(stderr).toContain(
      'edgemint: policy.json has 2 unresolved lint findings; nothing was deployed\n' +
        'edgemint: hint: change the rule, or accept the finding in it: "accept": [{ "lint": "PROBE", "reason": "…" }]\n',
    )
    expect([exitCode, npx.calls()]).toEqual([1, []])
    const accept = '"accept": [{ "lint": "PROBE", "reason": "Nobody else can push." }]'
    project.write(
      'policy.json',
      project.read('policy.json').replace(/("name": "apply-trust",)/, `$1 ${accept},`),
    )
    expect((await deploy()).stderr).not.toContain('unresolved')
    expect(npx.calls()).not.toEqual([])
  })

  it.each([
    ['nobody is logged in', { loggedIn: false }, 'wrangler is not logged in; nothing was deployed'],
    [
      'the account is ambiguous',
      { loggedIn: true, accounts: [{ name: 'A' }, { name: 'B' }] },
      'wrangler has several accounts (A, B); nothing was deployed',
    ],
  ])('if %s', async (_, account, sentence) => {
    const { npx, deploy } = await prepare()
    npx.have({ account })
    const { exitCode, stderr } = await deploy()
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`edgemint: ${sentence}\n`)
    expect(npx.calls()).toHaveLength(1)
  })

  it.each<[string, number, object, number, string]>([
    [
      'names a setting that is wrong',
      503,
      {
        status: 'not_ready',
        checks: {
          settings: {
            ready: false,
            problems: [{ variable: 'ISSUER', message: 'must not end in a slash' }],
          },
        },
      },
      1,
      'the gateway is not ready: ISSUER must not end in a slash',
    ],
    [
      'waits for a store',
      503,
      { status: 'not_ready', checks: { trust_store: { ready: false } } },
      3,
      'is not ready after 0 seconds: trust_store not ready',
    ],
    [
      'waits for a gateway',
      404,
      {},
      3,
      'is not ready after 0 seconds: the answer is not from a gateway',
    ],
  ])('or %s', async (_, status, body, code, sentence) => {
    const { deploy, haveHealth } = await prepare()
    haveHealth(status, body)
    const { exitCode, stderr } = await deploy()
    expect(stderr).toContain(sentence)
    expect(exitCode).toBe(code)
  })
})
