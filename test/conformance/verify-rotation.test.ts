/**
 * The gateway rotates its key and restarts while an API in another process gets requests, and no
 * request is refused. Then the gateway stays down, and the API uses the keys that it has.
 */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeProtectedHeader, exportJWK, generateKeyPair } from 'jose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createApp } from '../../examples/verify-express/app.ts'
import { API, accessToken, startWorld, type World } from './support/world.ts'

const CALLERS = 8
const environment: Record<string, string> = {}
let world: World
let server: Server
let url: string

async function createKey(activatesAt?: string): Promise<Record<string, unknown>> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const dates = activatesAt === undefined ? {} : { activates_at: activatesAt }
  return { ...(await exportJWK(privateKey)), alg: 'ES256', ...dates }
}

const next = await createKey('2099-01-01T00:00:00Z')

beforeAll(async () => {
  environment.SIGNING_KEY_OLD = JSON.stringify(await createKey())
  environment.SIGNING_KEY_NEXT = JSON.stringify(next)
  world = await startWorld(() => environment)
  server = createServer(await createApp({ issuer: world.url(), audience: API }))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server?.closeAllConnections()
  server?.close()
  await world?.close()
})

it('JK-07 no request is refused during a rotation under load or while the gateway is down', {
  timeout: 120_000,
}, async () => {
  let token = await accessToken(world)
  const oldKeyId = decodeProtectedHeader(token).kid
  const statuses = new Map<number, number>()
  let isOver = false
  const callers = Array.from({ length: CALLERS }, async () => {
    while (!isOver) {
      const headers = { authorization: `Bearer ${token}` }
      const { status } = await fetch(`${url}/deployments`, { headers })
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
  })
  const countAll = () => [...statuses.values()].reduce((sum, count) => sum + count, 0)
  async function more(): Promise<void> {
    const goal = countAll() + 20 * CALLERS
    while (countAll() < goal) await new Promise((resolve) => setImmediate(resolve))
  }

  await more()
  // The successor was published from the start. Now it becomes active.
  environment.SIGNING_KEY_NEXT = JSON.stringify({ ...next, activates_at: '2020-01-01T00:00:00Z' })
  await world.restart('SIGTERM')
  await more()
  token = await accessToken(world)
  expect(decodeProtectedHeader(token).kid).not.toBe(oldKeyId)
  await more()
  await world.kill('SIGKILL')
  await more()
  isOver = true
  await Promise.all(callers)
  expect([...statuses.keys()]).toEqual([200])
})
