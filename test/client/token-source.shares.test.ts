/** Many callers of one source: one exchange for all, and each leaves by its own signal. */
import type { ServerResponse } from 'node:http'
import { expect, test, vi } from 'vitest'
import { GRANTED, startGateway } from './support/gateway.ts'
import { grantNumbered, openTokens } from './support/tokens.ts'

const gateway = await startGateway()

/** Holds every answer back until it is let go. */
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

test('a caller that leaves does not end the exchange of the others', async () => {
  const letGo = holdAnswers()
  const tokens = openTokens(gateway.url)
  const leaver = new AbortController()
  const left = tokens.getToken({ signal: leaver.signal })
  const stayed = tokens.getToken()
  await vi.waitFor(() => expect(gateway.asked.length).toBe(1))
  const reason = new Error('the caller has gone')
  leaver.abort(reason)
  await expect(left).rejects.toBe(reason)
  letGo()
  expect((await stayed).accessToken).toBe(GRANTED.access_token)
  expect(gateway.asked.length).toBe(1)
})

test('what everybody left is there for the next caller', async () => {
  const letGo = holdAnswers()
  const tokens = openTokens(gateway.url)
  const leaver = new AbortController()
  const left = tokens.getToken({ signal: leaver.signal })
  await vi.waitFor(() => expect(gateway.asked.length).toBe(1))
  leaver.abort()
  await expect(left).rejects.toThrow()
  const next = tokens.getToken()
  letGo()
  expect((await next).accessToken).toBe(GRANTED.access_token)
  expect(gateway.asked.length).toBe(1)
})

test('a caller that had left before it asked starts nothing', async () => {
  grantNumbered(gateway)
  const tokens = openTokens(gateway.url)
  await expect(tokens.getToken({ signal: AbortSignal.abort() })).rejects.toThrow()
  expect(tokens.asked()).toBe(0)
})

test('a failure reaches every caller that waited, and the next call starts anew', async () => {
  gateway.answerJson(400, { error: 'invalid_target', error_description: 'unknown resource' })
  const tokens = openTokens(gateway.url)
  const outcomes = await Promise.allSettled([tokens.getToken(), tokens.getToken()])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(gateway.asked.length).toBe(1)
  grantNumbered(gateway)
  expect((await tokens.getToken()).accessToken).toBe('issued.1')
})
