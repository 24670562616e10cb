/** A damaged row of one issuer must not take the others down. Its keys are fetched again. */
import { runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { SNAPSHOT_KEYS_MAX_BYTES } from '../../../../src/core/limits.ts'
import type { TrustStore } from '../../../../src/worker/objects/trust-store/trust-store.ts'
import { newIssuer, type TestIssuer } from '../../support/issuer.ts'
import { newTrustStore, putTrust, trustFor } from '../../support/trust.ts'

type Store = DurableObjectStub<TrustStore>

/** A store that has the keys of both issuers. */
async function storeFor(damaged: TestIssuer, other: TestIssuer): Promise<Store> {
  const store = newTrustStore()
  const document = trustFor(damaged.url)
  const { github } = document.issuers
  const issuers = { github, other: { ...github, issuer: other.url } }
  await putTrust(store, { ...document, issuers }, 0)
  for (const { url } of [damaged, other]) await store.refreshKeys(url, 'any')
  return store
}

const change = (store: Store, column: string, text: string, { url }: TestIssuer) =>
  runInDurableObject(store, (_, { storage }) => {
    storage.sql.exec(`UPDATE issuer_keys SET ${column} = ? WHERE url = ?`, text, url)
  })

const urlsOf = async (store: Store) => {
  const { issuers } = await store.keysAfter(-1)
  return issuers.flatMap(({ url, keys = [] }) => (keys.length > 0 ? [url] : []))
}
const factsOf = async (store: Store, { url }: TestIssuer) => {
  const { issuers } = await store.issuerFacts()
  return issuers.find((facts) => facts.url === url)
}

describe('the damaged keys of an issuer', () => {
  it.each(['[{"kty":"EC"', '{}', '[null]', ''])(
    'are not sent, and those of others are: %j',
    async (text) => {
      const [damaged, other] = [newIssuer(), newIssuer()]
      const store = await storeFor(damaged, other)
      expect(await urlsOf(store)).toEqual(expect.arrayContaining([damaged.url, other.url]))
      await change(store, 'keys', text, damaged)
      const urls = await urlsOf(store)
      expect(urls).toContain(other.url)
      expect(urls).not.toContain(damaged.url)
      const exported = (await store.storedKeys('')).map(({ url }) => url)
      expect(exported).toContain(other.url)
      expect(exported).not.toContain(damaged.url)
    },
  )

  it('are named by the facts, and fetched again for the next token', async () => {
    const [damaged, other] = [newIssuer(), newIssuer()]
    const store = await storeFor(damaged, other)
    await change(store, 'keys', '[', damaged)
    await change(store, 'kid_asked_at', String(Math.floor(Date.now() / 1000)), damaged)
    expect(await factsOf(store, damaged)).toMatchObject({
      ...{ keys: [], fetchedAt: null, lastFault: 'stored_keys_damaged' },
    })
    expect(await factsOf(store, other)).toMatchObject({ lastFault: null })
    // A token asked for an unknown key a moment ago.
    const answer = await store.refreshKeys(damaged.url, 'any')
    expect(answer?.keys.length).toBeGreaterThan(0)
    expect(await urlsOf(store)).toContain(damaged.url)
    expect((await factsOf(store, damaged))?.lastFault).toBeNull()
  })

  it('do not end the list of a backup, where an answer has no others', async () => {
    const [one, two] = [newIssuer(), newIssuer()].sort((a, b) => (a.url < b.url ? -1 : 1))
    if (one === undefined || two === undefined) throw new Error('no issuer')
    const store = await storeFor(one, two)
    await change(store, 'keys', `[${' '.repeat(SNAPSHOT_KEYS_MAX_BYTES)}`, one)
    // The first answer has only the damaged row.
    const exported = await store.storedKeys(one.url.slice(0, -1))
    expect(exported.map(({ url }) => url)).toEqual([two.url])
  })

  it.each(['first_seen', 'unusable', 'fault_detail'])(
    'a damaged %s only leaves out facts',
    async (column) => {
      const [damaged, other] = [newIssuer(), newIssuer()]
      const store = await storeFor(damaged, other)
      await change(store, column, '{', damaged)
      const facts = await factsOf(store, damaged)
      expect(facts?.keys.length).toBeGreaterThan(0)
      expect(facts).toMatchObject({ faultDetail: {}, unusable: [], lastFault: null })
      expect(await urlsOf(store)).toContain(damaged.url)
    },
  )
})
