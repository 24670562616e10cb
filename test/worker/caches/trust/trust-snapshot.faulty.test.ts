import { runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { findResource } from '../../../../src/core/policy/compile/resource-uri.ts'
import {
  createTrustSnapshot,
  type FaultyDocument,
} from '../../../../src/worker/caches/trust/trust-snapshot.ts'
import { digestOf } from '../../../../src/worker/trust-layers/content/content.ts'
import { newIssuer } from '../../support/issuer.ts'
import { API, newTrustStore, putTrust, trustFor } from '../../support/trust.ts'

const MAX_STALE = 900

/** A real trust store, an isolate's snapshot of it, and a clock that tests set. */
async function newWorld() {
  const store = newTrustStore()
  const { url } = newIssuer()
  await putTrust(store, trustFor(url), 0)
  let at = 1_800_000_000
  let isDown = false
  const reports: FaultyDocument[] = []
  const reader = createTrustSnapshot({
    store: {
      snapshotSince: async (known) => {
        if (isDown) throw new Error('the store is down')
        return await store.snapshotSince(known)
      },
      refreshKeys: async (issuer, keyId) => await store.refreshKeys(issuer, keyId),
    },
    ceilings: {
      gatewayIssuer: 'https://sts.test',
      maxTokenLifetimeSeconds: 3600,
      maxRuleExpirySeconds: undefined,
      localIssuers: true,
    },
    policy: undefined,
    maxStaleSeconds: MAX_STALE,
    clock: () => at,
    reportFaulty: (report) => reports.push(report),
  })
  return {
    url,
    reports,
    /** A revision that another release stored and that this release cannot use. */
    storeRevision: (revision: number, document: unknown) =>
      runInDurableObject(store, async (_, { storage }) => {
        const bytes = new TextEncoder().encode(JSON.stringify(document))
        storage.sql.exec(
          `INSERT INTO revisions (revision, digest, author, applied_at)
           VALUES (?, ?, 'ada', 0)`,
          revision,
          await digestOf(bytes),
        )
        storage.sql.exec('INSERT INTO document_chunks VALUES (?, 0, ?)', revision, bytes)
      }),
    down: (state: boolean) => {
      isDown = state
    },
    loadAfter: async (seconds: number) => {
      at += seconds
      return reader.load(at, () => undefined)
    },
  }
}

describe('a stored revision that cannot be used at all', () => {
  it('leaves the last usable revision in force, up to its maximum age', async () => {
    const world = await newWorld()
    await world.loadAfter(0)
    await world.storeRevision(2, { version: 2 })
    const view = await world.loadAfter(10)
    expect(view).toMatchObject({ revision: 1, problems: [{ code: 'value_invalid' }] })
    expect(world.reports).toMatchObject([{ revision: 2, isUsable: false }])
    expect(view.document && findResource(view.document.resources, API)).toBeDefined()
    const late = await world.loadAfter(MAX_STALE - 10)
    expect(late).toMatchObject({ revision: 1 })
    expect(late.document).toBeDefined()
    const over = await world.loadAfter(1)
    expect(over).toMatchObject({ revision: 2, document: undefined })
  })

  it('ends that revision in the answer that comes after its maximum age', async () => {
    const world = await newWorld()
    await world.loadAfter(0)
    await world.storeRevision(2, { version: 2 })
    expect((await world.loadAfter(MAX_STALE)).document).toBeDefined()
    expect(await world.loadAfter(10)).toMatchObject({ revision: 2, document: undefined })
  })

  it('counts the age of that revision from the last answer that confirmed it', async () => {
    const world = await newWorld()
    await world.loadAfter(0)
    await world.loadAfter(MAX_STALE)
    await world.storeRevision(2, { version: 2 })
    expect((await world.loadAfter(MAX_STALE)).document).toBeDefined()
  })

  it('ends that revision at the same time while the store is down, and the policy stays in force', async () => {
    const world = await newWorld()
    await world.loadAfter(0)
    await world.storeRevision(2, { version: 2 })
    await world.loadAfter(10)
    world.down(true)
    expect((await world.loadAfter(MAX_STALE - 10)).document).toBeDefined()
    const over = await world.loadAfter(1)
    expect(over.document).toBeUndefined()
    expect(over.policy).toBeDefined()
  })

  it('is reported once, however often the snapshot is loaded', async () => {
    const world = await newWorld()
    await world.storeRevision(2, { version: 2 })
    expect((await world.loadAfter(0)).document).toBeUndefined()
    await world.loadAfter(10)
    await world.loadAfter(10)
    expect(world.reports).toEqual([
      { revision: 2, isUsable: false, problems: [expect.objectContaining({ path: ['version'] })] },
    ])
  })

  it('is replaced by the next usable revision', async () => {
    const world = await newWorld()
    await world.storeRevision(2, { version: 2 })
    await world.loadAfter(0)
    await world.storeRevision(3, trustFor(world.url, { rules: [] }))
    expect(await world.loadAfter(10)).toMatchObject({ revision: 3, problems: [] })
  })
})

describe('a stored revision that can be used in part', () => {
  it('is in force at once, and what it removed is gone', async () => {
    const world = await newWorld()
    await world.loadAfter(0)
    const [rule] = trustFor(world.url).rules
    await world.storeRevision(2, trustFor(world.url, { rules: [{ ...rule, hours: '9-17' }] }))
    const view = await world.loadAfter(10)
    expect(view).toMatchObject({ revision: 2, problems: [{ path: ['rules', 0, 'hours'] }] })
    expect(view.document?.rules).toEqual([])
    expect(world.reports).toMatchObject([{ revision: 2, isUsable: true }])
  })
})
