/** The trust store names its content in a pointer, and publishes the document to KV. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import type { TrustStore } from '../../../../src/worker/objects/trust-store/trust-store.ts'
import { contentKeyOf, digestOf } from '../../../../src/worker/trust-layers/content/content.ts'
import {
  nextPublicationAt,
  publishContent,
} from '../../../../src/worker/trust-layers/content/publish-content.ts'
import { checkPointer } from '../../../../src/worker/trust-layers/pointer.ts'
import { newIssuer } from '../../support/issuer.ts'
import { newTrustStore, putTrust, trustFor } from '../../support/trust.ts'

const AT = 1_800_000_000
const HOUR = 3600

async function storeWith(name: string) {
  const store = newTrustStore()
  const { url } = newIssuer()
  const rules = trustFor(url).rules.map((rule) => ({ ...rule, name }))
  await putTrust(store, trustFor(url, { rules }), 0)
  const { document, form } = await store.pointer()
  return { store, url, digests: [document ?? '', form?.digest ?? ''] }
}

/** Runs with the tables of the store, and with a KV namespace that counts writes and can fail. */
async function inStore(
  store: DurableObjectStub<TrustStore>,
  test: (world: {
    readonly sql: SqlStorage
    readonly publish: (at: number) => Promise<void>
    readonly fail: (isFailing: boolean) => void
    readonly written: () => readonly string[]
  }) => Promise<void>,
): Promise<void> {
  await runInDurableObject(store, async (_, { storage }) => {
    await storage.deleteAlarm()
    storage.sql.exec('DELETE FROM published_content')
    const written: string[] = []
    let isFailing = false
    const kv = {
      put: async (key: string) => {
        written.push(key)
        if (isFailing) throw new Error('KV is down')
      },
    } as unknown as KVNamespace
    await test({
      sql: storage.sql,
      publish: (at) => publishContent(storage.sql, kv, at),
      fail: (state) => {
        isFailing = state
      },
      written: () => written,
    })
  })
}

describe('the pointer of the trust store', () => {
  it('names no document before the first revision', async () => {
    const pointer = await newTrustStore().pointer()
    expect(pointer).toMatchObject({ v: 1, revision: 0, document: null })
    expect(checkPointer(pointer)).toEqual(pointer)
  })

  it('names the newest revision by the digest of its content, at the time of the store', async () => {
    const { store } = await storeWith('first')
    await runInDurableObject(store, (instance) => {
      instance.now = () => AT
    })
    const pointer = await store.pointer()
    expect(pointer).toMatchObject({ confirmedAt: AT, revision: 1 })
    const bytes = await store.content(pointer.document ?? '')
    expect(bytes && (await digestOf(bytes))).toBe(pointer.document)
  })

  it('names the compiled form of the revision, and has its content', async () => {
    const { store } = await storeWith('form')
    const { form } = await store.pointer()
    expect(form?.compiler).toBeTypeOf('string')
    const bytes = await store.content(form?.digest ?? '')
    expect(bytes && (await digestOf(bytes))).toBe(form?.digest)
  })

  it('has another key epoch after a change of the keys', async () => {
    const { store, url } = await storeWith('keys')
    const before = await store.pointer()
    await store.refreshKeys(url)
    const { keyEpoch } = await store.pointer()
    expect(keyEpoch).toBeGreaterThan(before.keyEpoch)
    expect(await store.keysAfter(before.keyEpoch)).toMatchObject({
      keyEpoch,
      issuers: expect.arrayContaining([expect.objectContaining({ url })]),
    })
  })

  it('has no content for a digest that is not stored', async () => {
    const { store } = await storeWith('other')
    expect(await store.content(await digestOf(new Uint8Array()))).toBeNull()
  })
})

