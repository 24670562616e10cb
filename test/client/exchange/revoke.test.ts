import { expect, test } from 'vitest'
import { revoke } from '../../../src/client/index.ts'
import { failureOf } from '../support/failure.ts'
import { startGateway } from '../support/gateway.ts'

const gateway = await startGateway()
const options = { url: gateway.url, token: 'header.payload.signature' }

test('presents the token and is content with an empty 200', async () => {
  gateway.answer((response) => response.writeHead(200).end())
  await expect(revoke(options)).resolves.toBeUndefined()
  const [asked] = gateway.asked
  expect([asked?.method, asked?.path]).toEqual(['POST', '/revoke'])
  expect([...(asked?.form ?? [])]).toEqual([['token', 'header.payload.signature']])
})

test('says that the log of revocations is down', async () => {
  gateway.answerJson(503, { error: 'temporarily_unavailable' }, { 'retry-after': '5' })
  const failure = await failureOf(revoke(options))
  expect(failure).toMatchObject({ code: 'temporarily_unavailable', retryAfterSeconds: 5 })
})

test('takes an accepted request for no revocation: only 200 is durable', async () => {
  gateway.answer((response) => response.writeHead(202).end())
  expect(await failureOf(revoke(options))).toMatchObject({ code: 'invalid_response', status: 202 })
})

test('throws a TypeError without a token and asks nobody', async () => {
  await expect(revoke({ ...options, token: '' })).rejects.toThrow(TypeError)
  expect(gateway.asked).toEqual([])
})
