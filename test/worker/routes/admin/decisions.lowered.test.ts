/** `DECISION_SHARDS` was lowered: the decisions of the shards beyond it are still found. */
import { runInDurableObject } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ActivityReport } from '../../../../src/contract/decisions/answers.ts'
import { DECISION_SHARDS_HEADER } from '../../../../src/contract/decisions/answers.ts'
import type { DecisionRecord } from '../../../../src/contract/decisions/record.ts'
import { PATHS } from '../../../../src/protocol/paths.ts'
import type { DecisionLog } from '../../../../src/worker/objects/decision-log/decision-log.ts'
import { appendTo, createReader, type Reader, readPage, recordOf } from '../../support/decisions.ts'
import { adminToken, applyTrust, deployment, readJson } from '../../support/gateway.ts'
import { quickIssuer } from '../../support/issuer.ts'
import { trustFor } from '../../support/trust.ts'

const BEFORE = 5
const NOW = Date.now()
const own = Array.from({ length: BEFORE }, (_, shard) => recordOf(shard, NOW - shard * 1000))
let token: string
let read: Reader

type Fail = (call: string) => boolean

/** The first shard, whose calls can fail. */
function failing(fails: Fail) {
  const namespace = deployment().DECISION_LOG as DurableObjectNamespace<DecisionLog>
  const first = namespace.getByName('decisions-0')
  const broken = new Proxy(first, {
    get(target, name) {
      if (fails(String(name))) throw new Error('down')
      return Reflect.get(target, name)
    },
  })
  return {
    getByName: (name: string) => (name === 'decisions-0' ? broken : namespace.getByName(name)),
  }
}

/** Runs the alarm of a shard, as the platform does ten minutes after its first batch. */
async function runAlarm(shard: number, shards: object = deployment().DECISION_LOG ?? {}) {
  const namespace = deployment().DECISION_LOG as DurableObjectNamespace<DecisionLog>
  await runInDurableObject(
    namespace.getByName(`decisions-${shard}`),
    async (log: DecisionLog, state) => {
      // Every gateway of the tests has shards with names of its own.
      const { env } = log as unknown as { env: object }
      Object.assign(log, { env: { ...env, DECISION_LOG: shards } })
      await log.alarm()
      await state.storage.deleteAlarm()
    },
  )
}

beforeAll(async () => {
  const issuer = await quickIssuer()
  await applyTrust(trustFor(issuer.url))
  token = await adminToken()
  read = createReader(token, { DECISION_SHARDS: '2' })
  for (const [shard, record] of own.entries()) {
    await appendTo(shard, [record])
    await runAlarm(shard)
  }
})

describe('after DECISION_SHARDS was lowered', () => {
  it('LOG-09 a page has the decisions of every shard', async () => {
    const response = await read.list({ rule: 'deploy' })
    expect(response.headers.get(DECISION_SHARDS_HEADER)).toBe(String(BEFORE))
    const { decisions } = await readPage(response)
    expect(decisions).toEqual(own)
  })

  it('a question can name a shard beyond it, and none that never had decisions', async () => {
    const { decisions } = await readPage(await read.list({ shard: String(BEFORE - 1) }))
    expect(decisions).toEqual(own.slice(-1))
    const refused = await read.list({ shard: String(BEFORE) })
    expect(refused.status).toBe(400)
    expect(await readJson(refused)).toMatchObject({
      problems: [{ message: `must be a number from 0 to ${BEFORE - 1}` }],
    })
  })

  it('LOG-06 every shard can be exported', async () => {
    const response = await read.exported({ shard: String(BEFORE - 1) })
    expect(response.status).toBe(200)
    expect(response.headers.get(DECISION_SHARDS_HEADER)).toBe(String(BEFORE))
    expect(await response.text()).toContain(own.at(-1)?.id)
    expect((await read.exported({ shard: String(BEFORE) })).status).toBe(400)
  })

  it('the counts and the metrics have every shard', async () => {
    const activity = (await readJson(
      await read.ask(PATHS.adminDecisionsActivity),
    )) as unknown as ActivityReport
    const granted = activity.buckets.reduce((sum, bucket) => sum + bucket.granted, 0)
    expect(granted).toBe(BEFORE)
    const metrics = new TextDecoder().decode(
      await (await read.ask(PATHS.adminMetrics)).arrayBuffer(),
    )
    for (const shard of own.keys()) {
      expect(metrics).toContain(`edgemint_decision_log_shard_up{shard="${shard}"} 1`)
    }
  })

  it('answers nothing if the first shard does not say how many there are', async () => {
    const DECISION_LOG = failing((call) => call === 'countShards')
    const broken = createReader(token, { DECISION_SHARDS: '2', DECISION_LOG })
    expect((await broken.list()).status).toBe(503)
    expect((await broken.exported({ shard: '1' })).status).toBe(503)
    expect((await broken.ask(PATHS.adminPosture)).status).toBe(503)
  })

  it.each([
    ['does not answer', () => true],
    ['does not say how many there are', (call: string) => call === 'countShards'],
  ])('LOG-09 nothing looks complete if the first shard %s', async (_, fails) => {
    const DECISION_LOG = failing(fails)
    const broken = createReader(token, { DECISION_SHARDS: '2', DECISION_LOG })
    const metrics = new TextDecoder().decode(
      await (await broken.ask(PATHS.adminMetrics)).arrayBuffer(),
    )
    expect(metrics).toContain('edgemint_decision_log_shard_up{shard="0"} 0')
    expect(metrics).toContain('edgemint_decision_log_shard_up{shard="1"} 1')
    expect(metrics).not.toContain('edgemint_decision_log_shard_up{shard="2"}')
    const issuers = await readJson(await broken.ask(PATHS.adminIssuers))
    expect(JSON.stringify(issuers)).toContain('"state":"incomplete"')
    expect(JSON.stringify(issuers)).not.toContain('"state":"on"')
    const health = await readJson(await broken.ask(PATHS.adminHealth))
    expect(JSON.stringify(health)).toContain('unreachable')
  })
})

describe('a shard that has records', () => {
  it('tells the first shard by its next alarm if the first one did not answer', async () => {
    const shard = BEFORE + 1
    const record: DecisionRecord = recordOf(shard, NOW)
    await appendTo(shard, [record])
    await runAlarm(
      shard,
      failing((call) => call === 'noteShard'),
    )
    const idsOf = async () => (await readPage(await read.list({}))).decisions.map(({ id }) => id)
    expect(await idsOf()).not.toContain(record.id)
    await runAlarm(shard)
    expect(await idsOf()).toContain(record.id)
  })
})
