import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { ISSUER_KEYS_MAX_STALE_SECONDS } from '../../../../src/contract/limits.ts'
import {
  KEY_COOLDOWN_SECONDS,
  KEY_FETCH_TIMEOUT_MILLISECONDS,
  KEY_REFRESH_SECONDS,
} from '../../../../src/core/limits.ts'
import type { TrustStore } from '../../../../src/worker/objects/trust-store/trust-store.ts'
import type { KnownSnapshot } from '../../../../src/worker/trust-layers/trust-messages.ts'
import { shortenDeadlines } from '../../support/deadlines.ts'
import { newIssuer, type TestIssuer } from '../../support/issuer.ts'
import { newTrustStore, putTrust, trustFor } from '../../support/trust.ts'

type Store = DurableObjectStub<TrustStore>

async function storeFor(issuer: TestIssuer): Promise<Store> {
  const store = newTrustStore()
  await putTrust(store, trustFor(issuer.url), 0)
  return store
}

function moveClock(store: Store, bySeconds: number): Promise<void> {
  return runInDurableObject(store, (instance: TrustStore) => {
    const before = instance.now
    instance.now = () => before() + bySeconds
  })
}

const NOTHING = { revision: -1, keyVersions: {} }

/** The keys of this issuer as the store sends them to an isolate. */
async function snapshotOf(store: Store, issuer: TestIssuer, known: KnownSnapshot = NOTHING) {
  const { issuers } = await store.snapshotSince(known)
  return issuers.find(({ url }) => url === issuer.url)
}

async function keyIdsOf(store: Store, issuer: TestIssuer) {
  return (await snapshotOf(store, issuer))?.keys?.map(({ kid }) => kid)
}

async function kidOf(issuer: TestIssuer): Promise<string> {
  const [header = ''] = (await issuer.mint()).split('.')
  return (JSON.parse(atob(header.replaceAll('-', '+').replaceAll('_', '/'))) as { kid: string }).kid
}

