import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { ActivityReport } from '../../../../src/contract/decisions/answers.ts'
import { ACTIVITY_MAX_HOURS } from '../../../../src/contract/limits.ts'
import { PATHS } from '../../../../src/protocol/paths.ts'
import { appendTo, createReader, type Reader, recordOf } from '../../support/decisions.ts'
import { adminToken, applyTrust, readJson } from '../../support/gateway.ts'
import { quickIssuer } from '../../support/issuer.ts'
import { trustFor } from '../../support/trust.ts'

const HOUR = 3_600_000
const TWO = { DECISION_SHARDS: '2' }

let read: Reader

beforeAll(async () => {
  const issuer = await quickIssuer()
  await applyTrust(trustFor(issuer.url))
  read = createReader(await adminToken(), TWO)
  const hour = Math.floor(Date.now() / HOUR) * HOUR
  await appendTo(0, [recordOf(0, hour - HOUR), recordOf(0, hour - 9 * 24 * HOUR)])
  await appendTo(1, [
    recordOf(1, hour - HOUR + 1),
    recordOf(1, hour - HOUR, { outcome: 'denied', reason: 'no_rule_matched' }),
    recordOf(1, hour - 2 * HOUR, { outcome: 'unavailable', part: 'trust_store' }),
  ])
})

async function activityOf(hours?: number): Promise<ActivityReport> {
  const question = hours === undefined ? {} : { hours: String(hours) }
  const response = await read.ask(PATHS.adminDecisionsActivity, question)
  expect(response.status).toBe(200)
  return (await readJson(response)) as unknown as ActivityReport
}

const sum = ({ buckets }: ActivityReport, name: 'granted' | 'denied' | 'unavailable') =>
  buckets.reduce((total, bucket) => total + bucket[name], 0)

describe('LOG-09 GET /admin/v1/decisions/activity', () => {
  it('counts the decisions of all shards, by outcome and hour', async () => {
    const report = await activityOf()
    const at = Math.floor(Date.now() / HOUR) * 3600
    expect(report.step_seconds).toBe(3600)
    expect(report.buckets.find((bucket) => bucket.at === at - 3600)).toEqual({
      at: at - 3600,
      granted: 2,
      denied: 1,
      unavailable: 0,
    })
    expect(report.buckets.find((bucket) => bucket.at === at - 7200)).toMatchObject({
      unavailable: 1,
    })
  })

  it.each([
    [1, 300, 13],
    [6, 300, 73],
    [7, 3600, 8],
    [72, 3600, 73],
    [73, 21_600, 14],
    [ACTIVITY_MAX_HOURS, 21_600, 125],
  ])('has no gaps: %s hours in steps of %s seconds', async (hours, step, count) => {
    const { step_seconds: seconds, buckets } = await activityOf(hours)
    expect([seconds, buckets.length]).toEqual([step, count])
    const times = buckets.map(({ at }) => at)
    expect(times).toEqual(times.map((_, index) => (times[0] ?? 0) + index * step))
    expect(times.at(-1)).toBe(Math.floor(Date.now() / 1000 / step) * step)
    expect(times[0]).toBeLessThanOrEqual(Date.now() / 1000 - hours * 3600)
  })

  it('has only the period', async () => {
    expect(sum(await activityOf(24), 'granted')).toBe(2)
    expect(sum(await activityOf(24 * 10), 'granted')).toBe(3)
  })

  it.each(['0', '-1', '1.5', 'day', '', String(ACTIVITY_MAX_HOURS + 1)])(
    'refuses %j hours',
    async (hours) => {
      const response = await read.ask(PATHS.adminDecisionsActivity, { hours })
      expect(response.status).toBe(400)
      expect(await readJson(response)).toMatchObject({ problems: [{ code: 'hours_invalid' }] })
    },
  )

  it('says that a deployment keeps no decisions', async () => {
    vi.spyOn(console, 'log').mockImplementation(() => undefined)
    const off = createReader(await adminToken(), { DECISION_LOG: undefined })
    const response = await off.ask(PATHS.adminDecisionsActivity)
    expect(await readJson(response)).toMatchObject({
      type: 'urn:edgemint:problem:decision-log-off',
    })
  })
})
