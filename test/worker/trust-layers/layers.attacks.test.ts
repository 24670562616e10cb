/** Planted, replayed, damaged and impossible answers of a layer are not used, and are counted. */
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { contentKeyOf } from '../../../src/worker/trust-layers/content/content.ts'
import { createDataCentre } from '../../../src/worker/trust-layers/layer/data-centre.ts'
import { createSeal, type Seal } from '../../../src/worker/trust-layers/layer/seal.ts'
import type { TrustPointer } from '../../../src/worker/trust-layers/pointer.ts'
import { ISSUER, type LayeredWorld, newLayeredWorld } from '../support/layered-world.ts'

const addressOf = (seal: Seal, name: string) =>
  `https://trust.edgemint.internal/${seal.tag}/${name}`

async function plant(world: LayeredWorld, name: string, body: BodyInit): Promise<void> {
  const headers = { 'cache-control': 'max-age=60' }
  await world.entries.cache.put(addressOf(world.seal, name), new Response(body, { headers }))
}

async function readEntry(world: LayeredWorld, name: string): Promise<string> {
  return (await (await world.entries.cache.match(addressOf(world.seal, name)))?.text()) ?? ''
}

/** A pointer to a document that the attacker chose. */
function wanted(world: LayeredWorld): TrustPointer {
  return {
    v: 1,
    confirmedAt: world.now(),
    revision: 9,
    document: `sha256:${'a'.repeat(64)}`,
    keyEpoch: 99,
    instance: 'wanted',
  }
}

describe('WRK-11 a pointer that somebody else planted in the data centre', () => {
  const sealed = async (
    world: LayeredWorld,
    keys: readonly string[],
    issuer: string,
    name = 'pointer',
  ) => {
    const other = await createSeal(keys, issuer)
    const text = JSON.stringify(wanted(world))
    return (await other?.close(name, text)) ?? ''
  }

  it.each([
    ['with another key', (world: LayeredWorld) => sealed(world, ['other'], ISSUER)],
    ['for another issuer', (w: LayeredWorld) => sealed(w, w.signingKeys, 'https://other.test')],
    ['under another name', (w: LayeredWorld) => sealed(w, w.signingKeys, ISSUER, 'keys/0-1')],
    [
      'with one more signing key',
      (w: LayeredWorld) => sealed(w, [...w.signingKeys, 'more'], ISSUER),
    ],
    ['without a seal', async (world: LayeredWorld) => JSON.stringify(wanted(world))],
    ['that is empty', async () => ''],
    ['that is no base64', async () => '!'.repeat(60)],
  ])('is not used: %s', async (_, make) => {
    const world = await newLayeredWorld()
    await plant(world, 'pointer', await make(world))
    const isolate = world.newIsolate()
    expect(await isolate.load()).toBe(1)
    expect(isolate.skipped()).toEqual({ data_centre: { forged: 1 } })
  })

  it('is not used if a real entry was changed in one character', async () => {
    const world = await newLayeredWorld()
    await world.newIsolate().load()
    const entry = await readEntry(world, 'pointer')
    expect(entry).toContain('"revision":1')
    await plant(world, 'pointer', entry.replace('"revision":1', '"revision":2'))
    const isolate = world.newIsolate()
    expect(await isolate.load()).toBe(1)
    expect(isolate.skipped()).toEqual({ data_centre: { forged: 1 } })
  })

  it('is used no longer than six seconds if it is an old one that is replayed', async () => {
    const world = await newLayeredWorld()
    await world.newIsolate().load()
    const entry = await readEntry(world, 'pointer')
    await world.apply('second')
    for (let second = 0; second < 12; second += 1) {
      world.wait(1)
      await plant(world, 'pointer', entry)
      expect(await world.newIsolate().load()).toBe(second < 5 ? 1 : 2)
    }
  })

  it('does not stop an isolate from seeing its own change if it is an old one', async () => {
    const world = await newLayeredWorld()
    const isolate = world.newIsolate()
    await isolate.load()
    const entry = await readEntry(world, 'pointer')
    await world.apply('second')
    await plant(world, 'pointer', entry)
    isolate.reader.expect(2)
    expect(await isolate.load()).toBe(2)
  })
})

