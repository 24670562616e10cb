import { beforeAll, expect, it } from 'vitest'
import { readDecisionId } from '../../../../src/contract/decisions/id.ts'
import type { DecisionRecord } from '../../../../src/contract/decisions/record.ts'
import { comparePositions } from '../../../../src/core/decisions/match.ts'
import { createRandom } from '../../../support/decision-cases.ts'
import { appendTo, createReader, type Reader, readPage, recordOf } from '../../support/decisions.ts'
import { adminToken, applyTrust } from '../../support/gateway.ts'
import { newIssuer } from '../../support/issuer.ts'
import { trustFor } from '../../support/trust.ts'

const NOON = Date.parse('2026-11-20T12:00:00Z')
const SHARDS = 3
const random = createRandom(20_261_129)
const own: DecisionRecord[] = []
let read: Reader

beforeAll(async () => {
  await applyTrust(trustFor(newIssuer().url))
  read = createReader(await adminToken(), { DECISION_SHARDS: String(SHARDS) })
  for (let batch = 0; batch < 25; batch += 1) {
    const shard = random.below(SHARDS)
    // Few times, so that many records have the same one.
    const records = Array.from({ length: 1 + random.below(6) }, () =>
      recordOf(shard, NOON + random.below(12), { rule: random.one(['deploy', 'other']) }),
    )
    own.push(...records)
    await appendTo(shard, records)
  }
})

async function readAll(question: Readonly<Record<string, string>>, limit: () => number) {
  const records: DecisionRecord[] = []
  let cursor: string | undefined
  for (let pages = 0; pages < 500; pages += 1) {
    const continued = cursor === undefined ? {} : { cursor }
    const size = limit()
    const page = await readPage(await read.list({ ...question, ...continued, limit: String(size) }))
    expect(page.decisions.length).toBeLessThanOrEqual(size)
    expect(page.complete).toBe(page.next === undefined)
    records.push(...page.decisions)
    if (page.next === undefined) return records
    cursor = page.next
  }
  throw new Error('the pages have no end')
}

it.each([
  ['of every rule', { from: '2026-11-20' }],
  ['of one rule', { from: '2026-11-20', rule: 'other' }],
  ['of a period', { from: String(NOON / 1000), to: String(NOON / 1000 + 1) }],
])('LOG-09 pages of any size have the same records as one large page: %s', async (_, question) => {
  const expected = own
    .filter(({ rule }) => !('rule' in question) || rule === question.rule)
    .toSorted(comparePositions)
  expect(expected.length).toBeGreaterThan(25)
  expect(await readAll(question, () => 500)).toEqual(expected)
  for (const size of [1, 2, 7, 50]) {
    expect(await readAll(question, () => size), `pages of ${size}`).toEqual(expected)
  }
  expect(await readAll(question, () => 1 + random.below(20))).toEqual(expected)
})

it('LOG-09 a decision that is recorded meanwhile moves no other one to another page', async () => {
  const question = { from: '2026-11-20', to: '2026-11-21' }
  const first = await readPage(await read.list({ ...question, limit: '10' }))
  const late = recordOf(1, NOON + 3_600_000)
  await appendTo(1, [late])
  const second = await readPage(
    await read.list({ ...question, limit: '10', cursor: first.next ?? '' }),
  )
  const expected = own.toSorted(comparePositions).slice(0, 20)
  expect([...first.decisions, ...second.decisions]).toEqual(expected)
  expect((await readPage(await read.list({ ...question, limit: '1' }))).decisions).toEqual([late])
})

it('LOG-21 the pages of each shard together have every record, and a cursor continues its own', async () => {
  const question = { from: '2026-11-20', to: '2026-11-21' }
  const found: DecisionRecord[] = []
  for (let shard = 0; shard < SHARDS; shard += 1) {
    const records = await readAll({ ...question, shard: String(shard) }, () => 7)
    expect(records).toEqual(records.toSorted(comparePositions))
    expect(new Set(records.map(({ id }) => readDecisionId(id)?.shard))).toEqual(new Set([shard]))
    found.push(...records)
  }
  const whole = await readAll(question, () => 500)
  expect(found.toSorted(comparePositions)).toEqual(whole)
  const response = await read.list({ ...question, shard: '0', limit: '1' })
  expect(response.headers.get('edgemint-decision-shards')).toBe(String(SHARDS))
  const { next: cursor = '' } = await readPage(response)
  for (const other of [{ shard: '1' }, {}] as const) {
    const refused = await read.list({ ...question, ...other, cursor })
    expect(refused.status).toBe(400)
  }
})

it.each(['3', '-1', 'x', '0x1'])('refuses the shard %s', async (shard) => {
  const response = await read.list({ shard })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({
    problems: [{ code: 'shard_invalid', path: ['shard'] }],
  })
})
