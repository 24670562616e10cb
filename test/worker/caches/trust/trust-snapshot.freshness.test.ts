import { describe, expect, it } from 'vitest'
import type { Ceilings } from '../../../../src/core/policy/compile/compiled.ts'
import { Unavailable } from '../../../../src/core/ports.ts'
import {
  createTrustSnapshot,
  type TrustReader,
} from '../../../../src/worker/caches/trust/trust-snapshot.ts'
import { newIssuer } from '../../support/issuer.ts'
import { newTrustStore, putTrust, trustFor } from '../../support/trust.ts'

const CEILINGS: Ceilings = {
  gatewayIssuer: 'https://sts.test',
  maxTokenLifetimeSeconds: 3600,
  maxRuleExpirySeconds: undefined,
  localIssuers: true,
}
const MAX_STALE = 900

/**
 * A real trust store whose connection can fail, an isolate's snapshot, and a clock that tests set.
 */
async function newWorld() {
  const store = newTrustStore()
  const { url } = newIssuer()
  let at = 1_800_000_000
  let isDown = false
  let isHanging = false
  let isOld = false
  let staleAt: number | undefined
  let asked = 0
  let revision = 0
  const behind: Promise<unknown>[] = []
  const cut = () => {
    if (isDown) throw new Error('the store is down')
  }
  const reader: TrustReader = createTrustSnapshot({
    store: {
      snapshotSince: async (known) => {
        asked += 1
        cut()
        if (isHanging) return new Promise(() => undefined)
        const delta = await store.snapshotSince(known)
        if (staleAt !== undefined) return { ...delta, currentAt: staleAt, isStale: true }
        return isOld ? { ...delta, currentAt: at - 6 } : delta
      },
      refreshKeys: async (issuer, keyId) => {
        cut()
        return await store.refreshKeys(issuer, keyId)
      },
    },
    ceilings: CEILINGS,
    policy: undefined,
    maxStaleSeconds: MAX_STALE,
    clock: () => at,
    reportFaulty: () => undefined,
  })
  const apply = async (name: string) => {
    const rules = trustFor(url).rules.map((rule) => ({ ...rule, name }))
    await putTrust(store, trustFor(url, { rules }), revision)
    revision += 1
  }
  await apply('first')
  return {
    url,
    reader,
    apply,
    asked: () => asked,
    wait: (seconds: number) => {
      at += seconds
    },
    down: (state: boolean) => {
      isDown = state
    },
    /** The layers answer in place of the store, with a copy of this moment. */
    stale: () => {
      staleAt = at
    },
    /** The layers answer with what was confirmed six seconds before. */
    old: () => {
      isOld = true
    },
    hang: (state: boolean) => {
      isHanging = state
    },
    /** The snapshot that a request would use now, without waiting for background work. */
    load: () => reader.load(at, (task) => behind.push(task)),
    settle: () => Promise.all(behind),
  }
}

