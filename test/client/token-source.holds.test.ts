/** Which token a token source keeps, when it replaces it, and which failures callers do not see. */
import { beforeEach, expect, test, vi } from 'vitest'
import { failureOf } from './support/failure.ts'
import { startGateway } from './support/gateway.ts'
import { DENIED, grantNumbered, openTokens, START, UNAVAILABLE } from './support/tokens.ts'

const gateway = await startGateway()
// A refresh is due at a random time. With the random value 0 it is due at the latest time.
beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0)
})

const subjects = () => gateway.asked.map(({ form }) => form.get('subject_token'))

test('returns the same token until a refresh is due', async () => {
  grantNumbered(gateway)
  const tokens = openTokens(gateway.url)
  expect(await tokens.getToken()).toEqual({
    accessToken: 'issued.1',
    expiresInSeconds: 600,
    expiresAt: START + 600,
    scopes: ['deploy:read', 'deploy:write'],
    tokenType: 'Bearer',
    issuedTokenType: 'urn:ietf:params:oauth:token-type:access_token',
    decisionId: 'dec_1',
  })
  tokens.clock.now = START + 419
  expect((await tokens.getToken()).accessToken).toBe('issued.1')
  expect(gateway.asked.length).toBe(1)
})

test('refreshes in the background, with a new subject token', async () => {
  grantNumbered(gateway)
  const tokens = openTokens(gateway.url)
  await tokens.getToken()
  tokens.clock.now = START + 421
  expect((await tokens.getToken()).accessToken).toBe('issued.1')
  await vi.waitFor(
    async () => {
      expect((await tokens.getToken()).accessToken).toBe('issued.2')
    },
    { timeout: 30_000 },
  )
  expect(subjects()).toEqual(['subject.token.1', 'subject.token.2'])
})

test('replaces a token once when the clock was set back', async () => {
  grantNumbered(gateway)
  const tokens = openTokens(gateway.url)
  await tokens.getToken()
  tokens.clock.now = START - 3600
  expect((await tokens.getToken()).accessToken).toBe('issued.1')
  await vi.waitFor(
    async () => {
      expect(await tokens.getToken()).toMatchObject({
        accessToken: 'issued.2',
        expiresAt: START - 3600 + 600,
      })
    },
    { timeout: 30_000 },
  )
  expect(gateway.asked.length).toBe(2)
})

test('waits for a new token when the current one is in its last seconds', async () => {
  grantNumbered(gateway)
  const tokens = openTokens(gateway.url)
  await tokens.getToken()
  tokens.clock.now = START + 591
  expect((await tokens.getToken()).accessToken).toBe('issued.2')
})

test.each([
  ['a refusal', 400, DENIED],
  ['an answer that is not from a gateway', 404, {}],
])('returns the current token while its refresh ends in %s', async (_name, status, body) => {
  grantNumbered(gateway)
  const tokens = openTokens(gateway.url)
  await tokens.getToken()
  gateway.answerJson(status, body)
  tokens.clock.now = START + 421
  await expect(tokens.getToken()).resolves.toMatchObject({ accessToken: 'issued.1' })
  await vi.waitFor(() => expect(gateway.asked.length).toBe(2), { timeout: 30_000 })
  await expect(tokens.getToken()).resolves.toMatchObject({ accessToken: 'issued.1' })
})

test('pauses after a failed refresh, then tries again', async () => {
  grantNumbered(gateway)
  const tokens = openTokens(gateway.url)
  await tokens.getToken()
  gateway.answerJson(400, DENIED)
  tokens.clock.now = START + 421
  await tokens.getToken()
  await vi.waitFor(() => expect(gateway.asked.length).toBe(2), { timeout: 30_000 })
  // The refusal has arrived when a call in the same second sends no request.
  await vi.waitFor(
    async () => {
      const before = gateway.asked.length
      await tokens.getToken()
      await new Promise((resolve) => setImmediate(resolve))
      expect(gateway.asked.length).toBe(before)
    },
    { timeout: 30_000 },
  )
  const before = gateway.asked.length
  tokens.clock.now = START + 437
  await tokens.getToken()
  await vi.waitFor(() => expect(gateway.asked.length).toBe(before + 1), { timeout: 30_000 })
})

test('throws the refusal of a refresh when the token has expired', async () => {
  grantNumbered(gateway)
  const tokens = openTokens(gateway.url)
  await tokens.getToken()
  gateway.answerJson(400, DENIED)
  tokens.clock.now = START + 601
  expect(await failureOf(tokens.getToken())).toMatchObject({ code: 'invalid_request', status: 400 })
})

test('throws after its tries when the gateway is unavailable and the token has expired', async () => {
  grantNumbered(gateway)
  const tokens = openTokens(gateway.url)
  await tokens.getToken()
  gateway.answerJson(503, UNAVAILABLE, { 'retry-after': '91' })
  tokens.clock.now = START + 601
  const error = await failureOf(tokens.getToken())
  expect(error).toMatchObject({ code: 'temporarily_unavailable', retryAfterSeconds: 91 })
})

test('uses a short-lived token for nine tenths of its lifetime', async () => {
  gateway.answerJson(200, {
    access_token: 'issued.short',
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    token_type: 'Bearer',
    expires_in: 10,
    scope: '',
    decision_id: 'dec_1',
  })
  const tokens = openTokens(gateway.url)
  await tokens.getToken()
  tokens.clock.now = START + 6
  await tokens.getToken()
  expect(gateway.asked.length).toBe(1)
  tokens.clock.now = START + 9.5
  await tokens.getToken()
  expect(gateway.asked.length).toBe(2)
})
