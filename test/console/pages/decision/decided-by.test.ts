import { expect, it } from 'vitest'
import { isByPolicy } from '../../../../src/console/pages/decision/decided-by.ts'
import type { DecisionRecord } from '../../../../src/contract/decisions/record.ts'

const GATEWAY = 'https://sts.example.com'
const decision = (asked: DecisionRecord['asked']): DecisionRecord => ({
  ...{ v: 1, id: 'dec_AQGiIpBI__ARrf0R24hOWA', at: 1, outcome: 'granted', rule: 'admins' },
  ...(asked === undefined ? {} : { asked }),
})

it.each<[DecisionRecord['asked'], boolean]>([
  [{ resource: GATEWAY }, true],
  [{ resource: `${GATEWAY}/` }, true],
  [{ resource: `${GATEWAY}/v1` }, false],
  [{ resource: 'https://api.example.com' }, false],
  [{}, false],
  [undefined, false],
])('a decision about %j is by the deploy-time policy: %s', (asked, expected) => {
  expect(isByPolicy(decision(asked), GATEWAY)).toBe(expected)
})
