/** `edgemint exec` in the environment of a CI job, against a real gateway. */
import { spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, expect, test } from 'vitest'
import { startJobWorld } from '../../../scripts/extra/job-world.ts'
import { closedPort } from '../../support/closed-port.ts'
import { CLI, eventually, startJob } from '../support/job.ts'
import { spawnCli } from '../support/run.ts'

const world = await startJobWorld()
afterAll(() => world.close())

const node = process.execPath
const print = (expression: string) => ['--', node, '-e', `console.log(${expression})`]
const exec = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
  spawnCli(['exec', ...args], { environment: { ...world.environment, ...environment } })

test('gives the program a valid token, and revokes it when the program has ended', async () => {
  const { stdout, stderr, exitCode } = await exec([
    ...['--', node, '-e', CALL_API],
    `${world.apiUrl}/`,
  ])
  expect([stderr, exitCode]).toEqual(['', 0])
  const { status, token, expiresAt } = JSON.parse(stdout)
  expect(status).toBe(200)
  expect(Number(expiresAt)).toBeGreaterThan(Date.now() / 1000)
  await eventually(() => world.ask(token), 401)
})

const CALL_API = `
const { EDGEMINT_TOKEN: token, EDGEMINT_TOKEN_EXPIRES_AT: expiresAt } = process.env
fetch(process.argv[1], { headers: { authorization: 'Bearer ' + token } }).then(({ status }) => {
  console.log(JSON.stringify({ status, token, expiresAt }))
})`

test('puts the token into the variable that --env names', async () => {
  const { stdout } = await exec(['--env', 'API_TOKEN', ...print('Object.keys(process.env).join()')])
  expect(stdout).toMatch(/\bAPI_TOKEN\b/)
  expect(stdout).toMatch(/\bAPI_TOKEN_EXPIRES_AT\b/)
  expect(stdout).not.toContain('EDGEMINT_TOKEN')
})

test('keeps the token in a file of mode 0600 while the program runs', async () => {
  const path = join(world.scratch, 'while.jwt')
  const facts = `JSON.stringify([(fs.statSync(process.env.EDGEMINT_TOKEN_FILE).mode & 0o777), process.env.EDGEMINT_TOKEN ?? null])`
  const { stdout, exitCode } = await exec(['--file', path, ...print(facts)])
  expect([JSON.parse(stdout), exitCode]).toEqual([[0o600, null], 0])
  expect(existsSync(path)).toBe(false)
})

test('removes EDGEMINT_SUBJECT_TOKEN from the environment of the program', async () => {
  const { stdout } = await exec(
    ['--source', 'github-actions', ...print('Object.keys(process.env).join()')],
    { EDGEMINT_SUBJECT_TOKEN: 'a.b.c' },
  )
  expect(stdout).not.toContain('EDGEMINT_SUBJECT_TOKEN')
  expect(stdout).toContain('ACTIONS_ID_TOKEN_REQUEST_TOKEN')
})

test('has GitHub Actions mask the token before the program can print it', async () => {
  // A runner reads both streams as one log, in the order of writing.
  const path = join(world.scratch, 'log.txt')
  const log = openSync(path, 'a')
  const child = spawn(process.execPath, [CLI, 'exec', ...print('process.env.EDGEMINT_TOKEN')], {
    stdio: ['ignore', log, log],
    env: { ...world.environment, GITHUB_ACTIONS: 'true' },
  })
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0)
  closeSync(log)
  const [subject, ...lines] = readFileSync(path, 'utf8').split('\n')
  expect(`${subject} ${lines[1]}`).toMatch(/^::add-mask::eyJ\S+ eyJ/)
  expect(lines).toEqual([`::add-mask::${lines[1]}`, lines[1], ''])
})

test.each([
  ['its own', ['process.exit(42)'], 42],
  ['that of a signal', ['process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 60_000)'], 143],
  ['that of an abort', ['process.kill(process.pid, "SIGKILL"); setTimeout(() => {}, 60_000)'], 137],
])('ends with the exit code of the program: %s', async (_name, [code = ''], exitCode) => {
  expect(await exec(['--', node, '-e', code])).toEqual({ stdout: '', stderr: '', exitCode })
})

