import { runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import {
  KEY_COOLDOWN_SECONDS,
  KEY_QUESTIONS_PER_SECOND,
  SNAPSHOT_REVALIDATE_SECONDS,
} from '../../../../src/core/limits.ts'
import { createTrustSnapshot } from '../../../../src/worker/caches/trust/trust-snapshot.ts'
import type { TrustStore } from '../../../../src/worker/objects/trust-store/trust-store.ts'
import { quickIssuer } from '../../support/issuer.ts'
import { newTrustStore, putTrust, trustFor } from '../../support/trust.ts'

/** A real trust store, and an isolate that counts its questions. */
async function newWorld() {
  const issuer = await quickIssuer()
  const store = newTrustStore()
  await putTrust(store, trustFor(issuer.url), 0)
  let at = Math.floor(Date.now() / 1000)
  await runInDurableObject(store, (instance: TrustStore) => {
    instance.now = () => at
  })
  let asked = 0
  let isOldStore = false
  const reader = createTrustSnapshot({
    store: {
      snapshotSince: async ({ keyEpoch, ...known }) => {
        // A store of release 0.2.0 does not know the key epoch.
        if (isOldStore) return await store.snapshotSince(known)
        return await store.snapshotSince(keyEpoch === undefined ? known : { ...known, keyEpoch })
      },
      refreshKeys: async (source, keyId, rejected) => {
        asked += 1
        return await store.refreshKeys(source, keyId, rejected)
      },
    },
    ceilings: {
      gatewayIssuer: 'https://sts.test',
      maxTokenLifetimeSeconds: 3600,
      maxRuleExpirySeconds: undefined,
      localIssuers: true,
    },
    policy: undefined,
    maxStaleSeconds: 900,
    clock: () => at,
    reportFaulty: () => undefined,
  })
  await reader.load(at, () => undefined)
  return {
    issuer,
    store,
    reader,
    /** The keys of the issuer in the next decision, ten seconds later. */
    reload: async () => {
      at += 10
      return (await reader.load(at, () => undefined)).keys.get(issuer.url)
    },
    runOldStore: (state: boolean) => {
      isOldStore = state
    },
    asked: () => asked,
    /** Moves the clocks of the isolate and of the store. */
    wait: (seconds: number) => {
      at += seconds
    },
    takeRefused: reader.takeRefused,
    refresh: (keyId?: string, rejected?: number) => reader.refreshKeys(issuer.url, keyId, rejected),
    kid: async () => (await issuer.sign('ES256', 'x')).kid,
  }
}

describe('keys that an isolate does not have', () => {
  it('NET-08 a thousand invented key ids cause one question within the cool-down', async () => {
    const world = await newWorld()
    await world.refresh()
    const before = world.asked()
    for (let second = 0; second < KEY_COOLDOWN_SECONDS; second += 1) {
      const kids = Array.from({ length: 20 }, (_, at) => `made-up-${second}-${at}`)
      const answers = await Promise.all(kids.map((kid) => world.refresh(kid)))
      // Each token is refused from the keys that are present.
      for (const answer of answers) expect(answer?.keys).toHaveLength(1)
      world.wait(1)
    }
    expect(world.asked()).toBe(before + 1)
    expect(Object.values(world.takeRefused())).toEqual([20 * KEY_COOLDOWN_SECONDS - 1])
    await world.refresh('made-up')
    expect(world.asked()).toBe(before + 2)
  })

  it('NET-08 a flood of invented key ids hides a rotation for one cool-down at most', async () => {
    const world = await newWorld()
    await world.refresh()
    await world.refresh('made-up')
    await world.issuer.rotate({ algorithms: ['ES256'] })
    const kid = await world.kid()
    const flood = async () => {
      for (let turn = 0; turn < 20; turn += 1) await world.refresh(`${crypto.randomUUID()}`)
    }
    const hidden = async () => !(await world.refresh(kid))?.keys.some((key) => key.kid === kid)
    for (let second = 0; second < KEY_COOLDOWN_SECONDS; second += 1) {
      await flood()
      expect(await hidden(), `after ${second} s`).toBe(true)
      world.wait(1)
    }
    // The first token after the cool-down finds the key: an invented one or the real one.
    await flood()
    expect(await hidden()).toBe(false)
  })

  it('NET-08 a rotation is not hidden longer in an isolate that asks late in the cool-down', async () => {
    const world = await newWorld()
    await world.refresh()
    // Another isolate asks.
    await world.store.refreshKeys(world.issuer.url, 'made-up')
    await world.issuer.rotate({ algorithms: ['ES256'] })
    const kid = await world.kid()
    world.wait(KEY_COOLDOWN_SECONDS - 2)
    expect((await world.refresh(kid))?.keys.map((key) => key.kid)).not.toContain(kid)
    world.wait(2)
    expect((await world.refresh(kid))?.keys.map((key) => key.kid)).toContain(kid)
  })

  it('tokens without a key id cause one question until the next snapshot', async () => {
    const world = await newWorld()
    await world.refresh()
    const before = world.asked()
    for (let second = 0; second < SNAPSHOT_REVALIDATE_SECONDS; second += 1) {
      await world.refresh()
      world.wait(1)
    }
    expect(world.asked()).toBe(before + 1)
  })

  it('a new key refuses no token: all requests wait for one question', async () => {
    const world = await newWorld()
    const kid = await world.kid()
    const answers = await Promise.all(Array.from({ length: 300 }, () => world.refresh(kid)))
    for (const answer of answers) expect(answer?.keys.map((key) => key.kid)).toContain(kid)
    expect(world.asked()).toBe(1)
  })

  it('a new key during a flood is found by the next question that may fetch', async () => {
    const world = await newWorld()
    await world.refresh()
    await world.issuer.rotate({ algorithms: ['ES256'] })
    const kid = await world.kid()
    const flood = Array.from({ length: 200 }, (_, at) => world.refresh(`made-up-${at}`))
    await Promise.all(flood)
    world.wait(1)
    expect((await world.refresh(kid))?.keys.map((key) => key.kid)).toContain(kid)
  })

  it('a set that does not verify a token causes one question within the cool-down', async () => {
    const world = await newWorld()
    const kid = await world.kid()
    const first = await world.refresh(kid)
    const rejected = first?.version
    await Promise.all(Array.from({ length: 100 }, () => world.refresh(kid, rejected)))
    expect(world.asked()).toBe(2)
    expect(await world.issuer.requests()).toEqual({ discovery: 2, jwks: 2 })
  })

  it('an issuer without keys is asked about again at once, a few times in a second', async () => {
    const world = await newWorld()
    await world.issuer.behave({ jwks: 'down' })
    for (let turn = 0; turn < 20; turn += 1) expect(await world.refresh('kid')).toBeUndefined()
    expect(world.asked()).toBe(KEY_QUESTIONS_PER_SECOND)
  })
})

describe('keys that the store changes', () => {
  it('NET-13 are those of the store after each refresh, and gone with their issuer', async () => {
    const world = await newWorld()
    const kid = await world.kid()
    await world.store.refreshKeys(world.issuer.url, kid)
    const first = await world.reload()
    expect(first?.keys.map((key) => key.kid)).toEqual([kid])
    // Without a change, the set is not even copied.
    expect(await world.reload()).toBe(first)
    await world.issuer.rotate({ algorithms: ['ES256'] })
    const next = await world.kid()
    await world.store.refreshKeys(world.issuer.url, next)
    expect((await world.reload())?.keys.map((key) => key.kid)).toEqual([next])
    await putTrust(world.store, trustFor(world.issuer.url, { issuers: {}, rules: [] }), 1)
    expect(await world.reload()).toBeUndefined()
  })

  it('are followed while stores of two releases answer in turn', async () => {
    const world = await newWorld()
    const { url } = world.issuer
    for (const isOld of [true, false, true, true, false, false]) {
      world.runOldStore(isOld)
      await world.issuer.rotate({ algorithms: ['ES256'] })
      await putTrust(world.store, trustFor(url, { issuers: {}, rules: [] }), await revision(world))
      expect(await world.reload()).toBeUndefined()
      await putTrust(world.store, trustFor(url), await revision(world))
      const kid = await world.kid()
      await world.store.refreshKeys(url, kid)
      expect((await world.reload())?.keys.map((key) => key.kid)).toEqual([kid])
    }
  })
})

type World = Awaited<ReturnType<typeof newWorld>>

async function revision({ store }: World): Promise<number> {
  return (await store.currentDocument()).revision
}
