/** The memory of a token holder has an upper limit. */
import { expect, test } from 'vitest'
import { createExchangeGate } from '../../../src/client/hold/exchange-gate.ts'
import {
  EXCHANGE_ABANDONED_SECONDS,
  MAX_COLD_EXCHANGES,
  MAX_ISSUED_TOKENS,
} from '../../../src/client/limits.ts'
import { createMachine, openHolder } from '../support/holder.ts'

test('limits concurrent exchanges, and forgets those that never end', () => {
  let now = 1_800_000_000
  const gate = createExchangeGate(() => now)
  const enter = () => Array.from({ length: 1000 }, () => gate.enter(false)).filter(Boolean).length
  expect(enter()).toBe(MAX_COLD_EXCHANGES)
  expect(enter()).toBe(0)
  now += EXCHANGE_ABANDONED_SECONDS
  expect(enter()).toBe(MAX_COLD_EXCHANGES)
})

test('remembers a limited number of tokens to revoke, the newest ones', async () => {
  const machine = createMachine()
  const { holder } = openHolder(machine, 1e6)
  for (let count = 0; count < MAX_ISSUED_TOKENS + 5; count += 1) await holder.renew()
  const issued = holder.issued().map(({ accessToken }) => accessToken)
  expect(issued).toHaveLength(MAX_ISSUED_TOKENS)
  expect([issued[0], issued.at(-1)]).toEqual(['t6', `t${MAX_ISSUED_TOKENS + 5}`])
})
