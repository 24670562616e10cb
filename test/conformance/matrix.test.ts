/**
 * EXC-14 Rate limits for well-behaved callers: the largest job matrix of one subject, and clients
 * that reach a limit.
 */
import { afterAll, expect, test } from 'vitest'
import {
  RESOURCE,
  readShippedLimits,
  startFront,
  startMatrixWorld,
} from '../../scripts/extra/matrix-world.ts'
import { createTokenSource } from '../../src/client/index.ts'
import { giveSigningKey } from '../support/canary/keys.ts'

/** The largest matrix of GitHub Actions. */
const JOBS = 256

test('256 jobs of one workflow at once all get a token within the shipped limits', async () => {
  const world = await startMatrixWorld(readShippedLimits(), giveSigningKey)
  afterAll(() => world.close())
  const subjectTokens = await Promise.all(Array.from({ length: JOBS }, () => world.mint()))
  expect(new Set(subjectTokens).size).toBe(JOBS)
  const statuses = await Promise.all(subjectTokens.map(world.exchange))
  expect(statuses.filter((status) => status !== 200)).toEqual([])
}, 120_000)

test('a job that exceeds a limit waits as long as Retry-After says and gets its token', async () => {
  const limits = { RATE_LIMIT_SUBJECT: { limit: 4, period: 10 } } as const
  const world = await startMatrixWorld(limits, giveSigningKey)
  // The gateway always sends a minute. The test changes it to four seconds to be quick.
  const asked: (string | null)[] = []
  const front = await startFront(
    world.gatewayUrl,
    () => false,
    (headers) => {
      if (!headers.has('retry-after')) return
      asked.push(headers.get('retry-after'))
      headers.set('retry-after', '4')
    },
  )
  afterAll(async () => {
    await front.close()
    await world.close()
  })
  const jobs = Array.from({ length: 8 }, () =>
    createTokenSource({
      url: front.url,
      resource: RESOURCE,
      source: { name: 'runner', getSubjectToken: world.mint },
    }).getToken(),
  )
  const tokens = await Promise.all(jobs)
  expect(new Set(tokens.map(({ accessToken }) => accessToken)).size).toBe(8)
  expect(new Set(asked)).toEqual(new Set(['60']))
  expect(asked.length).toBeGreaterThanOrEqual(4)
}, 120_000)