describe('published content', () => {
  it.each([
    ['the document', 0],
    ['the compiled form', 1],
  ])('is in KV after the alarm, under its digest: %s', async (_, index) => {
    const { store, digests } = await storeWith(`published-${index}`)
    const digest = digests[index] ?? ''
    await runDurableObjectAlarm(store)
    await expect
      .poll(() => env.REVOCATIONS.get(contentKeyOf(digest), 'arrayBuffer'), { timeout: 30_000 })
      .not.toBeNull()
    const bytes = await env.REVOCATIONS.get(contentKeyOf(digest), 'arrayBuffer')
    expect(await digestOf(new Uint8Array(bytes ?? new ArrayBuffer()))).toBe(digest)
  })

  it('is written once, and again after twelve hours', async () => {
    const { store, digests } = await storeWith('again')
    await inStore(store, async ({ publish, written }) => {
      await publish(AT)
      await publish(AT + 12 * HOUR - 1)
      expect(written()).toEqual(digests.map(contentKeyOf))
      await publish(AT + 12 * HOUR)
      expect(written()).toHaveLength(4)
    })
  })

  it('is written again a minute after KV failed', async () => {
    const { store } = await storeWith('failing')
    await inStore(store, async ({ sql, publish, written, fail }) => {
      fail(true)
      await publish(AT)
      expect(nextPublicationAt(sql, AT)).toBe(AT + 60)
      fail(false)
      await publish(AT + 59)
      expect(written()).toHaveLength(2)
      await publish(AT + 60)
      expect(written()).toHaveLength(4)
      expect(nextPublicationAt(sql, AT + 60)).toBe(AT + 60 + 12 * HOUR)
    })
  })

  it('NET-14 is written again after the clock was set back', async () => {
    const { store } = await storeWith('clock')
    await inStore(store, async ({ publish, written }) => {
      await publish(AT)
      await publish(AT - 24 * HOUR)
      expect(written()).toHaveLength(4)
    })
  })

  it('leaves two rows, whatever the number of revisions', async () => {
    const { store } = await storeWith('rows')
    await inStore(store, async ({ sql, publish }) => {
      await publish(AT)
      const rows = () => sql.exec('SELECT digest FROM published_content').toArray()
      const newest = rows()
      expect(newest).toHaveLength(2)
      for (const digest of ['sha256:first', 'sha256:second']) {
        sql.exec('INSERT INTO published_content VALUES (?, ?)', digest, AT)
      }
      await publish(AT + 1)
      expect(rows()).toEqual(newest)
    })
  })

  it('is not published, and no time for it is set, before the first revision', async () => {
    await inStore(newTrustStore(), async ({ sql, publish, written }) => {
      await publish(AT)
      expect(nextPublicationAt(sql, AT)).toBeUndefined()
      expect(written()).toEqual([])
    })
  })
})

describe('a pointer of unknown form', () => {
  const good = {
    v: 1,
    confirmedAt: AT,
    revision: 1,
    document: `sha256:${'0'.repeat(64)}`,
    keyEpoch: 3,
    instance: 'b6a1f5a2-0000-4000-8000-000000000000',
  }

  it.each([
    ['another version', { v: 2 }],
    ['a text as time', { confirmedAt: '1' }],
    ['a time that is not a whole number', { confirmedAt: 1.5 }],
    ['a negative revision', { revision: -1 }],
    ['a digest of another kind', { document: `sha512:${'0'.repeat(64)}` }],
    ['a digest that is a path', { document: 'sha256:../../revocations' }],
    ['no key epoch', { keyEpoch: undefined }],
    ['no instance', { instance: undefined }],
    ['an instance that is a path', { instance: '../pointer' }],
    ['a word about the region that is unknown', { unconfirmed: false }],
    ['a form without its compiler', { form: { digest: good.document } }],
    ['a form with a digest of another kind', { form: { digest: 'x', compiler: 'c' } }],
  ])('is refused: %s', (_, change) => {
    expect(checkPointer(good)).toEqual(good)
    expect(checkPointer({ ...good, ...change })).toBeUndefined()
  })

  it.each([undefined, null, 'text', 1, []])('is refused: %j', (value) => {
    expect(checkPointer(value)).toBeUndefined()
  })

  it('may have members of a later release', () => {
    expect(checkPointer({ ...good, later: 'member' })).toEqual(good)
  })
})
