/** Revocation of the tokens that a token source issued. */
import { expect, test, vi } from 'vitest'
import { failureOf } from './support/failure.ts'
import { startGateway } from './support/gateway.ts'
import { grantNumbered, openTokens, START, UNAVAILABLE } from './support/tokens.ts'

const gateway = await startGateway()

const revoked = () =>
  gateway.asked.filter(({ path }) => path === '/revoke').map(({ form }) => form.get('token'))

test('revokes the current token, and the next one is new', async () => {
  grantNumbered(gateway)
  const tokens = openTokens(gateway.url)
  await tokens.getToken()
  await tokens.revoke()
  expect(revoked()).toEqual(['issued.1'])
  expect((await tokens.getToken()).accessToken).toBe('issued.3')
})

test('also revokes the previous token while it is live, and no expired one', async () => {
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

test('sends nothing without a token to revoke', async () => {
  grantNumbered(gateway)
  await openTokens(gateway.url).revoke()
  expect(gateway.asked).toEqual([])
})

test('waits for an exchange in progress, then revokes its token', async () => {
  grantNumbered(gateway)
  const tokens = openTokens(gateway.url)
  const token = tokens.getToken()
  await tokens.revoke()
  expect((await token).accessToken).toBe('issued.1')
  expect(revoked()).toEqual(['issued.1'])
})

test('throws a failed revocation, does not return the token again, and revokes it in the next call', async () => {
  grantNumbered(gateway)
  const tokens = openTokens(gateway.url)
  await tokens.getToken()
  gateway.answerJson(503, UNAVAILABLE)
  expect((await failureOf(tokens.revoke())).code).toBe('temporarily_unavailable')
  grantNumbered(gateway)
  await tokens.revoke()
  await vi.waitFor(() => expect(revoked()).toEqual(['issued.1', 'issued.1']), { timeout: 30_000 })
  expect(tokens.asked()).toBe(1)
})