describe('keys of an issuer', () => {
  it('AV-23 are fetched by the alarm that a new document sets, without a request to an OAuth endpoint', async () => {
    const issuer = newIssuer()
    const store = await storeFor(issuer)
    await runDurableObjectAlarm(store)
    expect(await keyIdsOf(store, issuer)).toContain(await kidOf(issuer))
  })

  it('are fetched once for simultaneous calls', async () => {
    const issuer = newIssuer()
    const store = await storeFor(issuer)
    const kid = await kidOf(issuer)
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => store.refreshKeys(issuer.url, kid)),
    )
    for (const answer of answers) expect(answer?.keys.map((key) => key.kid)).toContain(kid)
    expect(await issuer.requests()).toEqual({ discovery: 1, jwks: 1 })
  })

  it('NET-08 one unknown kid causes one fetch, and 1,000 cause no second one', async () => {
    const issuer = newIssuer()
    const store = await storeFor(issuer)
    await store.refreshKeys(issuer.url)
    await Promise.all(
      Array.from({ length: 1000 }, (_, index) => store.refreshKeys(issuer.url, `kid-${index}`)),
    )
    expect(await issuer.requests()).toEqual({ discovery: 2, jwks: 2 })
  })

  it('NET-08 the cool-down also follows a failed fetch, and survives eviction', async () => {
    const issuer = newIssuer()
    const store = await storeFor(issuer)
    await store.refreshKeys(issuer.url)
    await issuer.behave({ jwks: 'down' })
    await store.refreshKeys(issuer.url, 'nobody')
    await evictDurableObject(store)
    await store.refreshKeys(issuer.url, 'nobody-else')
    expect(await issuer.requests()).toEqual({ discovery: 2, jwks: 2 })
    await moveClock(store, KEY_COOLDOWN_SECONDS)
    await store.refreshKeys(issuer.url, 'nobody-else')
    expect(await issuer.requests()).toEqual({ discovery: 3, jwks: 3 })
  })

  it('a rotated key is found with one fetch by its kid, and the old key is gone', async () => {
    const issuer = newIssuer()
    const store = await storeFor(issuer)
    const before = await kidOf(issuer)
    await store.refreshKeys(issuer.url, before)
    await issuer.rotate()
    const after = await kidOf(issuer)
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => store.refreshKeys(issuer.url, after)),
    )
    for (const answer of answers) expect(answer?.keys.map((key) => key.kid)).toContain(after)
    expect(await keyIdsOf(store, issuer)).not.toContain(before)
    expect(await issuer.requests()).toEqual({ discovery: 2, jwks: 2 })
  })

  it('are refreshed by the alarm when they are due, and not before', async () => {
    const issuer = newIssuer()
    const store = await storeFor(issuer)
    await runDurableObjectAlarm(store)
    await runDurableObjectAlarm(store)
    expect(await issuer.requests()).toEqual({ discovery: 1, jwks: 1 })
    await moveClock(store, KEY_REFRESH_SECONDS)
    await runDurableObjectAlarm(store)
    expect(await issuer.requests()).toEqual({ discovery: 2, jwks: 2 })
  })

  it('NET-13 are sent to an isolate only if their version differs', async () => {
    const issuer = newIssuer()
    const store = await storeFor(issuer)
    await store.refreshKeys(issuer.url)
    const version = (await snapshotOf(store, issuer))?.version ?? 0
    const known = { revision: 1, keyVersions: { [issuer.url]: version } }
    expect(await snapshotOf(store, issuer, known)).not.toHaveProperty('keys')
    await issuer.rotate()
    await store.refreshKeys(issuer.url, await kidOf(issuer))
    const next = await snapshotOf(store, issuer, known)
    expect(next?.version).toBeGreaterThan(version)
    expect(next?.keys).toHaveLength(2)
  })

  it('are deleted if no source names the issuer any more, and are not fetched again', async () => {
    const issuer = newIssuer()
    const store = await storeFor(issuer)
    await store.refreshKeys(issuer.url)
    await putTrust(store, trustFor(issuer.url, { issuers: {}, rules: [] }), 1)
    expect(await store.refreshKeys(issuer.url, 'any')).toBeNull()
    expect(await keyIdsOf(store, issuer)).toBeUndefined()
    expect(await issuer.requests()).toEqual({ discovery: 1, jwks: 1 })
  })

  it('NET-01 are never fetched for an unknown issuer', async () => {
    const stranger = newIssuer()
    const store = await storeFor(newIssuer())
    expect(await store.refreshKeys(stranger.url, 'any')).toBeNull()
    expect(await stranger.requests()).toEqual({ discovery: 0, jwks: 0 })
  })
})

