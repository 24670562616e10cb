import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { MAX_DOCUMENT_BYTES, MAX_STORED_DOCUMENTS } from '../../../../src/core/limits.ts'
import type { TrustStore } from '../../../../src/worker/objects/trust-store/trust-store.ts'
import { newIssuer } from '../../support/issuer.ts'
import { newTrustStore, putTrust, trustFor } from '../../support/trust.ts'

const decode = (bytes: Uint8Array | null) => new TextDecoder().decode(bytes ?? undefined)

describe('revisions of the trust document', () => {
  it('is revision 0 without a document at the start', async () => {
    const store = newTrustStore()
    expect(await store.currentDocument()).toEqual({
      revision: 0,
      bytes: null,
      summary: null,
      problems: [],
      isUsable: true,
    })
    const snapshot = await store.snapshotSince({ revision: -1, keyVersions: {} })
    expect(snapshot.revision).toBe(0)
    expect(snapshot).not.toHaveProperty('bytes')
  })

  it('numbers revisions and keeps author, time and digest of each', async () => {
    const store = newTrustStore()
    const { url } = newIssuer()
    const first = await putTrust(store, trustFor(url), 0)
    const second = await putTrust(store, trustFor(url, { rules: [] }), 1)
    expect(first).toMatchObject({ kind: 'stored', summary: { revision: 1, author: 'ada' } })
    expect(second).toMatchObject({ kind: 'stored', summary: { revision: 2, author: 'ada' } })
    const revisions = await store.revisions(10)
    expect(revisions.map(({ revision }) => revision)).toEqual([2, 1])
    for (const { digest, applied_at } of revisions) {
      expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/)
      expect(applied_at).toBeGreaterThan(1_700_000_000)
    }
    expect(revisions[0]?.digest).not.toBe(revisions[1]?.digest)
  })

  it('ADM-06 refuses a document made against another revision and stores nothing', async () => {
    const store = newTrustStore()
    const { url } = newIssuer()
    await putTrust(store, trustFor(url), 0)
    const before = await store.currentDocument()
    expect(await putTrust(store, trustFor(url, { rules: [] }), 0)).toEqual({
      kind: 'stale',
      revision: 1,
    })
    expect(await store.currentDocument()).toEqual(before)
  })

  it('ADM-07 stores one of two simultaneous documents and refuses the other', async () => {
    const store = newTrustStore()
    const { url } = newIssuer()
    const bytesOf = (document: unknown) => new TextEncoder().encode(JSON.stringify(document))
    // In one object, so that the second call runs while the first computes its digest.
    const results = await runInDurableObject(store, (instance: TrustStore) =>
      Promise.all(
        [trustFor(url), trustFor(url, { rules: [] })].map((document) =>
          instance.putDocument({ bytes: bytesOf(document), author: 'ada', ifRevision: 0 }),
        ),
      ),
    )
    expect(results.map(({ kind }) => kind).sort()).toEqual(['stale', 'stored'])
    expect((await store.currentDocument()).revision).toBe(1)
  })

  it('ADM-08 stores an earlier document as a new revision, after checking it again', async () => {
    const store = newTrustStore()
    const { url } = newIssuer()
    const rules = trustFor(url).rules.map((rule) => ({ ...rule, expires: '2030-01-01' }))
    const at = (moment: string) =>
      runInDurableObject(store, (instance: TrustStore) => {
        instance.now = () => Date.parse(moment) / 1000
      })
    await at('2029-01-01')
    await putTrust(store, trustFor(url, { rules }), 0)
    await putTrust(store, trustFor(url, { rules: [] }), 1)
    const earlier = decode(await store.documentOf(1))
    expect(await putTrust(store, earlier, 2)).toMatchObject({ summary: { revision: 3 } })
    await putTrust(store, trustFor(url, { rules: [] }), 3)
    await at('2031-01-01')
    expect(await putTrust(store, earlier, 4)).toMatchObject({
      kind: 'refused',
      problems: [{ code: 'rule_expired' }],
    })
  })

  it('accepts the current document without a new revision', async () => {
    const store = newTrustStore()
    const { url } = newIssuer()
    await putTrust(store, trustFor(url), 0)
    // White space does not change a document.
    const again = await putTrust(store, JSON.stringify(trustFor(url), null, 2), 1)
    expect(again).toMatchObject({ kind: 'unchanged', summary: { revision: 1 } })
    expect(await store.revisions(10)).toHaveLength(1)
  })

  it('ADM-12 logs each stored revision once, and no other call', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
    onTestFinished(() => log.mockRestore())
    const store = newTrustStore()
    const { url } = newIssuer()
    const stored = await putTrust(store, trustFor(url), 0)
    const again = await putTrust(store, trustFor(url), 1)
    const stale = await putTrust(store, trustFor(url, { rules: [] }), 0)
    const refused = await putTrust(store, '{', 1)
    const kinds = [stored, again, stale, refused].map(({ kind }) => kind)
    expect(kinds).toEqual(['stored', 'unchanged', 'stale', 'refused'])
    const { digest, applied_at: at } = stored.kind === 'stored' ? stored.summary : {}
    const lines = log.mock.calls.map(([line]) => JSON.parse(line))
    expect(lines).toEqual([{ event: 'trust_applied', at, revision: 1, digest }])
  })

  it('survives eviction', async () => {
    const store = newTrustStore()
    await putTrust(store, trustFor(newIssuer().url), 0)
    const before = await store.currentDocument()
    await evictDurableObject(store)
    expect(await store.currentDocument()).toEqual(before)
  })

  it('keeps a document that is larger than one row of the store', async () => {
    const store = newTrustStore()
    const base = trustFor(newIssuer().url)
    const [rule] = base.rules
    const rules = Array.from({ length: 6000 }, (_, index) => ({
      ...rule,
      name: `rule-${index}`,
      owner: `Zoë Müller & équipe ${index}`,
      when: { ...rule?.when, repository_id: String(index), workflow: 'ü'.repeat(60) },
    }))
    const json = JSON.stringify({ ...base, rules })
    expect(json.length).toBeGreaterThan(2_000_000)
    expect(await putTrust(store, json, 0)).toMatchObject({ kind: 'stored' })
    expect(decode((await store.currentDocument()).bytes)).toBe(json)
  })

  it('deletes the oldest documents and keeps every author, time and digest', async () => {
    const store = newTrustStore()
    const { url } = newIssuer()
    for (let revision = 0; revision < MAX_STORED_DOCUMENTS + 2; revision += 1) {
      const resources = { 'https://api.test': { scopes: [`scope:${revision}`] } }
      await putTrust(store, trustFor(url, { resources, rules: [] }), revision)
    }
    const kept = await runInDurableObject(store, (_, { storage }) =>
      storage.sql.exec('SELECT DISTINCT revision FROM document_chunks').toArray(),
    )
    expect(kept).toHaveLength(MAX_STORED_DOCUMENTS)
    expect(await store.revisions(1000)).toHaveLength(MAX_STORED_DOCUMENTS + 2)
  })
})

