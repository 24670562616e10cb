/** The usage errors of the command line, its help, and docs/cli.md against both. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PARTS } from '../../../src/cli/shell/command-table.ts'
import { EXIT_CODES } from '../../../src/cli/shell/exit-codes.ts'
import { checkSecretOutput } from '../../../src/cli/shell/output.ts'
import { root, runCli } from '../support/run.ts'

const COMMANDS = [
  'token',
  'exchange',
  'exec',
  'proxy',
  'doctor',
  'validate',
  'lint',
  'test',
  'explain',
  'suggest',
  'providers',
  'plan',
  'apply',
  'rollback',
  'issuers',
  'revoke',
  'keys generate',
  'credential git',
  'credential docker',
  'credential npm',
  'credential kubectl',
  'credential aws',
  'credential google',
  'credential google-config',
  'serve',
  'dev-issuer',
  'completion',
]
const docs = readFileSync(join(root, 'docs/cli.md'), 'utf8')

const GATEWAY = 'https://sts.example.com'

test.each<[string, readonly string[], string, string]>([
  ['no arguments', [], 'a command is required', '--help'],
  ['an unknown command', ['foo'], 'unknown command "foo"', '--help'],
  [
    'a command without its subcommand',
    ['keys'],
    'keys needs a subcommand: generate, list, check, rotate, retire',
    'keys --help',
  ],
  [
    'an unknown subcommand',
    ['credential', 'svn'],
    'credential needs a subcommand: git, docker, npm, kubectl, aws, google, google-config',
    'credential --help',
  ],
  [
    'a mistyped subcommand',
    ['decisions', 'lsit'],
    'unknown command "decisions lsit": did you mean decisions list?',
    'decisions --help',
  ],
  [
    'a flag in place of a subcommand',
    ['audit', '--url', GATEWAY, '--help'],
    'audit needs a subcommand: verify',
    'audit --help',
  ],
  ['a flag in place of a command', ['--url'], 'unknown flag --url', '--help'],
  ['an unknown flag', ['serve', '--bogus'], 'unknown flag --bogus', 'serve --help'],
  ['a flag without its value', ['serve', '--port'], '--port needs a value', 'serve --help'],
  [
    'a flag in place of a value',
    ['serve', '--state', '--port=1'],
    '--state needs a value',
    'serve --help',
  ],
  ['an empty value', ['serve', '--state='], '--state needs a value', 'serve --help'],
  ['a blank value', ['serve', '--state', ' '], '--state needs a value', 'serve --help'],
  ['an empty argument', ['validate', ''], 'an argument is empty', 'validate --help'],
  [
    'a mistyped flag',
    ['serve', '--prot', '1'],
    'unknown flag --prot: did you mean --port?',
    'serve --help',
  ],
  ['a mistyped command', ['aply'], 'unknown command "aply": did you mean apply?', '--help'],
  [
    'a value for a switch',
    ['serve', '--local-issuers=yes'],
    '--local-issuers takes no value',
    'serve --help',
  ],
  [
    'a flag that is given twice',
    ['serve', '--port=1', '--port=2'],
    '--port is given twice',
    'serve --help',
  ],
  [
    'too many arguments',
    ['plan', 'a.yaml', 'b.yaml'],
    'unexpected argument "b.yaml"',
    'plan --help',
  ],
  ['no file', ['plan', '--url', GATEWAY], 'an argument is missing: a trust file', 'plan --help'],
  [
    'an invalid port',
    ['serve', '--port', '65536'],
    '--port must be a number from 0 to 65535; 0 picks a free port',
    'serve --help',
  ],
  ['no gateway', ['exchange'], '--url is required', 'exchange --help'],
  [
    'http to another machine',
    ['exchange', '--url', 'http://sts.example.com'],
    '--url must be https; http is for loopback addresses only',
    'exchange --help',
  ],
  [
    'no token',
    ['exchange', '--url', GATEWAY, '--resource', 'https://api.example.com'],
    '--token-file is required',
    'exchange --help',
  ],
  [
    'no resource',
    ['exchange', '--url', GATEWAY, '--token-file', '-'],
    '--resource is required',
    'exchange --help',
  ],
  [
    'a missing token file',
    ['plan', 'a.yaml', '--url', GATEWAY, '--token-file', 'nowhere.jwt'],
    'cannot read nowhere.jwt: no such file',
    'plan --help',
  ],
  [
    'an invalid issuer',
    ['serve', '--issuer', 'https://sts.example.com/'],
    '--issuer must not end in a slash: write https://sts.example.com',
    'serve --help',
  ],
])('refuses %s with one line and a hint', async (_name, args, message, help) => {
  expect(await runCli(args)).toEqual({
    stdout: '',
    stderr: `edgemint: ${message}\nedgemint: hint: npx edgemint ${help}\n`,
    exitCode: 2,
  })
})

test.each<[string, string, string]>([
  ['MAX_TOKEN_LIFETIME_SECONDS', '86401', 'must be a whole number from 10 to 86400'],
  ['MAX_RULE_EXPIRY_DAYS', 'a year', 'must be a whole number from 1 to 99999'],
  ['BOOTSTRAP_TRUST', '{', 'is not JSON'],
  ['ISSUER', 'sts', 'must begin with https:// and a host'],
  ['ISSUER', 'https://a.dev:443', 'is not in canonical form: write https://a.dev'],
  [
    'ALLOWED_HOSTS',
    'http://a',
    'must be hosts with an optional port, separated by spaces or commas',
  ],
  ['TRUST_MAX_STAL', '60', 'is not a setting: write TRUST_MAX_STALE_SECONDS, or remove it'],
  ['SIGNING_KEY_A', '{}', 'needs "alg", one of ES256, RS256, Ed25519, EdDSA, ES384, PS256'],
])('serve does not start with an invalid %s', async (name, value, sentence) => {
  const { stdout, stderr, exitCode } = await runCli(['serve'], { environment: { [name]: value } })
  expect([stdout, exitCode]).toEqual(['', 2])
  expect(stderr.split('\n')[0]).toBe(`edgemint: ${name} ${sentence}`)
})

test.each(['validate', 'lint'])('%s refuses a misspelt setting', async (command) => {
  const environment = { MAX_TOKEN_LIFTIME_SECONDS: '600', USER: 'me', TRUST_MAX_STALE_SECONDS: 'x' }
  const { stdout, stderr, exitCode } = await runCli([command, 'a.yaml'], { environment })
  expect([stdout, exitCode]).toEqual(['', 2])
  expect(stderr.split('\n')[0]).toBe(
    'edgemint: MAX_TOKEN_LIFTIME_SECONDS is not a setting: write MAX_TOKEN_LIFETIME_SECONDS, or remove it',
  )
})

test.each(['validate', 'lint'])('%s ignores a signing key of another program', async (command) => {
  const environment = { SIGNING_KEY: 'x', SIGNING_KEY_PASSWORD: 'x', signing_key_id: 'x' }
  const { stderr } = await runCli([command, 'nowhere.yaml'], { environment })
  expect(stderr).not.toContain('SIGNING_KEY')
  expect(stderr).toContain('nowhere.yaml')
})

test('prints its version', async () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  expect(await runCli(['--version'])).toEqual({ stdout: `${version}\n`, stderr: '', exitCode: 0 })
})

test('lists every command, and examples that begin with a command', async () => {
  const { stdout, stderr, exitCode } = await runCli(['--help'])
  expect([stderr, exitCode]).toEqual(['', 0])
  for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'))
  for (const example of examplesIn(stdout)) expect(startsWithCommand(example)).toBe(true)
  // The package has no folder `examples`, so nobody who installed it could run such an example.
  expect(stdout).not.toContain('examples/')
})

test('says what Edgemint is for, and where its documentation is', async () => {
  const { stdout } = await runCli(['--help'])
  expect(stdout).toContain('\n\nGives jobs and services short-lived tokens for APIs, ')
  expect(stdout).toMatch(
    /^Documentation: https:\/\/github\.com\/edgemint\/edgemint\/tree\/main\/docs$/m,
  )
})

test('lists the commands in parts, each with a heading above its first command', async () => {
  const { stdout } = await runCli(['--help'])
  const heads = [...stdout.matchAll(/^\n(.+):\n {2}(\S+(?: \S+)?) {2}/gm)]
  expect(new Map(heads.map(([, heading = '', name = '']) => [name, heading]))).toEqual(PARTS)
  expect(stdout).toMatch(/^Usage: edgemint COMMAND \[FLAGS\]\n\n(?:.+\.\n)+\n.+:\n {2}/)
})

describe.each(COMMANDS)('%s', (command) => {
  test('prints its help on stdout, with one example', async () => {
    const { stdout, stderr, exitCode } = await runCli([...command.split(' '), '--help'])
    expect([stderr, exitCode]).toEqual(['', 0])
    expect(stdout).toMatch(new RegExp(`^Usage: edgemint ${command} `))
    const examples = examplesIn(stdout)
    expect(examples).toHaveLength(1)
    expect(examples[0]).toMatch(new RegExp(`^npx edgemint ${command} `))
    // Nobody who installed the package has the examples of the repository.
    expect(examples[0]).not.toContain('examples/')
  })

  test('explains each flag of its example, and docs/cli.md has each flag', async () => {
    const { stdout } = await runCli([...command.split(' '), '-h'])
    const explained = new Set([...stdout.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, flag]) => flag))
    const [, example = ''] = stdout.split('Example:')
    const used = [...example.matchAll(/ (--[a-z-]+)/g)].map(([, flag]) => flag)
    expect(used.filter((flag) => !explained.has(flag))).toEqual([])
    const [, section = ''] = docs.split(`\n## ${command}\n`)
    const own = section.split('\n## ')[0] ?? ''
    expect([...explained].filter((flag) => !own.includes(`\`${flag}`))).toEqual([])
  })
})

// The credential helpers get these two from the variables that their tools pass on.
test.each(['token', 'exchange', 'exec', 'proxy'])(
  'the usage of %s names what it needs',
  async (name) => {
    const { stdout } = await runCli([name, '--help'])
    const [usage = ''] = stdout.split('\n')
    const needed = [...stdout.matchAll(/^ {2}(--[a-z-]+) (?:(?!^ {2}--)[\s\S])*?\brequired\b/gm)]
    expect(needed.length).toBeGreaterThan(1)
    for (const [, flag = ''] of needed) expect(usage).toContain(` ${flag} `)
  },
)

test('docs/cli.md has the exit codes', () => {
  const rows = [...docs.matchAll(/^\| `([0-9]+)` \| ([a-z ]+) \|/gm)]
  expect(rows.map(([, code]) => Number(code))).toEqual(Object.values(EXIT_CODES))
})

test.each([
  ['is not printed to a terminal', true, false, true],
  ['is printed to a terminal with --print', true, true, false],
  ['is written to a pipe', false, false, false],
])('a secret %s', (_name, isTerminal, isAsked, isRefused) => {
  const check = () => checkSecretOutput('a token', isAsked, isTerminal)
  if (isRefused) expect(check).toThrow('a token is not printed to a terminal')
  else expect(check).not.toThrow()
})

function examplesIn(help: string): readonly string[] {
  return [...help.matchAll(/^ {2}(npx edgemint .*)$/gm)].map(([, example = '']) => example)
}

function startsWithCommand(example: string): boolean {
  return COMMANDS.some((command) => example.startsWith(`npx edgemint ${command} `))
}
