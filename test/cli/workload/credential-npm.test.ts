import { chmodSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { grant, refuse, TOKEN, workloadOf } from '../support/helper.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const helper = ['credential', 'npm', '--registry', 'https://npm.example.com/team']

// biome-ignore lint/suspicious/noTemplateCurlyInString: npm's own way to name a variable.
const VARIABLE = '${EDGEMINT_TOKEN}'

test('prints a line that names a variable, and asks for no token', async () => {
  expect(await runCli(helper)).toEqual({
    stdout: `//npm.example.com/team/:_authToken=${VARIABLE}\n`,
    stderr: '',
    exitCode: 0,
  })
})

test('names the registry of a scope, and another variable', async () => {
  const { stdout } = await runCli([...helper, '--npm-scope', '@acme', '--env', 'NODE_AUTH_TOKEN'])
  expect(stdout).toBe(
    [
      '@acme:registry=https://npm.example.com/team',
      `//npm.example.com/team/:_authToken=${VARIABLE.replace('EDGEMINT_TOKEN', 'NODE_AUTH_TOKEN')}`,
      '',
    ].join('\n'),
  )
})

test('writes a real token into a file that only its owner reads, beside what was there', async () => {
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
  expect(stderr).toBe(`edgemint: wrote a token into ${path}, good for 600 seconds\n`)
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
  expect(stderr.split('\n')[0]).toBe(`::add-mask::${TOKEN}`)
  expect(readFileSync(path, 'utf8')).toBe(`//npm.example.com/team/:_authToken=${TOKEN}\n`)
})

test('leaves the file as it was when it is refused', async () => {
  gateway.answer(refuse)
  const path = write('kept', 'fund=false\n')
  const { exitCode } = await runCli([...helper, '--write', path], workloadOf(gateway))
  expect([exitCode, readFileSync(path, 'utf8')]).toEqual([1, 'fund=false\n'])
})

test('follows no link, which would put the token where nobody named it', async () => {
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
    'http beyond this machine',
    ['--registry', 'http://npm.example.com'],
    '--registry must be https; http is for loopback addresses only',
  ],
  [
    'a password in the registry',
    ['--registry', 'https://a:b@npm.example.com'],
    '--registry must not contain a user name or password',
  ],
  [
    'a scope that is none',
    [...helper.slice(2), '--npm-scope', 'acme'],
    '--npm-scope must be a scope of npm such as @acme',
  ],
  [
    'a variable that is none',
    [...helper.slice(2), '--env', 'A}B'],
    '--env must be the name of a variable',
  ],
  [
    'a variable for a file',
    [...helper.slice(2), '--env', 'A', '--write', 'x'],
    '--env and --write exclude each other',
  ],
])('refuses %s', async (_name, flags, sentence) => {
  const { stdout, stderr, exitCode } = await runCli(['credential', 'npm', ...flags])
  expect([stdout, exitCode]).toEqual(['', 2])
  expect(stderr.split('\n')[0]).toBe(`edgemint: ${sentence}`)
})
