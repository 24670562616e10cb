/** `edgemint exec` with a command that does not exist or cannot be run. */
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { closedPort } from '../../../support/closed-port.ts'
import { createScratch, spawnCli } from '../../support/run.ts'

const RESOURCE = 'https://api.example.com'

const write = createScratch()
const plain = write('plain-file', 'true\n')
const folder = dirname(plain)
for (const name of ['a-folder', 'first']) mkdirSync(join(folder, name))

async function exec(command: string, path: string) {
  const url = `http://127.0.0.1:${await closedPort()}`
  const environment = { PATH: path, EDGEMINT_SUBJECT_TOKEN: 'a.b.c', EDGEMINT_RETRY_SECONDS: '0' }
  const flags = ['--url', url, '--resource', RESOURCE]
  return spawnCli(['exec', ...flags, '--', command, 'x'], { environment })
}

test.each([
  ['in PATH', 'no-such-command-anywhere', '/usr/bin:/bin'],
  ['in an empty PATH', 'no-such-command-anywhere', ''],
  ['in a folder', './no-such-command-anywhere', '/usr/bin'],
  ['at a path', '/no/such/command', '/usr/bin'],
])(
  'a command that is not %s ends as in a shell, and no token is requested',
  async (_, command, path) => {
    expect(await exec(command, path)).toEqual({
      stdout: '',
      stderr: `edgemint: cannot run ${command}: command not found\n`,
      exitCode: 127,
    })
  },
)

test.each([
  ['in PATH', 'sh', '/usr/bin:/bin'],
  ['at a path', '/bin/sh', '/nowhere'],
])('a token is requested for a command %s', async (_, command, path) => {
  expect((await exec(command, path)).exitCode).toBe(3)
})

test.each([
  ['a file at a path', plain, '/usr/bin'],
  ['a file in PATH', 'plain-file', `/usr/bin:${folder}:/bin`],
  ['a folder at a path', folder, '/usr/bin'],
  ['a folder in PATH', 'a-folder', folder],
])('%s that is not executable ends as in a shell, and no token is requested', async (...row) => {
  const [, command, path] = row
  expect(await exec(command, path)).toEqual({
    stdout: '',
    stderr: `edgemint: cannot run ${command}: permission denied\n`,
    exitCode: 126,
  })
})

test('a token is requested for a command that is executable in a later folder of PATH', async () => {
  const first = dirname(write('first/sh', ''))
  expect((await exec('sh', `${first}:/usr/bin:/bin`)).exitCode).toBe(3)
})

test('--env must not be the variable that exec sets for --file', async () => {
  const flags = ['--env', 'EDGEMINT_TOKEN_FILE', '--file', join(folder, 'token')]
  const { stderr, exitCode } = await spawnCli(['exec', ...flags, '--', 'true'])
  expect(stderr).toMatch(/^edgemint: --env must not be EDGEMINT_TOKEN_FILE\n/)
  expect(exitCode).toBe(2)
})