describe('the trust snapshot of an isolate', () => {
  it('is loaded before the first decision', async () => {
    const world = await newWorld()
    expect((await world.load()).revision).toBe(1)
    expect(world.asked()).toBe(1)
  })

  it('is used without a question if it is younger than 5 s', async () => {
    const world = await newWorld()
    await world.load()
    await world.apply('second')
    world.wait(4)
    const view = world.load()
    expect(view).not.toBeInstanceOf(Promise)
    expect((await view).revision).toBe(1)
    expect(world.asked()).toBe(1)
  })

  it('is used at once from 5 to 10 s, while one request refreshes it after its answer', async () => {
    const world = await newWorld()
    await world.load()
    await world.apply('second')
    world.wait(5)
    const views = Array.from({ length: 20 }, () => world.load())
    for (const view of views) expect(view).toMatchObject({ revision: 1 })
    await world.settle()
    expect(world.asked()).toBe(2)
    expect(world.load()).toMatchObject({ revision: 2 })
  })

  it('is refreshed after an answer once in a second, also if no younger one is there', async () => {
    const world = await newWorld()
    await world.load()
    world.old()
    world.wait(5)
    for (let request = 0; request < 3; request += 1) {
      await world.load()
      await world.settle()
    }
    expect(world.asked()).toBe(2)
    world.wait(1)
    await world.load()
    expect(world.asked()).toBe(3)
  })

  it('is never used if it is older than 10 s and the store answers', async () => {
    const world = await newWorld()
    await world.load()
    await world.apply('second')
    world.wait(10)
    const view = world.load()
    expect(view).toBeInstanceOf(Promise)
    expect((await view).revision).toBe(2)
  })

  it('is loaded again if a cancelled request did not finish loading it', async () => {
    const world = await newWorld()
    await world.load()
    world.wait(5)
    await world.apply('second')
    // The platform cancels a request's work with the request, so its question gets no answer.
    world.hang(true)
    world.load()
    world.hang(false)
    world.wait(4)
    expect(world.load()).toMatchObject({ revision: 1 })
    expect(world.asked()).toBe(2)
    world.wait(1)
    expect((await world.load()).revision).toBe(2)
  })

  it('is used when stale while the store is down, and recovers by itself', async () => {
    const world = await newWorld()
    await world.load()
    world.down(true)
    world.wait(MAX_STALE)
    expect((await world.load()).revision).toBe(1)
    await world.apply('second')
    world.down(false)
    world.wait(2)
    expect((await world.load()).revision).toBe(2)
  })

  it('is not used beyond its maximum age, and recovers by itself', async () => {
    const world = await newWorld()
    await world.load()
    world.down(true)
    world.wait(MAX_STALE + 1)
    await expect(world.load()).rejects.toBeInstanceOf(Unavailable)
    world.down(false)
    world.wait(2)
    expect((await world.load()).revision).toBe(1)
  })

  it('NET-14 is used no longer than usual after the clock was set back', async () => {
    const world = await newWorld()
    world.wait(3600)
    await world.load()
    world.wait(-3600)
    await world.apply('second')
    expect((await world.load()).revision).toBe(2)
    world.wait(3)
    await world.load()
    expect(world.asked()).toBe(2)
  })

  it('NET-14 is not used for a store that is down if its time is in the future', async () => {
    const world = await newWorld()
    world.wait(3600)
    await world.load()
    world.down(true)
    world.wait(-3600)
    await expect(world.load()).rejects.toBeInstanceOf(Unavailable)
    world.down(false)
    world.wait(2)
    expect((await world.load()).revision).toBe(1)
  })

  it('NET-14 is loaded again after a failure, also after the clock was set back', async () => {
    const world = await newWorld()
    world.down(true)
    await expect(world.load()).rejects.toBeInstanceOf(Unavailable)
    world.down(false)
    world.wait(-3600)
    await expect(world.load()).resolves.toMatchObject({ revision: 1 })
  })

  it('is unavailable if the store never answered', async () => {
    const world = await newWorld()
    world.down(true)
    await expect(world.load()).rejects.toMatchObject({ part: 'trust_store' })
  })

  it.each<readonly [string, (world: Awaited<ReturnType<typeof newWorld>>) => void]>([
    ['a failing store', (world) => world.down(true)],
    ['the layers again after an answer without the store', (world) => world.stale()],
    [
      'the layers again after a copy that is younger than its own',
      (world) => {
        world.wait(1)
        world.stale()
      },
    ],
  ])('does not ask %s within 2 s', async (_, fail) => {
    const world = await newWorld()
    await world.load()
    fail(world)
    world.wait(12)
    for (let request = 0; request < 10; request += 1) await world.load()
    expect(world.asked()).toBe(2)
    world.wait(2)
    await world.load()
    expect(world.asked()).toBe(3)
  })

  it('has the keys of a refresh in the next decision', async () => {
    const world = await newWorld()
    const before = await world.load()
    expect(before.keys.get(world.url)).toBeUndefined()
    const keys = await world.reader.refreshKeys(world.url)
    expect(keys?.keys).toHaveLength(2)
    expect((await world.load()).keys.get(world.url)?.keys).toHaveLength(2)
  })

  it('keeps the compiled document and the keys while the revision stays', async () => {
    const world = await newWorld()
    await world.load()
    await world.reader.refreshKeys(world.url)
    const before = await world.load()
    world.wait(10)
    const after = await world.load()
    expect(after.document).toBe(before.document)
    expect(after.keys.get(world.url)).toEqual(before.keys.get(world.url))
  })
})
