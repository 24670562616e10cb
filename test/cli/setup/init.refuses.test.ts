/** Answers that `edgemint init` refuses: one sentence each, and nothing is written. */
import { mkdirSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ANSWERS, createProject, runOnTerminal } from './support/project.ts'

/** The answers without one flag and its value. */
const without = (flag: string) => {
  const at = ANSWERS.indexOf(flag)
  return ANSWERS.filter((_, index) => index !== at && index !== at + 1)
}
const replaced = (flag: string, value: string) => [...without(flag), flag, value]

it.each<[string, readonly string[], string | RegExp]>([
  [
    'no terminal and no flag',
    [],
    'without a terminal every answer must be a flag: --issuer, --admin or --people-issuer, --workload, --resource, --scope and --owner are missing; nothing was written',
  ],
  [
    'half of the answers',
    ['--issuer', 'https://sts.example.com', '--admin', 'github:acme/api@trust'],
    'without a terminal every answer must be a flag: --resource, --scope, --owner and --ids acme/api=OWNER_ID/ID are missing; nothing was written',
  ],
  [
    'one answer missing',
    without('--owner'),
    'without a terminal every answer must be a flag: --owner is missing; nothing was written',
  ],
  [
    'an issuer without https',
    replaced('--issuer', 'http://sts.example.com'),
    /^--issuer must begin with https/,
  ],
  [
    'a loopback issuer',
    replaced('--issuer', 'https://localhost:8443'),
    /^--issuer .*edgemint serve needs no init/,
  ],
  [
    'an issuer with a slash',
    replaced('--issuer', 'https://sts.example.com/'),
    /^--issuer must not end in a slash/,
  ],
  [
    'an issuer with an address',
    replaced('--issuer', 'https://192.0.2.1'),
    /^--issuer must have a DNS name/,
  ],
  [
    'an issuer that a shell would interpret',
    replaced('--issuer', 'https://sts.example.com/$(id)'),
    /^--issuer must have a path of only letters/,
  ],
  ['an unknown host of code', replaced('--admin', 'svn:acme/api@trust'), /^--admin must be /],
  [
    'an administrator without environment',
    replaced('--admin', 'github:acme/api'),
    /^--admin must name an environment/,
  ],
  [
    'a cluster that administers',
    replaced('--admin', 'kubernetes:https://a.example.com#b/c'),
    /^--admin must be github:/,
  ],
  ['an id that is no number', replaced('--ids', 'acme/api=acme/api'), /^--ids must be two ids/],
  [
    'ids of a repository that is named nowhere else',
    [...ANSWERS, '--ids', 'acme/apo=1/2'],
    '--ids names acme/apo, but no administrator or workload does; nothing was written',
  ],
  [
    'ids of a misspelt repository, before it misses the right ones',
    replaced('--ids', 'Acme/api=4411/8123456'),
    '--ids names Acme/api, but no administrator or workload does; nothing was written',
  ],
  [
    'ids of a repository while another answer is missing',
    [...without('--owner'), '--ids', 'acme/apo=1/2'],
    'without a terminal every answer must be a flag: --owner is missing; nothing was written',
  ],
  [
    'two ids of one repository',
    [...ANSWERS, '--ids', 'acme/api=1/2'],
    '--ids names acme/api twice; nothing was written',
  ],
  [
    'ids without a repository',
    replaced('--ids', '4411/8123456'),
    '--ids must name a repository or project, such as acme/api=4411/8123456; nothing was written',
  ],
  ['an invalid name of a Worker', [...ANSWERS, '--name', 'My Worker'], /^--name must be/],
  ['a branch with spaces', [...ANSWERS, '--branch', 'a b'], /^--branch must be/],
  [
    'a workload without account',
    [...ANSWERS, '--workload', 'kubernetes:https://a.example.com#b'],
    /^--workload must be kubernetes:ISSUER#/,
  ],
  [
    'an API that is no URI',
    replaced('--resource', 'api'),
    /^with these answers trust\.yaml would be refused: .*; nothing was written$/,
  ],
  [
    'a scope with a space',
    replaced('--scope', 'a b'),
    /^with these answers trust\.yaml would be refused: .*; nothing was written$/,
  ],
  [
    'people without a client',
    [...ANSWERS, '--people-issuer', 'https://idp.example.com'],
    /^people need both --people-issuer and --people-client-id/,
  ],
  [
    'a provider without people',
    [...ANSWERS, '--people-issuer', 'https://idp.example.com', '--people-client-id', 'x'],
    /^name the administrators with --people-email/,
  ],
  [
    '--put with --dry-run',
    [...ANSWERS, '--put', '--dry-run'],
    '--put and --dry-run cannot be used together',
  ],
])('refuses %s', async (_, args, sentence) => {
  const project = createProject()
  const { exitCode, stderr, stdout } = await project.init(args, { environment: { PATH: '' } })
  const [first = ''] = stderr.split('\n')
  expect([exitCode, stdout]).toEqual([2, ''])
  if (typeof sentence === 'string') expect(first).toBe(`edgemint: ${sentence}`)
  else expect(first.replace('edgemint: ', '')).toMatch(sentence)
  expect(project.list()).toEqual([])
})

