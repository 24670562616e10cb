import { chmodSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { grant, refuse, TOKEN, workloadOf } from '../support/helper.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const helper = ['credential', 'npm', '--registry', 'https://npm.example.com/team']

// biome-ignore lint/suspicious/noTemplateCurlyInString: npm's own way to name a variable.
const VARIABLE = '${EDGEMINT_TOKEN}'

test('prints a line that names a variable, and makes no exchange', async () => {
  expect(await runCli(helper)).toEqual({
    stdout: `//npm.example.com/team/:_authToken=${VARIABLE}\n`,
    stderr: '',
    exitCode: 0,
  })
})

test('prints the registry of a scope, and another variable', async () => {
  const { stdout } = await runCli([...helper, '--npm-scope', '@acme', '--env', 'NODE_AUTH_TOKEN'])
  expect(stdout).toBe(
    [
      '@acme:registry=https://npm.example.com/team',
      `//npm.example.com/team/:_authToken=${VARIABLE.replace('EDGEMINT_TOKEN', 'NODE_AUTH_TOKEN')}`,
      '',
    ].join('\n'),
  )
})

test('writes a token into a file that only its owner can read, and keeps the other lines', async () => {
  gateway.answer(grant)
  const before =
    'fund=false\n//npm.example.com/team/:_authToken=old\n//other.example/:_authToken=kept\n'
  const path = write('.npmrc', before)
  chmodSync(path, 0o644)
  const { stdout, stderr, exitCode } = await runCli(
    [...helper, '--write', path],
    workloadOf(gateway),
  )
  expect([stdout, exitCode]).toEqual(['', 0])
  expect(stderr).toBe(`edgemint: wrote a token into ${path}, valid for 600 seconds\n`)
  expect(readFileSync(path, 'utf8')).toBe(
    [
      'fund=false',
      '//other.example/:_authToken=kept',
      `//npm.example.com/team/:_authToken=${TOKEN}`,
      '',
    ].join('\n'),
  )
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('has GitHub Actions mask the token that it writes', async () => {
  gateway.answer(grant)
  const path = `${write('empty', '')}-npmrc`
  const options = workloadOf(gateway, '', { GITHUB_ACTIONS: 'true' })
  const { stderr } = await runCli([...helper, '--write', path], options)
  expect(stderr.split('\n').slice(0, 2)).toEqual([
    expect.stringMatching(/^::add-mask::subject\.token\./),
    `::add-mask::${TOKEN}`,
  ])
  expect(readFileSync(path, 'utf8')).toBe(`//npm.example.com/team/:_authToken=${TOKEN}\n`)
})

test('does not change the file after a refusal', async () => {
  gateway.answer(refuse)
  const path = write('kept', 'fund=false\n')
  const { exitCode } = await runCli([...helper, '--write', path], workloadOf(gateway))
  expect([exitCode, readFileSync(path, 'utf8')]).toEqual([1, 'fund=false\n'])
})

test('keeps what another program wrote into the file during the exchange', async () => {
  const path = write('.npmrc-shared', 'fund=false\n')
  gateway.answer(() => {
    writeFileSync(path, 'fund=false\n//other.example/:_authToken=new\n')
    return grant()
  })
  await runCli([...helper, '--write', path], workloadOf(gateway))
  expect(readFileSync(path, 'utf8')).toBe(
    `fund=false\n//other.example/:_authToken=new\n//npm.example.com/team/:_authToken=${TOKEN}\n`,
  )
})

test('follows no link, which would put the token into another file', async () => {
  gateway.answer(grant)
  const target = write('target', '')
  symlinkSync(target, `${target}-link`)
  const args = [...helper, '--write', `${target}-link`]
  const { stderr, exitCode } = await runCli(args, workloadOf(gateway))
  expect([exitCode, gateway.asked.length, readFileSync(target, 'utf8')]).toEqual([2, 0, ''])
  expect(stderr).toContain('is not a regular file')
})

test.each<[string, readonly string[], string]>([
  ['no registry', [], '--registry is required'],
  [
    'http to another machine',
    ['--registry', 'http://npm.example.com'],
    '--registry must be https; http is for loopback addresses only',
  ],
  [
    'a password in the registry',
    ['--registry', 'https://a:b@npm.example.com'],
    '--registry must not contain a user name or password',
  ],
  [
    'an invalid scope',
    [...helper.slice(2), '--npm-scope', 'acme'],
    '--npm-scope must be an npm scope such as @acme',
  ],
  [
    'an invalid variable name',
    [...helper.slice(2), '--env', 'A}B'],
    '--env must be the name of a variable',
  ],
  [
    'a variable together with a file',
    [...helper.slice(2), '--env', 'A', '--write', 'x'],
    '--env and --write cannot be used together',
  ],
])('refuses %s', async (_name, flags, sentence) => {
  const { stdout, stderr, exitCode } = await runCli(['credential', 'npm', ...flags])
  expect([stdout, exitCode]).toEqual(['', 2])
  expect(stderr.split('\n')[0]).toBe(`edgemint: ${sentence}`)
})
