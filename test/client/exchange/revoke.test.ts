import { expect, test } from 'vitest'
import { revoke } from '../../../src/client/index.ts'
import { failureOf } from '../support/failure.ts'
import { startGateway } from '../support/gateway.ts'

const gateway = await startGateway()
const options = { url: gateway.url, token: 'header.payload.signature' }

test('sends the token and accepts an empty 200', async () => {
  gateway.answer((response) => response.writeHead(200).end())
  await expect(revoke(options)).resolves.toBeUndefined()
  const [asked] = gateway.asked
  expect([asked?.method, asked?.path]).toEqual(['POST', '/revoke'])
  expect([...(asked?.form ?? [])]).toEqual([['token', 'header.payload.signature']])
})

test('reports that the revocation log is unavailable', async () => {
  gateway.answerJson(503, { error: 'temporarily_unavailable' }, { 'retry-after': '5' })
  const failure = await failureOf(revoke(options))
  expect(failure).toMatchObject({ code: 'temporarily_unavailable', retryAfterSeconds: 5 })
})

test('does not accept 202, because only 200 means a durable revocation', async () => {
  gateway.answer((response) => response.writeHead(202).end())
  expect(await failureOf(revoke(options))).toMatchObject({ code: 'invalid_response', status: 202 })
})

test('throws TypeError without a token and sends nothing', async () => {
  for (const token of ['', 'a.b.c\n']) {
    await expect(revoke({ ...options, token })).rejects.toThrow(TypeError)
  }
  expect(gateway.asked).toEqual([])
})
