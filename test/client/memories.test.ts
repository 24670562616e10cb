/** What a token source remembers between calls is bounded. */
import { expect, test } from 'vitest'
import { createExchangeGate } from '../../src/client/exchange/exchange-gate.ts'
import {
  EXCHANGE_ABANDONED_SECONDS,
  MAX_COLD_EXCHANGES,
  MAX_ISSUED_TOKENS,
} from '../../src/client/limits.ts'
import { startGateway } from './support/gateway.ts'
import { grantNumbered, openTokens } from './support/tokens.ts'

test('exchanges under way are at most so many, and those that never end are forgotten', () => {
  let now = 1_800_000_000
  const gate = createExchangeGate(() => now)
  const enter = () => Array.from({ length: 1000 }, () => gate.enter(false)).filter(Boolean).length
  expect(enter()).toBe(MAX_COLD_EXCHANGES)
  expect(enter()).toBe(0)
  now += EXCHANGE_ABANDONED_SECONDS
  expect(enter()).toBe(MAX_COLD_EXCHANGES)
})

test('tokens to revoke at the end are at most so many, the youngest of them', async () => {
  const gateway = await startGateway()
  grantNumbered(gateway)
  const tokens = openTokens(gateway.url)
  for (let count = 0; count < MAX_ISSUED_TOKENS + 5; count += 1) {
    // A clock that was set back makes each token one that nobody hands out again.
    tokens.clock.now -= 1
    await tokens.getToken()
  }
  await tokens.revoke()
  const revoked = gateway.asked.filter(({ path }) => path === '/revoke')
  expect(revoked).toHaveLength(MAX_ISSUED_TOKENS)
})