it('suggests the repository that misspelt ids most likely mean', async () => {
  const { stderr } = await createProject().init([...ANSWERS, '--ids', 'acme/apo=1/2'])
  expect(stderr).toContain('edgemint: hint: did you mean acme/api?')
  const other = await createProject().init([...ANSWERS, '--ids', 'other/name=1/2'])
  expect(other.stderr).not.toContain('did you mean')
})

it('refuses an input that ends before the last answer', async () => {
  const project = createProject()
  const args = ['init', '--directory', project.folder, '--issuer', 'https://sts.example.com']
  const { exitCode, stderr } = await runOnTerminal(args, ['github:acme/api@trust'])
  expect(exitCode).toBe(2)
  expect(stderr).toContain('the input ended before the last answer; nothing was written')
  expect(project.list()).toEqual([])
})

it.each([
  ['text that is not JSON', '{', 'edgemint.init.json is not JSON'],
  [
    'the answers of a newer version',
    '{"version":2}',
    'edgemint.init.json was written by a newer version of edgemint',
  ],
  [
    'answers without an issuer',
    '{"version":1,"answers":{}}',
    'edgemint.init.json is invalid at answers.issuer',
  ],
])('refuses %s in place of its answers', async (_, text, sentence) => {
  const project = createProject()
  project.write('edgemint.init.json', text)
  for (const command of [project.init(ANSWERS), project.deploy(['--dry-run'])]) {
    const { exitCode, stderr } = await command
    expect([exitCode, stderr.split('\n')[0]]).toEqual([2, `edgemint: ${sentence}`])
  }
  expect(project.list()).toEqual(['edgemint.init.json'])
})

it.each(['.edgemint', '.github'])('writes nothing through a link at %s', async (name) => {
  const project = createProject()
  const elsewhere = mkdtempSync(join(tmpdir(), 'edgemint-elsewhere-'))
  symlinkSync(elsewhere, join(project.folder, name))
  const { exitCode, stderr } = await project.init(ANSWERS)
  expect(exitCode).toBe(2)
  expect(stderr).toMatch(/ is a symbolic link: .*; nothing was written$/m)
  expect(readdirSync(elsewhere)).toEqual([])
  expect(project.list()).toEqual([name])
})

it('refuses a damaged file of keys, and shows none of it', async () => {
  const project = createProject()
  mkdirSync(join(project.folder, '.edgemint/secrets'), { recursive: true })
  for (const jwk of ['SECRET', '{"kty":"EC","d":"SECRET"}', '{"kty":"EC","d":"SECRET']) {
    const text = JSON.stringify({ SIGNING_KEY_A: jwk })
    project.write('.edgemint/secrets/signing-keys.json', text)
    const { exitCode, stderr } = await project.init(ANSWERS)
    expect(exitCode).toBe(2)
    expect(stderr).toContain('signing-keys.json is not a file of signing keys')
    expect(stderr).not.toContain('SECRET')
  }
  expect(project.list()).toEqual(['.edgemint/secrets/signing-keys.json'])
})