describe('an issuer that fails', () => {
  it('NET-09 keeps its last good set and is fetched from again', async () => {
    const issuer = newIssuer()
    const store = await storeFor(issuer)
    const kid = await kidOf(issuer)
    await store.refreshKeys(issuer.url, kid)
    await issuer.behave({ discovery: 'down' })
    await moveClock(store, KEY_REFRESH_SECONDS)
    await runDurableObjectAlarm(store)
    expect(await keyIdsOf(store, issuer)).toContain(kid)
    await issuer.behave({ discovery: 'normal' })
    await moveClock(store, KEY_COOLDOWN_SECONDS)
    await runDurableObjectAlarm(store)
    const held = await snapshotOf(store, issuer)
    const now = await runInDurableObject(store, (instance: TrustStore) => instance.now())
    expect(now - (held?.fetchedAt ?? 0)).toBeLessThan(5)
  })

  it('is fetched from again after its set is too old', async () => {
    const issuer = newIssuer()
    const store = await storeFor(issuer)
    await store.refreshKeys(issuer.url)
    await moveClock(store, ISSUER_KEYS_MAX_STALE_SECONDS + 1)
    const kid = await kidOf(issuer)
    const answer = await store.refreshKeys(issuer.url, kid)
    const now = await runInDurableObject(store, (instance: TrustStore) => instance.now())
    expect(now - (answer?.fetchedAt ?? 0)).toBeLessThan(5)
  })

  const faults: readonly (readonly [string, { discovery?: string; jwks?: string }, string])[] = [
    ['is down', { discovery: 'down' }, 'status_not_200'],
    ['NET-04 names a key set on another host', { discovery: 'foreign_keys' }, 'jwks_uri_refused'],
    ['NET-05 names another issuer', { discovery: 'wrong_issuer' }, 'issuer_mismatch'],
    ['NET-06 redirects discovery', { discovery: 'redirect' }, 'redirected'],
    ['NET-06 redirects its key set', { jwks: 'redirect' }, 'redirected'],
    ['NET-07 sends more than the limit', { jwks: 'huge' }, 'too_large'],
    ['NET-07 sends an HTML page', { discovery: 'html' }, 'not_json'],
    ['NET-07 takes too long', { jwks: 'slow' }, 'timed_out'],
    ['NET-10 publishes no key', { jwks: 'empty' }, 'no_usable_key'],
    ['NET-10 sends garbage', { jwks: 'garbage' }, 'not_json'],
  ]
  it.each(faults)(
    '%s: the last good set stays, and the fault is recorded',
    async (_, how, fault) => {
      const issuer = newIssuer()
      const store = await storeFor(issuer)
      await store.refreshKeys(issuer.url)
      const before = await keyIdsOf(store, issuer)
      await issuer.behave(how)
      const deadlines = fault === 'timed_out' ? shortenDeadlines() : undefined
      await store.refreshKeys(issuer.url, 'another')
      if (deadlines) expect(deadlines.asked).toContain(KEY_FETCH_TIMEOUT_MILLISECONDS)
      expect(await keyIdsOf(store, issuer)).toEqual(before)
      const [row] = await runInDurableObject(store, (_instance, { storage }) =>
        storage.sql
          .exec('SELECT last_fault, failures FROM issuer_keys WHERE url = ?', issuer.url)
          .toArray(),
      )
      expect(row).toEqual({ last_fault: fault, failures: 1 })
    },
  )

  it('NET-10 is known to publish no key until it publishes one', async () => {
    const issuer = newIssuer()
    await issuer.behave({ jwks: 'empty' })
    const store = await storeFor(issuer)
    await store.refreshKeys(issuer.url, 'any')
    const noKeyAt = async () => {
      const { issuers } = await store.issuerFacts()
      return issuers.find(({ url }) => url === issuer.url)?.noKeyAt
    }
    expect(await noKeyAt()).toEqual(expect.any(Number))
    await issuer.behave({ jwks: 'normal' })
    await moveClock(store, KEY_COOLDOWN_SECONDS)
    await store.refreshKeys(issuer.url, 'any')
    expect(await noKeyAt()).toBeNull()
  })

  it('that never had keys is retried after seconds, then at longer intervals', async () => {
    const issuer = newIssuer()
    await issuer.behave({ discovery: 'down' })
    const store = await storeFor(issuer)
    expect(await store.refreshKeys(issuer.url, 'any')).toBeNull()
    expect(await store.refreshKeys(issuer.url, 'any')).toBeNull()
    expect((await issuer.requests()).discovery).toBe(1)
    await moveClock(store, 5)
    await store.refreshKeys(issuer.url, 'any')
    expect((await issuer.requests()).discovery).toBe(2)
    await moveClock(store, 5)
    await store.refreshKeys(issuer.url, 'any')
    expect((await issuer.requests()).discovery).toBe(2)
    await issuer.behave({ discovery: 'normal' })
    await moveClock(store, 5)
    expect(await store.refreshKeys(issuer.url, 'any')).not.toBeNull()
  })
})
