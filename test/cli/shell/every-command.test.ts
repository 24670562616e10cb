/** Checks every command against its description. */
import { describe, expect, test } from 'vitest'
import type { Command } from '../../../src/cli/shell/command.ts'
import { COMMANDS } from '../../../src/cli/shell/command-table.ts'
import { runHere } from '../support/in-process.ts'
import { createScratch } from '../support/run.ts'

const scratch = createScratch()
const token = scratch('token.jwt', 'header.payload.signature')
const commands = await Promise.all(
  [...COMMANDS].map(async ([name, { load }]) => {
    const { command }: { readonly command: Command } = await load()
    return { name, words: name.split(' '), command }
  }),
)
const flagged = commands.flatMap(({ name, words, command }) =>
  Object.entries(command.flags).map(([flag, description]) => ({ name, words, flag, description })),
)
const valued = flagged.filter(({ description }) => description.value !== undefined)

/** All output. The docker helper reports failures on stdout, where docker reads them. */
const said = ({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }) =>
  stderr + stdout

describe.each(commands)('$name', ({ name, words, command }) => {
  test('describes each of its flags', () => {
    for (const { about, value = 'VALUE' } of Object.values(command.flags)) {
      expect(about).toMatch(/^[a-z`A-Z].*[^.]$/)
      expect(value).toMatch(/^[A-Z]+([=/][A-Z]+)?$/)
    }
  })

  test('has its required flags in its usage line', () => {
    for (const [flag, { required, variables, value }] of Object.entries(command.flags)) {
      if (required && variables === undefined) {
        expect(command.synopsis).toContain(`--${flag} ${value}`)
      }
    }
  })

  test('has help whose lines fit a terminal', async () => {
    const { stdout } = await runHere([...words, '--help'])
    const long = stdout.split('\n').filter((line) => line.length > 103)
    expect(long.filter((line) => !line.includes('//iam.googleapis.com'))).toEqual([])
    expect((await runHere(['help', ...words])).stdout).toBe(stdout)
  })

  test('suggests the right name for a mistyped flag', async () => {
    const [flag = 'help'] = Object.keys(command.flags)
    if (flag === 'help') return expect(name).toBe('completion')
    const { stderr, stdout } = await runHere([...words, `--${flag}z`])
    return expect(stderr + stdout).toContain(`unknown flag --${flag}z: did you mean --${flag}?`)
  })
})

const groups = new Set(commands.flatMap(({ words }) => (words.length > 1 ? words.slice(0, 1) : [])))

test.each([...groups])('%s lists its commands, each with its summary', async (group) => {
  const { stdout, stderr, exitCode } = await runHere([group, '--help'])
  expect([stderr, exitCode]).toEqual(['', 0])
  expect(stdout).toMatch(new RegExp(`^Usage: edgemint ${group} COMMAND `))
  const [list = '', example = ''] = stdout.split('\nExample:\n')
  const listed = [...list.matchAll(/^ {2}([a-z]+ [a-z-]+) +(.+)$/gm)].map((row) => row.slice(1))
  const own = [...COMMANDS].filter(([name]) => name.startsWith(`${group} `))
  expect(listed).toEqual(own.map(([name, { summary }]) => [name, summary]))
  expect(example).toMatch(new RegExp(`^ {2}npx edgemint ${listed[0]?.[0]} `))
  for (const args of [
    [group, '-h'],
    ['help', group],
    ['help', group, '--help'],
  ]) {
    expect(await runHere(args)).toEqual({ stdout, stderr: '', exitCode: 0 })
  }
  const bare = await runHere([group])
  expect([bare.stdout, bare.exitCode]).toEqual(['', 2])
  expect(bare.stderr).toContain(`edgemint: hint: npx edgemint ${group} --help\n`)
})

test.each(valued)('$name refuses an empty --$flag', async ({ words, flag }) => {
  for (const args of [[`--${flag}=`], [`--${flag}`, ''], [`--${flag}`]]) {
    const transcript = await runHere([...words, ...args])
    expect(said(transcript)).toContain(`edgemint: --${flag} needs a value\n`)
    expect(transcript.exitCode).toBe(words.includes('docker') ? 1 : 2)
  }
})

test.each(flagged.filter(({ description }) => description.repeats !== true))(
  '$name refuses --$flag twice',
  async ({ words, flag, description }) => {
    const args = description.value === undefined ? [`--${flag}`] : [`--${flag}`, 'x']
    const transcript = await runHere([...words, ...args, ...args])
    expect(said(transcript)).toContain(`edgemint: --${flag} is given twice\n`)
    expect(transcript.exitCode).toBe(words.includes('docker') ? 1 : 2)
  },
)

/** A valid value for each flag that a command requires. */
const SAMPLES: Readonly<Record<string, string>> = {
  url: 'https://sts.example.com',
  resource: 'https://api.example.com',
  'token-file': token,
  upstream: 'https://api.example.com',
  listen: '127.0.0.1:0',
  host: 'git.example.com',
  registry: 'https://npm.example.com',
  'role-arn': 'arn:aws:iam::123456789012:role/deploy',
  audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/a/providers/b',
  issuer: 'github',
  out: `${scratch('marker', '')}-out`,
  at: '2026-11-01T03:12:00Z',
  trust: 'examples/trust/github-organisation/trust.yaml',
}

/** The further arguments that a command needs before it requests a token. */
const MORE: Readonly<Record<string, readonly string[]>> = {
  exec: ['--', 'true'],
  plan: ['trust.yaml'],
  apply: ['trust.yaml'],
  rollback: ['1'],
  'trust diff': ['1'],
  revoke: ['--jti', 'a'],
  'revocations import': ['revocations.ndjson'],
  import: ['gateway.export'],
  'decisions show': ['dec_AQGiIpBI__ARrf0R24hOWA'],
  'rules renew': ['deploy', '--for', '90d'],
  explain: ['--claims', 'examples/trust/github-organisation/claims.json'],
  suggest: ['--claims', 'examples/trust/github-organisation/claims.json'],
  'credential git': ['get'],
  'credential docker': ['get'],
  'credential aws': ['--region', 'eu-central-1'],
  'credential npm': ['--write', scratch('npmrc', '')],
}

const required = flagged.filter(({ description }) => description.required === true)

test.each(required)('$name requires --$flag', async ({ name, words, flag: missing }) => {
  const others = required.filter((other) => other.name === name && other.flag !== missing)
  const args = others.flatMap(({ flag }) => [
    `--${flag}`,
    name === 'credential docker' && flag === 'registry'
      ? 'registry.example.com'
      : (SAMPLES[flag] ?? ''),
  ])
  const transcript = await runHere([...words, ...args, ...(MORE[name] ?? [])], {
    stdin:
      name === 'credential docker'
        ? 'registry.example.com'
        : 'protocol=https\nhost=git.example.com\n\n',
    environment: name.startsWith('credential google')
      ? { GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES: '1' }
      : {},
  })
  expect(said(transcript)).toMatch(new RegExp(`--${missing}( or [A-Z_]+)? is required`))
})
