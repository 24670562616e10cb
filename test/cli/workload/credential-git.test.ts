import { expect, test } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import {
  grant,
  isEndOfToken,
  REFUSED,
  RESOURCE,
  refuse,
  SUBJECT_TOKEN,
  TOKEN,
  workloadOf,
} from '../support/helper.ts'
import { runCli } from '../support/run.ts'

const gateway = await startGateway()
const helper = ['credential', 'git', '--host', 'git.example.com', '--host', 'localhost:3000']

function ask(lines: readonly string[], flags: readonly string[] = [], operation = 'get') {
  const stdin = `${lines.join('\n')}\n\n`
  return runCli([...helper, ...flags, operation], workloadOf(gateway, stdin))
}

const HTTPS = ['protocol=https', 'host=git.example.com']
const CAPABLE = ['capability[]=authtype', 'capability[]=state', ...HTTPS]
const MODERN = [...CAPABLE, 'wwwauth[]=Bearer realm="git"']

/** Splits the answer into its lines and its expiry. */
function readAnswer(stdout: string): readonly [lines: readonly string[], expiry: number] {
  const lines = stdout.trimEnd().split('\n')
  const last = lines.at(-1) ?? ''
  expect(last).toMatch(/^password_expiry_utc=[0-9]+$/)
  return [lines.slice(0, -1), Number(last.split('=')[1])]
}

test('answers with a password that expires with the token', async () => {
  gateway.answer(grant)
  const before = Date.now()
  const { stdout, stderr, exitCode } = await ask(HTTPS)
  const [lines, expiry] = readAnswer(stdout)
  expect(lines).toEqual(['username=edgemint', `password=${TOKEN}`])
  expect(isEndOfToken(expiry, before, Date.now())).toBe(true)
  expect([stderr, exitCode]).toEqual(['', 0])
  const form = new URLSearchParams(gateway.asked[0]?.body)
  expect(form.get('subject_token')).toBe(SUBJECT_TOKEN)
  expect(form.get('resource')).toBe(RESOURCE)
})

test.each<[string, readonly string[], readonly string[], string]>([
  ['a password when the flag says so', MODERN, ['--auth', 'basic'], 'username=edgemint'],
  ['the user name of the flag', HTTPS, ['--username', 'oauth2'], 'username=oauth2'],
  ['the user name of the URL first', [...HTTPS, 'username=me'], ['--username', 'x'], 'username=me'],
])('answers with %s', async (_name, lines, flags, first) => {
  gateway.answer(grant)
  const [answer] = readAnswer((await ask(lines, flags)).stdout)
  expect(answer).toEqual([first, `password=${TOKEN}`])
})

test.each([
  ['a listed host with its port', ['protocol=https', 'host=localhost:3000']],
  ['a listed host of this machine over http', ['protocol=http', 'host=localhost:3000']],
  ['a listed host in capitals', ['protocol=https', 'host=GIT.example.com']],
  ['a listed host with the default port', ['protocol=https', 'host=git.example.com:443']],
])('answers for %s', async (_name, lines) => {
  gateway.answer(grant)
  expect((await ask(lines)).stdout).toContain(`password=${TOKEN}\n`)
})

test.each([
  ['a host that is not listed', ['protocol=https', 'host=git.example.org']],
  ['a host below a listed one', ['protocol=https', 'host=evil.git.example.com']],
  ['a host that begins like a listed one', ['protocol=https', 'host=git.example.com.evil.org']],
  ['a listed host at another port', ['protocol=https', 'host=git.example.com:8443']],
  ['a listed host over http', ['protocol=http', 'host=git.example.com']],
  ['another protocol', ['protocol=smtp', 'host=git.example.com']],
  ['a user in the host', ['protocol=https', 'host=git.example.com@evil.org']],
  ['a path in the host', ['protocol=https', 'host=git.example.com/x']],
  ['no host', ['protocol=https']],
])('gives no token to %s, and makes no exchange', async (_name, lines) => {
  gateway.answer(grant)
  const { stdout, stderr, exitCode } = await ask(lines)
  expect([stdout, exitCode, gateway.asked.length]).toEqual(['', 0, 0])
  expect(stderr).toMatch(/^edgemint: no token for .*: it is not in --host, or not https\n$/)
})

test.each([
  ['a second host', [...HTTPS, 'host=evil.org']],
  ['a carriage return in the host', ['protocol=https', 'host=git.example.com\revil.org']],
])('refuses %s, which a forged URL could add', async (_name, lines) => {
  const { stdout, stderr, exitCode } = await ask(lines)
  expect([stdout, exitCode, gateway.asked.length]).toEqual(['', 2, 0])
  expect(stderr).toMatch(/^edgemint: the request of git has an invalid "host"\n/)
})

test('refuses a request above the limit', async () => {
  const { stdout, stderr, exitCode } = await ask([...HTTPS, `path=${'x'.repeat(262_144)}`])
  expect([stdout, exitCode, gateway.asked.length]).toEqual(['', 2, 0])
  expect(stderr).toMatch(/^edgemint: stdin is larger than 262144 bytes\n/)
})

test('reports a refusal, and stops git from prompting the user', async () => {
  gateway.answer(refuse)
  expect(await ask(HTTPS)).toEqual({
    stdout: 'quit=1\n',
    stderr: `edgemint: ${REFUSED}\nedgemint: hint: the decision is dec_2\n`,
    exitCode: 1,
  })
})

test('refuses --auth bearer when git does not support it', async () => {
  const { stdout, stderr, exitCode } = await ask(HTTPS, ['--auth', 'bearer'])
  expect([stdout, exitCode, gateway.asked.length]).toEqual(['quit=1\n', 2, 0])
  expect(stderr).toMatch(/^edgemint: --auth bearer needs git 2\.46 or later\n/)
})

test.each(['store', 'erase', 'an operation of a later git'])('does nothing at %s', async (word) => {
  const lines = [...HTTPS, 'username=edgemint', `password=${TOKEN}`]
  expect(await ask(lines, [], word)).toEqual({ stdout: '', stderr: '', exitCode: 0 })
  expect(gateway.asked).toEqual([])
})

test.each<[string, readonly string[], string]>([
  ['no host', [], '--host is required'],
  [
    'a URL instead of a host',
    ['--host', 'https://git.example.com'],
    '--host must be host names such as git.example.com or localhost:3000',
  ],
  [
    'a pattern instead of a host',
    ['--host', '*.example.com'],
    '--host must be host names such as git.example.com or localhost:3000',
  ],
  [
    'an unknown kind',
    ['--host', 'a.example', '--auth', 'x'],
    '--auth must be one of auto, basic, bearer',
  ],
])('refuses %s', async (_name, flags, sentence) => {
  const args = ['credential', 'git', ...flags, 'get']
  const { stdout, stderr, exitCode } = await runCli(args, workloadOf(gateway))
  expect([stdout, exitCode]).toEqual(['', 2])
  expect(stderr.split('\n')[0]).toBe(`edgemint: ${sentence}`)
})

test('reads no subject token from stdin, which git uses', async () => {
  const { stdout, stderr, exitCode } = await ask(HTTPS, ['--token-file', '-'])
  expect([stdout, exitCode, gateway.asked.length]).toEqual(['quit=1\n', 2, 0])
  expect(stderr).toMatch(/^edgemint: --token-file must name a file: the calling tool uses stdin/)
})
