/** `exec` and `proxy` in a job that outlives its tokens. `check:long-run` runs it for longer. */
import { afterAll, expect, test } from 'vitest'
import { startJobWorld } from '../../../scripts/extra/job-world.ts'
import { runLongJob } from '../../../scripts/extra/long-job.ts'

const world = await startJobWorld()
afterAll(() => world.close())

test('refreshes tokens, fails no request, and leaves no valid token after SIGTERM', async () => {
  const { exec, proxy } = await runLongJob(world, { seconds: 24, lifetimeSeconds: 12 })
  for (const { requests, failures, tokens, alive, exitCode, said } of [exec, proxy]) {
    expect({ failures, alive, exitCode, said }).toEqual({
      failures: 0,
      alive: 0,
      exitCode: 0,
      said: '',
    })
    expect(requests).toBeGreaterThan(24)
    expect(tokens).toBeGreaterThanOrEqual(3)
  }
  expect(world.api.refused).toBe(exec.tokens + proxy.tokens)
}, 90_000)
