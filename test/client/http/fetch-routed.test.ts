/** Requests of the SDK in a program that set a proxy for Node's `fetch` with undici. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { fetchRouted, ProxyFault } from '../../../src/client/http/fetch-routed.ts'
import { findRuntime } from '../../../src/client/http/route.ts'
import { send } from '../../../src/client/http/send.ts'
import { serve } from '../support/platform.ts'

const DISPATCHER = Symbol.for('undici.globalDispatcher.1')
class ProxyAgent {
  dispatch(): never {
    throw new Error('the proxy was asked')
  }
}

const before: unknown = Reflect.get(globalThis, DISPATCHER)
const place = (value: unknown) =>
  Object.defineProperty(globalThis, DISPATCHER, { value, writable: true, configurable: true })

beforeEach(() => {
  // Node's own setter makes the property non-configurable but writable.
  if (!Reflect.set(globalThis, DISPATCHER, new ProxyAgent())) place(new ProxyAgent())
})
afterEach(() => {
  Reflect.set(globalThis, DISPATCHER, before)
  vi.unstubAllEnvs()
})

test('bypasses the proxy for this machine, with method, headers and body', async () => {
  expect(findRuntime().proxies).toBe('used')
  const url = await serve((request, response) => {
    const { method, headers } = request
    request.on('data', (chunk: Buffer) => {
      response.setHeader('x-seen', `${method} ${headers['x-a']} ${request.url}`)
      response.writeHead(201).end(`${chunk}!`)
    })
  })
  const answer = await send({
    url: `${url}/p?q=1`,
    method: 'POST',
    headers: { 'x-a': 'b' },
    body: 'c',
  })
  expect([answer.status, answer.text, answer.headers.get('x-seen')]).toEqual([
    201,
    'c!',
    'POST b /p?q=1',
  ])
})

test('uses the proxy for every other host', async () => {
  await expect(send({ url: 'https://sts.example.com/', method: 'GET' })).rejects.toMatchObject({
    code: 'unreachable',
  })
})

test.each([204, 304])('reads a response without a body (%i)', async (status) => {
  const url = await serve((_request, response) => response.writeHead(status).end())
  expect((await fetchRouted(url, { method: 'GET' })).status).toBe(status)
})

test('follows no redirect and limits the size', async () => {
  const url = await serve((request, response) => {
    if (request.url === '/large') response.end('x'.repeat(2000))
    else response.writeHead(302, { location: '/large' }).end()
  })
  await expect(send({ url, method: 'GET' })).rejects.toMatchObject({ code: 'invalid_response' })
  const large = send({ url: `${url}/large`, method: 'GET', maxBytes: 1000 })
  await expect(large).rejects.toMatchObject({ description: 'the answer is larger than 1000 bytes' })
})

test('ends with the caller’s signal, and reports the system’s error code', async () => {
  const url = await serve(() => {})
  const reason = new Error('enough')
  await expect(send({ url, method: 'GET', signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  await expect(send({ url: 'http://127.0.0.1:1/', method: 'GET' })).rejects.toMatchObject({
    description: 'cannot reach 127.0.0.1:1 (ECONNREFUSED)',
    isTemporary: true,
  })
})

test('does not send an http request that a proxy could read', async () => {
  vi.stubEnv('HTTP_PROXY', 'http://job:word@127.0.0.1:1')
  vi.stubEnv('NO_PROXY', '')
  await expect(fetchRouted('http://metadata.example/')).rejects.toBeInstanceOf(ProxyFault)
  await expect(send({ url: 'http://metadata.example/', method: 'GET' })).rejects.toMatchObject({
    code: 'unreachable',
    isTemporary: false,
    description: expect.not.stringContaining('word'),
  })
})

test('uses the caller’s fetch unchanged', async () => {
  const fetch = async () => new Response('mine')
  const answer = await send({ url: 'http://127.0.0.1:1/', method: 'GET', fetch })
  expect(answer.text).toBe('mine')
})
