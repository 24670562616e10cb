/** Warnings about inputs that have no effect with the chosen output. */
import { expect, it } from 'vitest'
import { startJob } from './support/job.ts'

const { runner, idTokens, inputs } = await startJob()

const warnings = (stdout: string) =>
  [...stdout.matchAll(/^::warning title=Edgemint::(.*)$/gm)].map(([, text]) => text)

it.each([
  ['env-name', { 'env-name': 'API_TOKEN' }, 'env', 'output'],
  ['file', { output: 'env', file: 'token.txt' }, 'file', 'env'],
  [
    'host',
    { output: 'docker', host: 'a.example', registry: 'b.example' },
    'netrc, git-credential',
    'docker',
  ],
  ['registry', { output: 'output, env', registry: 'a.example' }, 'npmrc, docker', 'output, env'],
  ['username', { username: 'robot' }, 'netrc, docker, git-credential', 'output'],
])('warns that %s has no effect, and issues the token', async (name, change, forms, output) => {
  const { stdout, exitCode } = await runner.main({ ...inputs, ...change })
  expect(warnings(stdout)).toEqual([
    `the input ${name} has no effect: it is only for output ${forms}, and output is ${output}`,
  ])
  expect([exitCode, idTokens.audiences.length]).toEqual([0, 1])
})

it('warns about each input, without its value, also if it could not be used', async () => {
  const { stdout, exitCode } = await runner.main({
    ...inputs,
    host: 'a\n::error::b',
    file: 'x'.repeat(3000),
  })
  expect(warnings(stdout).map((text) => text?.split(' has')[0])).toEqual([
    'the input file',
    'the input host',
  ])
  expect(stdout).not.toMatch(/::error|xxx/)
  expect(exitCode).toBe(0)
})

// The runner fills in the defaults of action.yml, as GitHub's does.
it.each([
  ['a default', {}],
  ['an empty input', { host: ' ', file: '', 'env-name': '', username: '' }],
  ['one of several forms', { output: 'env, npmrc', 'env-name': 'API', registry: 'b.example' }],
  ['a shared input', { output: 'netrc', host: 'a.example', username: 'robot' }],
])('does not warn about %s', async (_, change) => {
  const { stdout, exitCode } = await runner.main({ ...inputs, ...change })
  expect([warnings(stdout), exitCode]).toEqual([[], 0])
})
