/** `edgemint exec` with a command that does not exist. */
import { expect, test } from 'vitest'
import { closedPort } from '../../support/closed-port.ts'
import { spawnCli } from '../../support/run.ts'

const RESOURCE = 'https://api.example.com'

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
