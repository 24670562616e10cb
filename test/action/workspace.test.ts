/** The step ignores a configuration from the checkout or from an empty variable. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { startJob } from './support/job.ts'

const { runner, inputs, idTokens } = await startJob()

const HOSTILE = {
  credHelpers: { 'other.example.com': 'evil' },
  cliPluginsExtraDirs: ['/workspace/plugins'],
  auths: { 'other.example.com': { auth: 'eDp5' } },
}
const inside = (...names: readonly string[]) => join(runner.workspace, ...names)
const workspace = () => ({ GITHUB_WORKSPACE: runner.workspace })

beforeAll(() => {
  for (const folder of [inside(), inside('.docker'), inside('sub'), inside('..sub')]) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'config.json'), JSON.stringify(HOSTILE))
  }
  for (const name of ['.netrc', 'netrc']) {
    writeFileSync(inside(name), 'machine hostile.example login a password b\n')
  }
  for (const name of ['.npmrc', 'npmrc']) writeFileSync(inside(name), 'script-shell=/hostile\n')
  symlinkSync(inside('sub'), join(runner.home, 'link'))
  mkdirSync(join(runner.home, 'elsewhere'))
  writeFileSync(join(runner.home, 'elsewhere', 'config.json'), JSON.stringify(HOSTILE))
  symlinkSync(join(runner.home, 'elsewhere'), inside('outward'))
})

describe('docker', () => {
  const order = { ...inputs, output: 'docker', registry: 'registry.example.com' }
  it.each<[string, () => Readonly<Record<string, string>>]>([
    ['an empty DOCKER_CONFIG', () => ({ DOCKER_CONFIG: '' })],
    ['an empty DOCKER_CONFIG and no home', () => ({ DOCKER_CONFIG: '', HOME: '' })],
    ['a relative DOCKER_CONFIG', () => ({ DOCKER_CONFIG: '.' })],
    ['a DOCKER_CONFIG in the checkout', () => ({ DOCKER_CONFIG: inside('sub'), ...workspace() })],
    [
      'a folder of the checkout whose name begins with dots',
      () => ({ DOCKER_CONFIG: inside('..sub'), ...workspace() }),
    ],
    [
      'a link into the checkout',
      () => ({ DOCKER_CONFIG: join(runner.home, 'link'), ...workspace() }),
    ],
    [
      'a link of the checkout that leads out of it',
      () => ({ DOCKER_CONFIG: inside('outward'), ...workspace() }),
    ],
    ['a home in the checkout', () => ({ HOME: inside(), ...workspace() })],
  ])('does not copy settings with %s', async (_name, change) => {
    const { outputs, exitCode } = await runner.main(order, change())
    expect(exitCode).toBe(0)
    const settings = JSON.parse(readFileSync(outputs.file ?? '', 'utf8'))
    expect(Object.keys(settings)).toEqual(['auths', 'credHelpers'])
    expect(Object.keys(settings.auths)).toEqual(['registry.example.com'])
    expect(settings.credHelpers).toEqual({})
  })

  it('logs that it ignores a configuration', async () => {
    const { stdout } = await runner.main(order, { DOCKER_CONFIG: 'sub' })
    expect(stdout).toContain(
      'edgemint: sub/config.json is ignored: configuration files in the workspace are not used\n',
    )
  })

  it.each([
    ['not JSON', '{'],
    ['a list', '[]'],
    ['too large', `"${'x'.repeat(70_000)}"`],
  ])('requests no token when the existing configuration is %s', async (_name, text) => {
    const folder = join(runner.home, `broken-${text.length}`)
    mkdirSync(folder)
    writeFileSync(join(folder, 'config.json'), text)
    const { exitCode } = await runner.main(order, { DOCKER_CONFIG: folder })
    expect([exitCode, idTokens.audiences]).toEqual([1, []])
  })
})

it.each<[string, Readonly<Record<string, string>>, () => Readonly<Record<string, string>>]>([
  ['netrc', { output: 'netrc', host: 'a.example' }, () => ({ NETRC: '', HOME: '' })],
  ['netrc', { output: 'netrc', host: 'a.example' }, () => ({ NETRC: 'netrc' })],
  [
    'netrc',
    { output: 'netrc', host: 'a.example' },
    () => ({ NETRC: inside('netrc'), ...workspace() }),
  ],
  [
    'npmrc',
    { output: 'npmrc', registry: 'a.example' },
    () => ({ NPM_CONFIG_USERCONFIG: '', HOME: '' }),
  ],
  ['npmrc', { output: 'npmrc', registry: 'a.example' }, () => ({ npm_config_userconfig: 'npmrc' })],
  [
    'npmrc',
    { output: 'npmrc', registry: 'a.example' },
    () => ({ NPM_CONFIG_USERCONFIG: inside('npmrc'), ...workspace() }),
  ],
])('%s does not copy a configuration of the checkout', async (_name, order, change) => {
  const { outputs, exitCode } = await runner.main({ ...inputs, ...order }, change())
  expect(exitCode).toBe(0)
  expect(readFileSync(outputs.file ?? '', 'utf8')).not.toContain('hostile')
})