describe('WRK-11 keys that somebody else planted in the data centre', () => {
  it('are not used', async () => {
    const world = await newLayeredWorld()
    const { keyEpoch, instance } = await world.store.pointer()
    const planted = {
      instance,
      keyEpoch,
      removed: [],
      issuers: [{ url: world.url, version: 1, fetchedAt: 1, keys: [] }],
    }
    const other = await createSeal(['other'], ISSUER)
    const name = `keys/${instance}/-1-${keyEpoch}`
    await plant(world, name, (await other?.close(name, JSON.stringify(planted))) ?? '')
    const isolate = world.newIsolate()
    expect((await isolate.loadView()).keys.get(world.url)?.version).not.toBe(1)
    expect(isolate.skipped()).toEqual({ data_centre: { forged: 1 } })
  })
})

describe('WRK-11 content that does not have its digest', () => {
  const damaged = new TextEncoder().encode('{"version":1,"issuers":{},"resources":{},"rules":[]}')

  async function expectRightDocument(world: LayeredWorld, counted: unknown): Promise<void> {
    const isolate = world.newIsolate()
    const view = await isolate.loadView()
    expect(view.document?.issuers.size).toBe(1)
    expect(isolate.skipped()).toEqual(counted)
  }

  it('is not used from the data centre', async () => {
    const world = await newLayeredWorld()
    const form = await world.form()
    await plant(world, `content/${form.slice('sha256:'.length)}`, damaged)
    await expectRightDocument(world, { data_centre: { corrupt: 1 } })
    // The right content has replaced it.
    await expectRightDocument(world, {})
  })

  it('is not used from KV', async () => {
    const world = await newLayeredWorld()
    await env.REVOCATIONS.put(contentKeyOf(await world.form()), damaged)
    await expectRightDocument(world, { kv: { corrupt: 1 } })
  })

  it('is not used from the region', async () => {
    const world = await newLayeredWorld()
    const region = { ...world.region, content: async () => damaged }
    const isolate = world.newIsolate({ region })
    expect((await isolate.loadView()).document?.issuers.size).toBe(1)
    // The compiled form and the document.
    expect(isolate.skipped()).toEqual({ region: { corrupt: 2 } })
    expect(world.calls.store).toBe(1)
  })
})

describe('a reader that answers wrongly', () => {
  const withPointer = (world: LayeredWorld, change: Partial<Record<keyof TrustPointer, unknown>>) =>
    world.newIsolate({
      region: {
        ...world.region,
        pointer: async () => ({ ...(await world.store.pointer()), ...change }),
      },
    })

  it.each([
    ['future', (world: LayeredWorld) => ({ confirmedAt: world.now() + 3 })],
    ['stale', (world: LayeredWorld) => ({ confirmedAt: world.now() - 7 })],
    ['unreadable', () => ({ v: 2 })],
    ['unreadable', () => ({ document: 'sha256:short' })],
  ])('is left out and counted as %s', async (fault, change) => {
    const world = await newLayeredWorld()
    const isolate = withPointer(world, change(world))
    expect(await isolate.load()).toBe(1)
    expect(isolate.skipped()).toEqual({ region: { [fault]: 1 } })
    expect(world.calls.store).toBe(1)
  })

  it('is used if its clock differs by two seconds', async () => {
    const world = await newLayeredWorld()
    const isolate = withPointer(world, { confirmedAt: world.now() + 2 })
    await isolate.load()
    expect(world.calls.store).toBe(0)
  })

  it.each(['revision', 'keyEpoch'] as const)(
    'is left out if its %s is older than one that was seen',
    async (member) => {
      const world = await newLayeredWorld()
      await world.apply('second')
      let isBehind = false
      const isolate = world.newIsolate({
        dataCentre: undefined,
        region: {
          ...world.region,
          pointer: async () => {
            const pointer = await world.store.pointer()
            return isBehind ? { ...pointer, [member]: pointer[member] - 1 } : pointer
          },
        },
      })
      await isolate.load()
      isBehind = true
      world.wait(10)
      expect(await isolate.load()).toBe(2)
      expect(isolate.skipped()).toEqual({ region: { behind: 1 } })
    },
  )
})

describe('the data centre of a deployment', () => {
  it('has entries of its own for other signing keys', async () => {
    const world = await newLayeredWorld()
    await world.newIsolate().load()
    const other = await createSeal(['other'], ISSUER)
    if (other === undefined) throw new Error('there is a signing key')
    const cache = createDataCentre({ seal: other, open: async () => world.entries.cache })
    expect(await cache.pointer()).toBeUndefined()
    expect(await world.dataCentre.pointer()).toMatchObject({ revision: 1 })
  })

  it('is off without a signing key', async () => {
    expect(await createSeal([], ISSUER)).toBeUndefined()
  })
})
