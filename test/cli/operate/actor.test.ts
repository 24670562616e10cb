/** `edgemint doctor` and `edgemint probe` with the token of an actor, as `edgemint token` takes it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { startJobWorld } from '../../../scripts/extra/job-world.ts'
import { runCli } from '../support/run.ts'

const world = await startJobWorld()
const directory = mkdtempSync(join(tmpdir(), 'edgemint-actor-'))
const file = join(directory, 'actor-token')
writeFileSync(file, 'not.an.actor\n')
afterAll(async () => {
  rmSync(directory, { recursive: true })
  await world.close()
})

const run = (command: string) =>
  runCli([command, '--json', '--actor-token-file', file], { environment: world.environment })

test('doctor sends the token of the actor', async () => {
  const { stdout, stderr, exitCode } = await run('doctor')
  expect([exitCode, stderr]).toEqual([1, ''])
  const { steps } = JSON.parse(stdout)
  const step = steps.find((one: { step: string }) => one.step === 'exchange')
  expect(step.message).toBe('refused: the actor token was not accepted (invalid_request)')
})

test('probe sends the token of the actor', async () => {
  const { stdout, stderr, exitCode } = await run('probe')
  expect([exitCode, stderr]).toEqual([1, ''])
  const { checks } = JSON.parse(stdout)
  const check = checks.find((one: { check: string }) => one.check === 'granted')
  expect(check).toMatchObject({ status: 'fail', answer: 'invalid_request' })
})
