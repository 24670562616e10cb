/** Text from a gateway stays one line in the log of a CI system, and cannot be a command. */
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { GRANTED, TOKEN, workloadOf } from '../support/helper.ts'
import { runCli } from '../support/run.ts'

const gateway = await startGateway()

const HOSTILE =
  'no\n::add-mask::a\r\n##[add-path]/x ##vso[task.setvariable variable=p]y\u001b[2J%0A::error::z\u2028b'

const lines = (text: string) => text.split('\n').slice(0, -1)

describe.each([['token'], ['credential', 'kubectl'], ['exec', '--', 'true']])('%s', (...args) => {
  test('prints no command of a runner from any member of a refusal', async () => {
    const condition = { claim: HOSTILE, holds: false, expected: HOSTILE, presented: HOSTILE }
    gateway.answer(() => ({
      status: 400,
      headers: { server: '::add-mask::nginx' },
      body: {
        error: 'invalid_request',
        error_description: HOSTILE,
        decision_id: HOSTILE,
        explanation: [{ rule: HOSTILE, outcome: 'condition_failed', conditions: [condition] }],
      },
    }))
    const { stdout, stderr, exitCode } = await runCli(args, workloadOf(gateway))
    expect([stdout, exitCode]).toEqual(['', 1])
    expect(lines(stderr).every((line) => line.startsWith('edgemint: '))).toBe(true)
    for (const text of ['##[', '##vso[', '\r', '\u001b', '\u2028']) {
      expect(stderr).not.toContain(text)
    }
  })
})

test('prints the same values as JSON without a command of a runner', async () => {
  const scope = '##vso[task.complete]x ::add-mask::y'
  gateway.answer(() => ({ status: 200, body: { ...GRANTED, scope, decision_id: HOSTILE } }))
  const { stdout, stderr } = await runCli(['token', '--json'], workloadOf(gateway))
  expect(JSON.parse(stdout)).toMatchObject({ access_token: TOKEN, scope, decision_id: HOSTILE })
  expect(lines(stdout).length).toBe(1)
  expect(stdout + stderr).not.toMatch(/##(?:vso)?\[|^::/m)
})

test.each([
  ['exec', ['exec', '--file', join('/no/where', 'token'), '--', 'true']],
  [
    'credential npm',
    ['credential', 'npm', '--registry', 'https://npm.example.com/', '--write', '/no/where/.npmrc'],
  ],
])('%s makes no exchange when it cannot write the token', async (_name, args) => {
  gateway.answer(() => ({ status: 200, body: GRANTED }))
  const { stderr, exitCode } = await runCli(args, workloadOf(gateway))
  expect([exitCode, gateway.asked.length]).toEqual([2, 0])
  expect(stderr).toContain('edgemint: hint: create the directory first: mkdir -p /no/where\n')
})

test.each(['/', '//'])(
  'accepts EDGEMINT_URL with %s at its end as the same gateway',
  async (end) => {
    gateway.answer(() => ({ status: 200, body: GRANTED }))
    const url = `${gateway.url.replace('http', 'HTTP')}${end}`
    const { stdout, exitCode } = await runCli(
      ['token'],
      workloadOf(gateway, '', { EDGEMINT_URL: url }),
    )
    expect([stdout, exitCode]).toEqual([`${TOKEN}\n`, 0])
    expect(gateway.asked.map(({ path }) => path)).toEqual(['/token'])
  },
)