describe('a bad document', () => {
  const rows: readonly (readonly [string, (url: string) => unknown, string])[] = [
    ['text that is not JSON', () => '{"version":', 'not_json'],
    [
      'a duplicate key',
      (url) => JSON.stringify(trustFor(url)).replace('{', '{"version":1,'),
      'key_repeated',
    ],
    ['an unknown member', (url) => trustFor(url, { rule: [] }), 'key_unknown'],
    ['a rule with an unknown issuer', (url) => trustFor(url, { issuers: {} }), 'issuer_unknown'],
  ]
  it.each(rows)('%s is refused with its reason and nothing is stored', async (_, make, code) => {
    const store = newTrustStore()
    const result = await putTrust(store, make(newIssuer().url), 0)
    expect(result).toMatchObject({ kind: 'refused', problems: [{ code }] })
    expect((await store.currentDocument()).revision).toBe(0)
  })

  it('WRK-03 that becomes too large when it is stored is refused and changes nothing', async () => {
    const store = newTrustStore()
    const issuer = newIssuer()
    await putTrust(store, trustFor(issuer.url), 0)
    const before = await store.currentDocument()
    // Unknown members of a key set are stored unchanged. Here they are numbers.
    const jwks = { keys: await issuer.keys(), spare: ['SPARE'] }
    const pinned = { provider: 'generic-oidc', issuer: 'https://ci.internal', keys: { jwks } }
    const { issuers } = trustFor(issuer.url)
    const json = JSON.stringify(trustFor(issuer.url, { issuers: { ...issuers, pinned } }))
    const grow = (count: number) => json.replace('"SPARE"', Array(count).fill('1e20').join())
    const long = grow(Math.ceil(MAX_DOCUMENT_BYTES / '100000000000000000000,'.length))
    expect(long.length).toBeLessThan(MAX_DOCUMENT_BYTES / 4)
    expect(await putTrust(store, long, 1)).toMatchObject({
      kind: 'refused',
      problems: [{ code: 'document_too_large' }],
    })
    expect(await store.currentDocument()).toEqual(before)
    expect(await putTrust(store, grow(1), 1)).toMatchObject({ kind: 'stored' })
  })

  it('leaves the previous revision in force', async () => {
    const store = newTrustStore()
    const { url } = newIssuer()
    await putTrust(store, trustFor(url), 0)
    const expired = trustFor(url).rules.map((rule) => ({ ...rule, expires: '2020-01-01' }))
    expect(await putTrust(store, trustFor(url, { rules: expired }), 1)).toMatchObject({
      kind: 'refused',
    })
    expect((await store.currentDocument()).revision).toBe(1)
  })
})

describe('the snapshot of an isolate', () => {
  it('contains the document only if its revision differs', async () => {
    const store = newTrustStore()
    await putTrust(store, trustFor(newIssuer().url), 0)
    const all = await store.snapshotSince({ revision: -1, keyVersions: {} })
    expect(all.bytes).toEqual((await store.currentDocument()).bytes)
    const none = await store.snapshotSince({ revision: 1, keyVersions: {} })
    expect(none).not.toHaveProperty('bytes')
  })
})
