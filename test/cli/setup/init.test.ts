/** `edgemint init` in an empty folder: what it writes is valid, and nothing shows a key. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadKeys, readSettings } from '../../../src/core/settings.ts'
import { createScratch, root, runCli } from '../support/run.ts'
import { writePrograms } from './support/programs.ts'
import { ANSWERS, createProject, runOnTerminal } from './support/project.ts'

const scratch = createScratch()
const PEOPLE = [
  ...['--people-issuer', 'https://idp.example.com', '--people-client-id', 'edgemint'],
  ...['--people-email', 'ann@example.com', '--people-subject', '00u1', '--people-group', 'admins'],
]
const MANY = [
  ...ANSWERS,
  ...PEOPLE,
  ...['--admin', 'gitlab:acme/shop@trust', '--ids', 'acme/shop=72/2042'],
  ...['--workload', 'github:acme/api@production', '--workload', 'gitlab:acme/shop@production'],
  ...['--workload', 'kubernetes:https://oidc.example.com/c1#shop/checkout'],
  ...['--workload', 'kubernetes:https://oidc.example.com/c2#shop/checkout'],
]

describe('init in an empty folder', () => {
  it.each<[string, readonly string[]]>([
    ['one repository', ANSWERS],
    ['every kind of place, and people', [...MANY, '--branch', 'release/1.x', '--name', 'sts']],
  ])(
    'writes a document that validates, lints clean and passes its tests for %s',
    async (_, args) => {
      const project = createProject()
      expect(await project.init(args)).toMatchObject({ exitCode: 0, stdout: '' })
      const trust = join(project.folder, 'trust.yaml')
      const fixtures = join(project.folder, 'trust.test.yaml')
      const validated = await runCli(['validate', trust, '--issuer', 'https://sts.example.com'])
      expect(validated).toMatchObject({ exitCode: 0 })
      expect((await runCli(['lint', trust])).stderr).toContain('0 unresolved findings')
      const tested = await runCli(['test', fixtures, '--all-rules'])
      expect(tested, tested.stdout).toMatchObject({ exitCode: 0 })
      const settings = readSettings({
        ISSUER: 'https://sts.example.com',
        BOOTSTRAP_TRUST: project.read('policy.json'),
      })
      expect(settings.ok).toBe(true)
    },
  )

  it('KEY-12 makes two signing keys that only this user can read, and shows neither', async () => {
    const project = createProject()
    const { stdout, stderr } = await project.init(ANSWERS)
    const path = '.edgemint/secrets/signing-keys.json'
    expect(statSync(join(project.folder, path)).mode & 0o777).toBe(0o600)
    expect(statSync(join(project.folder, '.edgemint/secrets')).mode & 0o777).toBe(0o700)
    const secrets = JSON.parse(project.read(path)) as Readonly<Record<string, string>>
    const { ring, problems } = await loadKeys(secrets)
    expect(problems).toEqual([])
    expect(ring.keys.map(({ algorithm }) => algorithm).sort()).toEqual(['ES256', 'RS256'])
    const others = project.list().filter((name) => name !== path)
    const shown = `${stdout}${stderr}${others.map((name) => project.read(name)).join('')}`
    for (const jwk of Object.values(secrets)) {
      expect(shown).not.toContain((JSON.parse(jwk) as { d: string }).d)
    }
    // Git ignores the folder by its own file, whatever the .gitignore of the project says.
    expect(project.read('.edgemint/.gitignore')).toBe('*\n')
  })

  it('writes the workflows of examples/github-workflow', async () => {
    const project = createProject()
    await project.init(ANSWERS)
    const example = (name: string) => readOwn(`examples/github-workflow/${name}`)
    expect(project.read('.github/workflows/trust-plan.yml')).toBe(example('plan.yml'))
    expect(project.read('.github/workflows/trust-apply.yml')).toBe(example('apply.yml'))
  })

  it('writes the wrangler configuration of the package with a few other lines', async () => {
    const project = createProject()
    await project.init([...ANSWERS, ...PEOPLE, '--name', 'sts'])
    const own = readOwn('wrangler.toml').split('\n')
    const written = project.read('wrangler.toml').split('\n')
    expect(own.filter((line) => !written.includes(line))).toEqual([
      expect.stringMatching(/^# Deploys as it stands/),
      'name = "edgemint"',
      'main = "src/worker/index.ts"',
      'directory = "dist/assets"',
    ])
    const added = written.filter((line) => !own.includes(line) && !line.startsWith('#'))
    expect(added).toEqual([
      'name = "sts"',
      'main = "node_modules/edgemint/dist/worker/index.js"',
      'routes = [{ pattern = "sts.example.com", custom_domain = true }]',
      'directory = "node_modules/edgemint/dist/assets"',
      expect.stringMatching(/^ADMIN_LOGIN = /),
    ])
    const [, login = ''] = /^ADMIN_LOGIN = (.*)$/m.exec(project.read('wrangler.toml')) ?? []
    const settings = readSettings({
      ISSUER: 'https://sts.example.com',
      BOOTSTRAP_TRUST: project.read('policy.json'),
      ADMIN_LOGIN: String(JSON.parse(login)),
    })
    expect(settings).toMatchObject({ ok: true })
  })

  it('asks on a terminal for what no flag gives, and again after an invalid answer', async () => {
    const project = createProject()
    const { exitCode, stderr } = await runOnTerminal(
      ['init', '--directory', project.folder, '--scope', 'deploy:write'],
      [
        ...['sts.example.com', 'https://sts.example.com', 'somebody', 'github:acme/api@trust'],
        // The suggestion is taken: the same repository, environment production.
        ...['', 'https://api.example.com/v1', 'platform@example.com', 'x', '4411/8123456', 'yes'],
      ],
    )
    expect(exitCode, stderr).toBe(0)
    expect(stderr).toContain('edgemint: the answer must begin with https://')
    expect(stderr).toContain('edgemint: the answer must be github:OWNER/REPO@ENVIRONMENT')
    const asked = createProject()
    await asked.init(ANSWERS)
    expect(project.read('trust.yaml')).toBe(asked.read('trust.yaml'))
    expect(project.read('policy.json')).toBe(asked.read('policy.json'))
  })

  it('asks for the people of a provider', async () => {
    const project = createProject()
    const args = [
      'init',
      '--directory',
      project.folder,
      ...ANSWERS.slice(0, 2),
      ...ANSWERS.slice(6),
    ]
    const { exitCode, stderr } = await runOnTerminal(
      [...args, '--workload', 'kubernetes:https://oidc.example.com/c1#shop/checkout'],
      ['people', 'https://idp.example.com', '', 'ann@example.com group:admins sub:00u1', 'yes'],
    )
    expect(exitCode, stderr).toBe(0)
    const policy = JSON.parse(project.read('policy.json')) as { rules: { name: string }[] }
    const linted = await runCli(['lint', '--policy', join(project.folder, 'policy.json')])
    expect([linted.exitCode, linted.stderr]).toEqual([0, expect.stringContaining(', 1 accepted')])
    expect(policy.rules.map(({ name }) => name)).toEqual([
      'people-by-email',
      'people-by-subject',
      'people-by-group-1',
    ])
    expect(project.list().filter((path) => path.startsWith('.git'))).toEqual(['.gitignore'])
  })

  it('takes the ids from gh and glab, and the suggestion from the remote of git', async () => {
    const bin = writePrograms(scratch('bin', '').replace(/bin$/, 'programs'), {
      gh: { 'api --hostname github.com repos/acme/api': { id: 8123456, owner: { id: 4411 } } },
      glab: {
        'api --hostname gitlab.com projects/acme%2Fshop': { id: 2042, namespace: { id: 72 } },
      },
      git: { 'remote get-url origin': 'git@github.com:acme/api.git\n' },
    })
    const project = createProject()
    const rest = [...ANSWERS.slice(0, 2), ...ANSWERS.slice(6)]
    const { exitCode, stderr } = await runOnTerminal(
      ['init', '--directory', project.folder, ...rest, '--yes'],
      ['', 'github:acme/api@production gitlab:acme/shop@production'],
      { PATH: bin },
    )
    expect(exitCode, stderr).toBe(0)
    expect(stderr).toContain('[github:acme/api@trust]')
    expect(stderr).toContain(
      'gh says that acme/api has the owner id 4411 and the repository id 8123456',
    )
    expect(stderr).toContain(
      'glab says that acme/shop has the namespace id 72 and the project id 2042',
    )
    expect(project.read('trust.yaml')).toContain('project_id: "2042"')
  })
})

function readOwn(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

it('quotes an API for the shell in the README', async () => {
  const project = createProject()
  const at = ANSWERS.indexOf('--resource')
  const answers = ANSWERS.with(at + 1, "https://api.example.com/v1;$(id)'s")
  expect((await project.init(answers)).exitCode).toBe(0)
  expect(project.read('README.md')).toContain("'https://api.example.com/v1;$(id)'\\''s'")
})
