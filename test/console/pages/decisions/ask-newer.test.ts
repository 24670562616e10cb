/** What a list that follows asks for, at a gateway that answers as periods are defined. */
import { expect, test } from 'vitest'
import { askNewer } from '../../../../src/console/pages/decisions/ask-newer.ts'
import type { DecisionPage } from '../../../../src/contract/decisions/answers.ts'
import type { DecisionRecord } from '../../../../src/contract/decisions/record.ts'
import { periodOf } from '../../../../src/contract/decisions/search.ts'
import { ok } from '../../../../src/web/result.ts'

const NOW = 1_800_000_000_500
const RECORD: DecisionRecord = { v: 1, id: 'dec_1', at: NOW - 1000, outcome: 'granted' }

/** Returns how often a gateway whose time is `NOW` was asked, and the ids that were found. */
async function follow(newestAt: number | undefined, startedAt = NOW) {
  let questions = 0
  const page = await askNewer(
    async ({ from }) => {
      questions += 1
      const period = periodOf(from === undefined ? {} : { from: Number(from) * 1000 }, NOW)
      if (!period.ok) throw new Error('the period is too long')
      const decisions = [RECORD].filter(({ at }) => at >= period.value.from)
      return ok<DecisionPage>({ decisions, ...period.value, complete: true })
    },
    newestAt,
    startedAt,
  )
  return [questions, page.ok && page.value.decisions.map(({ id }) => id)]
}

test('asks once for the time since the newest decision', async () => {
  expect(await follow(NOW - 5000)).toEqual([1, ['dec_1']])
})

test('asks for the newest decisions after the clock of the gateway was set back', async () => {
  expect(await follow(NOW + 3_600_000)).toEqual([2, ['dec_1']])
})

test('asks for the newest decisions if the clock of the browser is ahead', async () => {
  expect(await follow(undefined, NOW + 3_600_000)).toEqual([2, ['dec_1']])
})
