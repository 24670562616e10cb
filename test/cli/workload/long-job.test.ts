/** `exec` and `proxy` under a job that is longer than its tokens; `check:long-run` is the long one. */
import { afterAll, expect, test } from 'vitest'
import { startJobWorld } from '../../../scripts/extra/job-world.ts'
import { runLongJob } from '../../../scripts/extra/long-job.ts'

const world = await startJobWorld()
afterAll(() => world.close())

test('tokens are refreshed, no request fails, and SIGTERM leaves no good token behind', async () => {
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