test('passes the arguments on unchanged, without a shell', async () => {
  const words = ['--help', '$HOME', '*', '; exit 3', '']
  const { stdout } = await exec([...print('JSON.stringify(process.argv.slice(1))'), '--', ...words])
  expect(JSON.parse(stdout)).toEqual(words)
})

test('gives the program its stdin', async () => {
  const { stdout } = await spawnCli(
    ['exec', '--', node, '-e', 'process.stdin.pipe(process.stdout)'],
    {
      environment: world.environment,
      stdin: 'what was typed',
    },
  )
  expect(stdout).toBe('what was typed')
})

test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const)(
  'passes %s on once, and ends with the exit code of the program',
  async (signal) => {
    const running = startJob(world, ['exec', '--', node, '-e', COUNT_SIGNALS, signal])
    await running.until('token ')
    running.child.kill(signal)
    await running.until('seen')
    expect([await running.ended, running.stderr()]).toEqual([7, ''])
    expect(running.stdout().match(/seen/g)).toHaveLength(1)
    const [, token = ''] = /token (\S+)/.exec(running.stdout()) ?? []
    await eventually(() => world.ask(token), 401)
  },
)

const COUNT_SIGNALS = `
const timer = setTimeout(() => process.exit(1), 60_000)
process.on(process.argv[1], () => {
  console.log('seen')
  setTimeout(() => process.exit(7), 200)
})
console.log('token ' + process.env.EDGEMINT_TOKEN)`

test('kills a program that does not end within --grace, and revokes its token', async () => {
  const stubborn = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('token ' + process.env.EDGEMINT_TOKEN)`
  const running = startJob(world, ['exec', '--grace', '1', '--', node, '-e', stubborn])
  await running.until('token ')
  running.child.kill('SIGTERM')
  expect(await running.ended).toBe(137)
  const [, token = ''] = /token (\S+)/.exec(running.stdout()) ?? []
  await eventually(() => world.ask(token), 401)
})

test('revokes the token and keeps the exit code when the file cannot be removed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'edgemint-locked-'))
  const path = join(folder, 'token.jwt')
  chmodSync(folder, 0o777)
  const lock = `const { chmodSync, readFileSync } = require('fs')
console.log(readFileSync('${path}', 'utf8'))
chmodSync('${folder}', 0o555)
process.exit(5)`
  // Root can write to any folder, so the command then runs as another user, who owns the folder.
  const uid = process.getuid?.() === 0 ? 65_534 : undefined
  if (uid !== undefined) chownSync(folder, uid, uid)
  const child = spawn(node, [CLI, 'exec', '--file', path, '--', node, '-e', lock], {
    ...(uid === undefined ? {} : { uid }),
    env: world.environment,
  })
  const ended = new Promise((resolve) => child.once('close', resolve))
  const [token, told] = await Promise.all([text(child.stdout), text(child.stderr)])
  expect([await ended, told]).toEqual([5, `edgemint: cannot remove ${path}: permission denied\n`])
  await eventually(() => world.ask(token.trim()), 401)
  chmodSync(folder, 0o777)
  rmSync(folder, { recursive: true })
})

test('reports that a token could not be revoked, and keeps the exit code', async () => {
  const path = join(world.scratch, 'orphan.jwt')
  const wait = `process.on('SIGUSR2', () => process.exit(5)); setInterval(() => {}, 1000); console.log('up')`
  const running = startJob(world, ['exec', '--file', path, '--', node, '-e', wait])
  await running.until('up')
  await world.stopGateway()
  running.child.kill('SIGUSR2')
  const exitCode = await running.ended
  await world.startGateway()
  expect(exitCode).toBe(5)
  expect(running.stderr()).toMatch(
    /^edgemint: a token could not be revoked: cannot reach \S+ \(ECONNREFUSED\); \d tries in \d seconds; it expires in \d+ seconds\n$/,
  )
  expect(existsSync(path)).toBe(false)
})

test('reports a failed refresh, and refreshes the file when the gateway is back', async () => {
  const path = join(world.scratch, 'outage.jwt')
  const wait = `process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000); console.log('up')`
  const args = ['exec', '--lifetime', '10', '--file', path, '--', node, '-e', wait]
  const running = startJob(world, args)
  await running.until('up')
  const first = readFileSync(path, 'utf8')
  await world.stopGateway()
  await eventually(async () => running.stderr().includes('could not be refreshed'), true)
  expect(readFileSync(path, 'utf8')).toBe(first)
  await world.startGateway()
  await eventually(async () => readFileSync(path, 'utf8') !== first, true)
  expect(await world.ask(readFileSync(path, 'utf8'))).toBe(200)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  running.child.kill('SIGTERM')
  expect(await running.ended).toBe(0)
  expect(running.stderr()).toMatch(/^edgemint: the token could not be refreshed; trying again\n/)
  expect(running.stderr()).toMatch(/edgemint: the token was refreshed\n$/)
  expect(running.stderr()).not.toContain(first)
}, 60_000)

test('ends with 3 and starts nothing when the gateway is down', async () => {
  const url = `http://127.0.0.1:${await closedPort()}`
  const once = { EDGEMINT_RETRY_SECONDS: '0' }
  const { stdout, stderr, exitCode } = await exec(['--url', url, ...print('"ran"')], once)
  expect([stdout, exitCode]).toEqual(['', 3])
  expect(stderr).toContain(`edgemint: cannot reach ${new URL(url).host} (ECONNREFUSED)\n`)
})

