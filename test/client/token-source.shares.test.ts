/** Many callers of one source share one exchange, and each has its own signal. */
import type { ServerResponse } from 'node:http'
import { expect, test, vi } from 'vitest'
import { GRANTED, startGateway } from './support/gateway.ts'
import { grantNumbered, openTokens } from './support/tokens.ts'

const gateway = await startGateway()

/** Holds every answer back until the test releases it. */
function holdAnswers(): () => void {
  const held: ServerResponse[] = []
  gateway.answer((response) => {
    held.push(response)
  })
  return () => {
    for (const response of held.splice(0)) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(GRANTED))
    }
  }
}

test('fifty callers share one exchange and one subject token', async () => {
  grantNumbered(gateway)
  const tokens = openTokens(gateway.url)
  const all = await Promise.all(Array.from({ length: 50 }, () => tokens.getToken()))
  expect(new Set(all.map(({ accessToken }) => accessToken))).toEqual(new Set(['issued.1']))
  expect([gateway.asked.length, tokens.asked()]).toEqual([1, 1])
})

test('the signal of one caller does not end the exchange of the others', async () => {
  const letGo = holdAnswers()
  const tokens = openTokens(gateway.url)
  const leaver = new AbortController()
  const left = tokens.getToken({ signal: leaver.signal })
  const stayed = tokens.getToken()
  await vi.waitFor(() => expect(gateway.asked.length).toBe(1), { timeout: 30_000 })
  const reason = new Error('the caller has gone')
  leaver.abort(reason)
  await expect(left).rejects.toBe(reason)
  letGo()
  expect((await stayed).accessToken).toBe(GRANTED.access_token)
  expect(gateway.asked.length).toBe(1)
})

test('keeps the token of an exchange that every caller left', async () => {
  const letGo = holdAnswers()
  const tokens = openTokens(gateway.url)
  const leaver = new AbortController()
  const left = tokens.getToken({ signal: leaver.signal })
  await vi.waitFor(() => expect(gateway.asked.length).toBe(1), { timeout: 30_000 })
  leaver.abort()
  await expect(left).rejects.toThrow()
  const next = tokens.getToken()
  letGo()
  expect((await next).accessToken).toBe(GRANTED.access_token)
  expect(gateway.asked.length).toBe(1)
})

test('a caller whose signal is already aborted starts no exchange', async () => {
  grantNumbered(gateway)
  const tokens = openTokens(gateway.url)
  await expect(tokens.getToken({ signal: AbortSignal.abort() })).rejects.toThrow()
  expect(tokens.asked()).toBe(0)
})

test('rejects every waiting caller after a failure, and the next call starts a new exchange', async () => {
  gateway.answerJson(400, { error: 'invalid_target', error_description: 'unknown resource' })
  const tokens = openTokens(gateway.url)
  const outcomes = await Promise.allSettled([tokens.getToken(), tokens.getToken()])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(gateway.asked.length).toBe(1)
  grantNumbered(gateway)
  expect((await tokens.getToken()).accessToken).toBe('issued.1')
})
