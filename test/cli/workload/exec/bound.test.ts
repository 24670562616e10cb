/** The flags of `exec --bind`. A program runs in test/conformance/bound-requests.test.ts. */
import { expect, test } from 'vitest'
import { runCli } from '../../support/run.ts'

const TARGET = ['--url', 'https://sts.example.com', '--resource', 'https://api.example.com']
const UPSTREAM = ['--upstream', 'https://api.example.com']
const exec = (...flags: readonly string[]) =>
  runCli(['exec', ...TARGET, ...flags, '--', process.execPath, '-e', '0'])

test.each<readonly [readonly string[], string]>([
  [
    ['--bind'],
    '--bind needs --upstream: only a local proxy can use a token that is bound to a key',
  ],
  [UPSTREAM, '--upstream needs --bind'],
  [
    ['--bind', ...UPSTREAM, '--file', 'token.jwt'],
    '--file cannot be used with --bind: a program cannot use a token that is bound to a key of another process',
  ],
  [['--bind', '--upstream', 'http://api.example.com'], '--upstream must be https'],
])('refuses the flags %j', async (flags, message) => {
  const { stderr, exitCode } = await exec(...flags)
  expect(stderr).toContain(`edgemint: ${message}`)
  expect(exitCode).toBe(2)
})

test.each<readonly [string, readonly string[], number]>([
  ['token', TARGET, 2],
  ['exchange', TARGET, 2],
  // Programs that call a credential helper expect this code.
  ['credential', ['docker', ...TARGET], 1],
])('%s refuses --bind and says which commands have it', async (command, flags, code) => {
  const { stderr, exitCode } = await runCli([command, ...flags, '--bind'])
  expect(stderr).toContain('unknown flag --bind')
  expect(stderr).toContain('hint: only edgemint proxy and edgemint exec can use a token')
  expect(exitCode).toBe(code)
})
