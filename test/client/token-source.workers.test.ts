/**
 * Token sources on Workers, where a promise belongs to the request that made it. Requests share no
 * pending exchange: each makes its own, and only received tokens are kept.
 * test/package/support/bundled-worker.ts runs the same on workerd.
 */
import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { failureOf } from './support/failure.ts'
import { GRANTED, startGateway } from './support/gateway.ts'
import { DENIED, grantNumbered, openTokens, START } from './support/tokens.ts'

const gateway = await startGateway()
beforeAll(() => {
  vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' })
})
afterAll(() => {
  vi.unstubAllGlobals()
})

test('without a token, each request makes its own exchange, and its token is kept', async () => {
  grantNumbered(gateway)
  const tokens = openTokens(gateway.url)
  const all = await Promise.all([tokens.getToken(), tokens.getToken(), tokens.getToken()])
  expect(new Set(all.map(({ accessToken }) => accessToken)).size).toBe(3)
  expect(gateway.asked.length).toBe(3)
  await tokens.getToken()
  expect(gateway.asked.length).toBe(3)
})

test('refuses the sixty-fifth concurrent request', async () => {
  const held: ServerResponse[] = []
  gateway.answer((response) => {
    held.push(response)
  })
  const tokens = openTokens(gateway.url)
  const waiting = Array.from({ length: 64 }, () => tokens.getToken())
  expect(await failureOf(tokens.getToken())).toMatchObject({
    code: 'temporarily_unavailable',
    description: 'too many requests are waiting for a token',
  })
  await vi.waitFor(() => expect(held.length).toBe(64), { timeout: 30_000 })
  for (const response of held) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(GRANTED))
  }
  await Promise.all(waiting)
})

test('one request refreshes early while the others use the current token', async () => {
  grantNumbered(gateway)
  const tokens = openTokens(gateway.url)
  await tokens.getToken()
  tokens.clock.now = START + 421
  const all = await Promise.all([tokens.getToken(), tokens.getToken(), tokens.getToken()])
  expect(all.map(({ accessToken }) => accessToken)).toEqual(['issued.2', 'issued.1', 'issued.1'])
  expect(gateway.asked.length).toBe(2)
})

test('returns the current token when an early refresh fails', async () => {
  grantNumbered(gateway)
  const tokens = openTokens(gateway.url)
  await tokens.getToken()
  tokens.clock.now = START + 421
  gateway.answerJson(400, DENIED)
  expect((await tokens.getToken()).accessToken).toBe('issued.1')
  expect((await tokens.getToken()).accessToken).toBe('issued.1')
  expect(gateway.asked.length).toBe(2)
})

test('a request that the platform ended does not block the others forever', async () => {
  gateway.answer(() => {})
  const tokens = openTokens(gateway.url)
  const gone = new AbortController()
  const lost = Array.from({ length: 64 }, () => tokens.getToken({ signal: gone.signal }))
  await vi.waitFor(() => expect(gateway.asked.length).toBe(64), { timeout: 30_000 })
  tokens.clock.now = START + 61
  grantNumbered(gateway)
  await expect(tokens.getToken()).resolves.toMatchObject({ accessToken: 'issued.1' })
  gone.abort()
  await Promise.allSettled(lost)
})