test('ends with 1 and starts nothing when the gateway refuses', async () => {
  const { stdout, stderr, exitCode } = await exec(['--scope', 'deploy:write', ...print('"ran"')])
  expect([stdout, exitCode]).toEqual(['', 1])
  expect(stderr).toMatch(/^edgemint: refused: .* \(invalid_scope\)\n/)
})

test('ends as a shell does when the command cannot be run, and revokes the token', async () => {
  const script = join(world.scratch, 'deploy.sh')
  // With a Windows line end, the interpreter would be `/bin/sh\r`.
  writeFileSync(script, '#!/bin/sh\r\ntrue\r\n', { mode: 0o755 })
  const stderr = expect.stringContaining(`cannot run ${script}: its interpreter does not exist\n`)
  expect(await exec(['--', script])).toMatchObject({ stderr, exitCode: 126 })
})

test.each([
  ['no command', ['--env', 'X'], 'exec needs a command after --'],
  ['a bad variable', ['--env', 'A-B', '--', 'true'], '--env must be the name of a variable'],
  ['PATH', ['--env', 'PATH', '--', 'true'], '--env must not be PATH'],
  ['a bad grace', ['--grace', '-1', '--', 'true'], '--grace must be a number of seconds from 0'],
  [
    'a long grace',
    ['--grace', '90000', '--', 'true'],
    '--grace must be a number of seconds from 0 to 86400',
  ],
  ['a directory as file', ['--file', '/tmp', '--', 'true'], '/tmp is not a regular file'],
  [
    'a missing directory',
    ['--file', '/no/where', '--', 'true'],
    'cannot write /no/where: its directory does not exist\nedgemint: hint: create the directory first: mkdir -p /no',
  ],
])('ends with 2 for %s', async (_name, args, sentence) => {
  const { stdout, stderr, exitCode } = await exec(args)
  expect([stdout, exitCode]).toEqual(['', 2])
  expect(stderr).toContain(sentence)
})

test('waits only for a limited time for a gateway that does not answer the revocation', async () => {
  const issued = {
    access_token: 'issued.token.text',
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    token_type: 'Bearer',
    expires_in: 600,
    scope: 'deploy:read',
    decision_id: 'dec_1',
  }
  const silent = await startSilent((request, response) => {
    if (request.url === '/token') response.end(JSON.stringify(issued))
  })
  const { stdout, stderr, exitCode } = await exec([
    ...['--url', silent.url],
    ...print('process.env.EDGEMINT_TOKEN'),
  ])
  silent.close()
  expect([stdout, exitCode]).toEqual(['issued.token.text\n', 0])
  expect(stderr).toMatch(
    /^edgemint: a token could not be revoked: no answer in time; it expires in/,
  )
})

test('ends without starting the program when a signal arrives first', async () => {
  let reach = () => {}
  const reached = new Promise<void>((resolve) => {
    reach = resolve
  })
  const silent = await startSilent(() => reach())
  const running = startJob(world, ['exec', '--url', silent.url, ...print('"ran"')])
  await reached
  running.child.kill('SIGTERM')
  expect([await running.ended, running.stdout(), running.stderr()]).toEqual([143, '', ''])
  silent.close()
})

/** Starts a server that answers only what a test defines. */
async function startSilent(listener: RequestListener) {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
