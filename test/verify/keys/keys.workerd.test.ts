/** The key cache on workerd, where work ends with its request unless `waitUntil` keeps it alive. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { KEYS_ASK_FIRST_SECONDS, KEYS_REFRESH_SECONDS } from '../../../src/verify/limits.ts'
import { type ExampleWorker, startExample } from '../../conformance/support/example-worker.ts'
import { KEYS_PATH, startGateway } from '../support/gateway.ts'
import { AUDIENCE, createSigner, mint, NOW } from '../support/tokens.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const gateway = await startGateway()
const first = await createSigner('key-1')
const second = await createSigner('key-2')
const lasting = { claims: { exp: NOW + 24 * 3600 } }
const oldToken = await mint(first, gateway.issuer, lasting)
const newToken = await mint(second, gateway.issuer, lasting)

const workers: ExampleWorker[] = []
const newWorker = async () => {
  const bindings = { ISSUER: gateway.issuer, AUDIENCE }
  const worker = await startExample('test/verify/support/clocked-worker.ts', bindings)
  workers.push(worker)
  return worker.url
}
let kept: string
let bare: string
beforeAll(async () => {
  kept = await newWorker()
  bare = await newWorker()
})
afterAll(async () => {
  for (const { close } of workers) await close()
})

async function ask(url: string, token: string, at: number, more = {}): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, 'x-now': String(at), ...more }
  const response = await fetch(url, { headers })
  await response.text()
  return response.status
}

/** Holds back the next key set until it is released, and reports when it was requested. */
function holdKeys(keys: readonly unknown[]): { readonly release: () => Promise<void> } {
  let open = (): void => {}
  const held = new Promise<void>((resolve) => {
    open = resolve
  })
  let sent: Promise<void> = held
  gateway.answer(KEYS_PATH, (_, response) => {
    sent = held.then(
      () =>
        new Promise((resolve) => {
          response.once('close', resolve)
          response.writeHead(200, { 'content-type': 'application/json' })
          response.end(JSON.stringify({ keys }))
        }),
    )
  })
  return {
    release: () => {
      open()
      return sent
    },
  }
}

test('an execution context keeps a refresh alive after the answer', async () => {
  gateway.publishKeys([first.publicJwk])
  expect(await ask(kept, oldToken, NOW)).toBe(200)
  const { release } = holdKeys([second.publicJwk])
  const due = NOW + KEYS_REFRESH_SECONDS
  // The request was answered before the gateway, so it did not wait for the refresh.
  expect(await ask(kept, oldToken, due)).toBe(200)
  while (gateway.asked(KEYS_PATH) < 2) await new Promise((resolve) => setImmediate(resolve))
  await release()
  // A request waits for a key that is not loaded yet. The same refresh removes the old key.
  expect(await ask(kept, newToken, due)).toBe(200)
  expect(gateway.asked(KEYS_PATH)).toBe(2)
  expect(await ask(kept, oldToken, due)).toBe(401)
})

test('without an execution context, a refresh may end early, but no request is refused or hangs', async () => {
  const without = { 'x-without-context': '1' }
  gateway.publishKeys([first.publicJwk])
  expect(await ask(bare, oldToken, NOW, without)).toBe(200)
  const { release } = holdKeys([first.publicJwk])
  const due = NOW + KEYS_REFRESH_SECONDS
  const statuses = await Promise.all(
    Array.from({ length: 20 }, () => ask(bare, oldToken, due, without)),
  )
  expect(new Set(statuses)).toEqual(new Set([200]))
  await release()
  gateway.reset()
  gateway.publishKeys([second.publicJwk])
  // If the refresh ended early, the request itself loads keys that are too old.
  const late = due + KEYS_ASK_FIRST_SECONDS
  expect(await ask(bare, newToken, late, without)).toBe(200)
  expect(await ask(bare, oldToken, late, without)).toBe(401)
})

test('a cold load that ends with its request refuses none of the others, and one of them loads the keys', async () => {
  const cold = await newWorker()
  gateway.publishKeys([first.publicJwk])
  const { release } = holdKeys([first.publicJwk])
  const leaving = new AbortController()
  const headers = { authorization: `Bearer ${oldToken}`, 'x-now': String(NOW) }
  const left = fetch(cold, { headers, signal: leaving.signal }).catch(() => undefined)
  while (gateway.asked(KEYS_PATH) < 1) await new Promise((resolve) => setImmediate(resolve))
  leaving.abort()
  await left
  gateway.reset()
  const statuses = await Promise.all(Array.from({ length: 20 }, () => ask(cold, oldToken, NOW)))
  expect(new Set(statuses)).toEqual(new Set([200]))
  expect(gateway.asked(KEYS_PATH)).toBe(1)
  await release()
})
