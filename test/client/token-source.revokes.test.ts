/** Revoking what was handed out. */
import { expect, test, vi } from 'vitest'
import { failureOf } from './support/failure.ts'
import { startGateway } from './support/gateway.ts'
import { grantNumbered, openTokens, START, UNAVAILABLE } from './support/tokens.ts'

const gateway = await startGateway()

const revoked = () =>
  gateway.asked.filter(({ path }) => path === '/revoke').map(({ form }) => form.get('token'))

test('revokes the token at hand; the next one is new', async () => {
  grantNumbered(gateway)
  const tokens = openTokens(gateway.url)
  await tokens.getToken()
  await tokens.revoke()
  expect(revoked()).toEqual(['issued.1'])
  expect((await tokens.getToken()).accessToken).toBe('issued.3')
})

test('revokes the one before as well while it lives, and none that has ended', async () => {
  grantNumbered(gateway)
  const tokens = openTokens(gateway.url)
  await tokens.getToken()
  tokens.clock.now = START + 591
  await tokens.getToken()
  await tokens.revoke()
  expect(revoked()).toEqual(['issued.1', 'issued.2'])
  await tokens.getToken()
  tokens.clock.now = START + 2000
  await tokens.revoke()
  expect(revoked().length).toBe(2)
})

test('without a token there is nothing to revoke', async () => {
  grantNumbered(gateway)
  await openTokens(gateway.url).revoke()
  expect(gateway.asked).toEqual([])
})

test('a token that is on its way is waited for, then revoked', async () => {
  grantNumbered(gateway)
  const tokens = openTokens(gateway.url)
  const token = tokens.getToken()
  await tokens.revoke()
  expect((await token).accessToken).toBe('issued.1')
  expect(revoked()).toEqual(['issued.1'])
})

test('a revocation that failed is thrown, not handed out again, and made by the next call', async () => {
  grantNumbered(gateway)
  const tokens = openTokens(gateway.url)
  await tokens.getToken()
  gateway.answerJson(503, UNAVAILABLE)
  expect((await failureOf(tokens.revoke())).code).toBe('temporarily_unavailable')
  grantNumbered(gateway)
  await tokens.revoke()
  await vi.waitFor(() => expect(revoked()).toEqual(['issued.1', 'issued.1']))
  expect(tokens.asked()).toBe(1)
})
