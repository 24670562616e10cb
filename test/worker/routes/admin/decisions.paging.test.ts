import { beforeAll, expect, it } from 'vitest'
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
  for (let batch = 0; batch < 60; batch += 1) {
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
  expect(expected.length).toBeGreaterThan(50)
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
