import { runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { KEY_REFRESH_SECONDS, SNAPSHOT_KEYS_MAX_BYTES } from '../../../../src/core/limits.ts'
import type {
  KnownSnapshot,
  SnapshotDelta,
} from '../../../../src/worker/trust-layers/trust-messages.ts'
import { newTrustStore } from '../../support/trust.ts'

const ISSUERS = 600
const KEY = { kty: 'RSA', n: 'a'.repeat(1000), e: 'AQAB', kid: 'k' }
const SET = JSON.stringify(Array.from({ length: 60 }, () => KEY))
const ADMIN = 'https://z-admin.example.com'

/** A store whose issuers publish more keys than fit into one answer. No fetch is due. */
async function storeWithLargeSets() {
  const store = newTrustStore()
  await runInDurableObject(store, (instance, { storage }) => {
    const add = (url: string, source: string) => {
      storage.sql.exec('INSERT INTO issuers (url, source) VALUES (?, ?)', url, source)
      storage.sql.exec(
        `INSERT INTO issuer_keys
           (url, version, fetched_at, keys, next_fetch_at, kid_asked_at, failures)
         VALUES (?, 5, ?, ?, ?, 0, 0)`,
        url,
        instance.now(),
        SET,
        instance.now() + KEY_REFRESH_SECONDS,
      )
    }
    for (let index = 0; index < ISSUERS; index += 1) {
      add(`https://i${index}.example.com`, 'document')
    }
    add(ADMIN, 'policy')
  })
  return store
}

/** Without the issuer in the policy of the test deployment. */
const urlsOf = ({ issuers }: SnapshotDelta) =>
  issuers.map(({ url }) => url).filter((url) => url.endsWith('.example.com'))

const versionsOf = ({ issuers }: SnapshotDelta): KnownSnapshot['keyVersions'] =>
  Object.fromEntries(issuers.map(({ url, version }) => [url, version]))

describe('issuers with more keys than fit into one answer', () => {
  it('are sent to an isolate in several answers, those of the policy first', async () => {
    const store = await storeWithLargeSets()
    const perAnswer = Math.floor(SNAPSHOT_KEYS_MAX_BYTES / SET.length)
    let known: KnownSnapshot = { revision: -1, keyVersions: {} }
    for (let held = 0; held < ISSUERS + 1; ) {
      const delta = await store.snapshotSince(known)
      held = Math.min(held + perAnswer, ISSUERS + 1)
      expect(urlsOf(delta)[0]).toBe(ADMIN)
      expect(urlsOf(delta)).toHaveLength(held)
      known = { revision: delta.revision, keyVersions: versionsOf(delta) }
    }
    const { issuers } = await store.snapshotSince(known)
    expect(issuers.filter(({ keys }) => keys !== undefined)).toEqual([])
  })

  it('are asked for one by one until then', async () => {
    const store = await storeWithLargeSets()
    const first = await store.snapshotSince({ revision: -1, keyVersions: {} })
    const url = 'https://i99.example.com'
    expect(urlsOf(first)).not.toContain(url)
    expect((await store.refreshKeys(url, 'k'))?.keys).toHaveLength(60)
  })
})
