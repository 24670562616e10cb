import { expect, test } from 'vitest'
import { send } from '../../../src/client/http/send.ts'
import { exchange } from '../../../src/client/index.ts'
import { closedPort } from '../../support/closed-port.ts'
import { failureOf } from '../support/failure.ts'
import { startGateway } from '../support/gateway.ts'

const gateway = await startGateway()
const options = {
  url: gateway.url,
  subjectToken: 'subject.token.text',
  resource: 'https://api.example.com',
}

test('reports an unreachable gateway with the system’s error code', async () => {
  const failure = await failureOf(
    exchange({ ...options, url: `http://127.0.0.1:${await closedPort()}` }),
  )
  expect(failure).toMatchObject({ code: 'unreachable', status: undefined })
  expect(failure.description).toMatch(/^cannot reach 127\.0\.0\.1:\d+ \(ECONNREFUSED\)$/)
})

test('NET-06 follows no redirect, so that only the gateway receives the token', async () => {
  gateway.answer((response) => response.writeHead(307, { location: '/elsewhere' }).end())
  const failure = await failureOf(exchange(options))
  expect(failure).toMatchObject({ code: 'invalid_response', status: 307 })
  expect(gateway.asked.map(({ path }) => path)).toEqual(['/token'])
})

test('NET-07 stops reading an answer that does not end', async () => {
  gateway.answer((response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const feed = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    }
    response.on('drain', feed)
    feed()
  })
  const failure = await failureOf(exchange(options))
  expect(failure.code).toBe('invalid_response')
  expect(failure.description).toBe('the answer is larger than 262144 bytes')
})

test.each([
  ['not JSON', Buffer.from('<html>')],
  ['empty', Buffer.from('')],
  ['not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ['truncated within a character', Buffer.from([0x7b, 0xc3])],
])('does not accept an answer that is %s', async (_name, body) => {
  gateway.answer((response) => response.writeHead(200).end(body))
  expect((await failureOf(exchange(options))).code).toBe('invalid_response')
})

test('reports a truncated answer', async () => {
  gateway.answer((response) => {
    response.writeHead(200, { 'content-length': '100' })
    response.write('{', () => response.destroy())
  })
  expect((await failureOf(exchange(options))).code).toBe('unreachable')
})

test('NET-07 stops waiting for a gateway that does not answer', async () => {
  gateway.answer(() => {})
  const failure = await failureOf(
    send({ url: `${gateway.url}/token`, method: 'POST', timeoutMilliseconds: 50 }),
  )
  expect(failure.code).toBe('unreachable')
  expect(failure.description).toMatch(/did not answer in time$/)
})

test('NET-07 stops waiting for an answer that begins and never ends', async () => {
  gateway.answer((response) => void response.writeHead(200).write('{'))
  const failure = await failureOf(
    send({ url: `${gateway.url}/token`, method: 'POST', timeoutMilliseconds: 50 }),
  )
  expect(failure.description).toMatch(/did not answer in time$/)
})

test('ends with the reason of the caller’s own signal', async () => {
  const controller = new AbortController()
  gateway.answer(() => controller.abort(new Error('the job was cancelled')))
  await expect(exchange({ ...options, signal: controller.signal })).rejects.toThrow(
    'the job was cancelled',
  )
})

test('sends nothing when the caller’s signal is already aborted', async () => {
  const signal = AbortSignal.abort(new Error('too late'))
  await expect(exchange({ ...options, signal })).rejects.toThrow('too late')
  expect(gateway.asked).toEqual([])
})
