/** The routes of a gateway whose isolates ask the reader of their region. */
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  adminSubjectToken,
  adminToken,
  applyTrust,
  bearer,
  deployment,
  exchange,
  exchangeForm,
  GATEWAY,
  readJson,
  runWith,
} from '../support/gateway.ts'
import type { TestIssuer } from '../support/issuer.ts'
import { quickIssuer } from '../support/issuer.ts'
import { trustFor } from '../support/trust.ts'

let issuer: TestIssuer

beforeAll(async () => {
  issuer = await quickIssuer()
})

/** An isolate of the current gateway with a reader that asks the trust store of that gateway. */
async function layeredGateway() {
  const namespace = env.TRUST_READER
  if (namespace === undefined) throw new Error('the tests bind TRUST_READER')
  const { id } = deployment().TRUST_STORE.getByName('trust')
  const reader = namespace.getByName(crypto.randomUUID())
  const pointers = { count: 0, isDown: false }
  await runInDurableObject(reader, (instance) => {
    const store = () => env.TRUST_STORE.get(id)
    instance.store = () => ({
      pointer: async () => {
        pointers.count += 1
        if (pointers.isDown) throw new Error('the reader is down')
        return await store().pointer()
      },
      keysAfter: async (...known) => await store().keysAfter(...known),
      refreshKeys: async (...question) => await store().refreshKeys(...question),
      content: async (digest) => await store().content(digest),
    })
  })
  const only = new Proxy(namespace, { get: () => () => reader })
  // Entries of the data centre have an address for each set of signing keys.
  const name = `SIGNING_KEY_${crypto.randomUUID().slice(0, 8).toUpperCase()}`
  const bindings = { TRUST_READER: only, [name]: JSON.stringify({ name }) }
  return { gateway: runWith(bindings), pointers }
}

type Layered = Awaited<ReturnType<typeof layeredGateway>>['gateway']

async function adminTokenOf(gateway: Layered): Promise<string> {
  const form = exchangeForm(await adminSubjectToken(), { resource: GATEWAY })
  const response = await gateway.send('/token', { method: 'POST', body: new URLSearchParams(form) })
  return String((await readJson(response)).access_token)
}

describe('a gateway with layers', () => {
  beforeEach(() => applyTrust(trustFor(issuer.url)))

  it('exchanges a token by the trust that the reader delivered', async () => {
    const { gateway, pointers } = await layeredGateway()
    expect((await gateway.exchange(await issuer.mint())).status).toBe(200)
    expect(pointers.count).toBe(1)
  })

  it('decides by a document at once in the isolate that stored it', async () => {
    const { gateway } = await layeredGateway()
    const admin = bearer(await adminTokenOf(gateway))
    expect((await gateway.exchange(await issuer.mint())).status).toBe(200)
    const put = await gateway.send('/admin/v1/trust', {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'if-match': '"1"', ...admin },
      body: JSON.stringify(trustFor(issuer.url, { rules: [] })),
    })
    expect(put.status).toBe(200)
    expect((await gateway.exchange(await issuer.mint())).status).toBe(400)
  })

  it('shows in /health that the layers are on', async () => {
    const { gateway } = await layeredGateway()
    const read = async () => (await readJson(await gateway.send('/health'))).checks
    expect(await read()).toMatchObject({ trust_layers: { enabled: true, skipped: {} } })
  })

  it('shows in /health what was left out, and works without it', async () => {
    const { gateway, pointers } = await layeredGateway()
    pointers.isDown = true
    expect((await gateway.exchange(await issuer.mint())).status).toBe(200)
    const { checks } = await readJson(await gateway.send('/health'))
    expect(checks).toMatchObject({
      trust_store: { ready: true },
      trust_layers: { enabled: true, skipped: { region: { unreachable: 1 } } },
    })
  })
})

describe('a gateway without the binding', () => {
  it('asks the trust store, and says in /health that the layers are off', async () => {
    await applyTrust(trustFor(issuer.url))
    const gateway = runWith({})
    const { checks } = await readJson(await gateway.send('/health'))
    expect(checks).toMatchObject({ trust_layers: { enabled: false } })
    expect((await exchange(await issuer.mint())).status).toBe(200)
    expect(await adminToken()).toBeTypeOf('string')
  })
})
