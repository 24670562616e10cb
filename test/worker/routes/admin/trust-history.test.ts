/** Importing the history of another gateway, and the keys of issuers that an export has. */
import { runInDurableObject } from 'cloudflare:test'
import { beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import type { TrustHistory } from '../../../../src/contract/backup/history.ts'
import { CLOCK_LEEWAY_SECONDS } from '../../../../src/core/limits.ts'
import type { TrustStore } from '../../../../src/worker/objects/trust-store/trust-store.ts'
import { ADMIN_ISSUER_PATH } from '../../../support/admin-policy.ts'
import {
  adminToken,
  bearer,
  deployment,
  emptyGateway,
  readJson,
  send,
} from '../../support/gateway.ts'
import { newIssuer } from '../../support/issuer.ts'
import { newTrustStore, putTrust, trustFor } from '../../support/trust.ts'

const HISTORY = '/admin/v1/trust/history'
const POLICY_ISSUER = `${inject('devIssuer')}/${ADMIN_ISSUER_PATH}`
const issuer = newIssuer()
const documents = [trustFor(issuer.url, { rules: [] }), trustFor(issuer.url)]
let token = ''
let exported: TrustHistory
let texts: readonly string[] = []

beforeAll(async () => {
  const former = newTrustStore()
  for (const [index, document] of documents.entries()) await putTrust(former, document, index)
  const revisions = [...(await former.revisions(10))].reverse()
  const bytes = await Promise.all(revisions.map(({ revision }) => former.documentOf(revision)))
  texts = bytes.map((one) => new TextDecoder().decode(one ?? undefined))
  await former.refreshKeys(issuer.url)
  const issuerKeys = await former.storedKeys('')
  exported = {
    v: 1,
    issuer: 'https://former.example',
    exported_at: 1_800_000_000,
    revisions,
    issuer_keys: issuerKeys
      .filter(({ url }) => url === issuer.url)
      .map((one) => ({ ...one, keys: one.keys.map((key) => ({ ...key })) })),
  }
})
beforeEach(async () => {
  emptyGateway()
  token = await adminToken()
})

const ask = (method: string, path: string, body: string) =>
  send(path, {
    method,
    headers: { 'content-type': 'application/json', ...bearer(token) },
    body,
  })
const stage = (revision: number, text: string) =>
  ask('PUT', `${HISTORY}?revision=${revision}`, text)
const importHistory = (change: object = {}) =>
  ask('POST', HISTORY, JSON.stringify({ ...exported, ...change }))
const revisions = async () =>
  (await readJson(await send('/admin/v1/trust/revisions', { headers: bearer(token) }))).revisions

async function stageAll(): Promise<void> {
  for (const [index, text] of texts.entries()) {
    expect((await stage(index + 1, text)).status).toBe(200)
  }
}

describe('POST /admin/v1/trust/history', () => {
  it('ADM-08 restores revisions with their authors and times, and becomes a revision', async () => {
    await stageAll()
    expect(await revisions()).toEqual([])
    const summary = await readJson(await importHistory())
    expect(summary).toMatchObject({
      revision: 3,
      digest: exported.revisions[1]?.digest,
      author: expect.stringContaining('admin:'),
      message: 'import of revision 2 of https://former.example',
    })
    expect(await revisions()).toEqual([
      { ...summary, kept: true },
      ...[...exported.revisions].reverse(),
    ])
    const first = await send('/admin/v1/trust?revision=1', { headers: bearer(token) })
    expect(await first.text()).toBe(texts[0])
  })

  it('can be repeated until it is complete, and only then', async () => {
    await stageAll()
    await stageAll()
    expect((await importHistory()).status).toBe(200)
    const again = await importHistory()
    expect(again.status).toBe(409)
    expect(await readJson(again)).toMatchObject({ problems: [{ code: 'store_not_empty' }] })
    expect((await stage(9, texts[0] ?? '')).status).toBe(409)
    expect(await revisions()).toHaveLength(3)
  })

  it('leaves nothing behind for the first document of a gateway', async () => {
    await stageAll()
    const store = deployment().TRUST_STORE.getByName('trust')
    expect(await putTrust(store, documents[1], 0)).toMatchObject({ kind: 'stored' })
    expect(await store.documentOf(2)).toBeNull()
    expect(await putTrust(store, documents[0], 1)).toMatchObject({ kind: 'stored' })
  })

  const changed = (change: object) => ({
    revisions: exported.revisions.map((one, index) => (index === 1 ? { ...one, ...change } : one)),
  })
  it.each([
    ['an unknown member', () => ({ colour: 'red' }), 'body-invalid'],
    ['an unknown member of a revision', () => changed({ colour: 'red' }), 'body-invalid'],
    ['a gap', () => changed({ revision: 3 }), 'body-invalid'],
    ['a hidden character in an author', () => changed({ author: 'a\u202eb' }), 'body-invalid'],
    ['another version', () => ({ v: 2 }), 'body-invalid'],
    ['another digest', () => changed({ digest: `sha256:${'0'.repeat(64)}` }), 'document-refused'],
    ['a time in the future', () => changed({ applied_at: 9_999_999_999 }), 'document-refused'],
  ])('ADM-15 refuses %s and stores nothing', async (_, change, type) => {
    await stageAll()
    const response = await importHistory(change())
    expect(response.status).toBe(400)
    expect(await readJson(response)).toMatchObject({ type: `urn:edgemint:problem:${type}` })
    expect(await revisions()).toEqual([])
  })

  it('ADM-15 refuses a history without its newest document, and says so', async () => {
    await stageAll()
    const response = await importHistory(changed({ kept: false }))
    expect(response.status).toBe(400)
    expect(await readJson(response)).toMatchObject({
      problems: [{ code: 'history_invalid', path: ['revisions', 1] }],
    })
    expect(await revisions()).toEqual([])
  })

  it('NET-14 accepts a time within the difference of two clocks', async () => {
    const store = deployment().TRUST_STORE.getByName('trust')
    const at = exported.revisions[1]?.applied_at ?? 0
    await stageAll()
    await runInDurableObject(store, (instance: TrustStore) => {
      instance.now = () => at - CLOCK_LEEWAY_SECONDS
    })
    expect((await importHistory()).status).toBe(200)
  })

  it('restores the token of an author, and no document that the export does not keep', async () => {
    await stageAll()
    const older = exported.revisions.map((one, index) =>
      index === 0 ? { ...one, kept: false, token_id: 'dec_of_the_author' } : one,
    )
    expect((await importHistory({ revisions: older })).status).toBe(200)
    const [first] = ((await revisions()) as readonly object[]).slice(-1)
    expect(first).toMatchObject({ revision: 1, kept: false, token_id: 'dec_of_the_author' })
  })

  it('ADM-08 refuses a newest document that does not compile today', async () => {
    const store = deployment().TRUST_STORE.getByName('trust')
    await stageAll()
    await runInDurableObject(store, (instance: TrustStore) => {
      instance.now = () => Date.parse('2101-01-01') / 1000
    })
    const response = await importHistory()
    expect(await readJson(response)).toMatchObject({ problems: [{ code: 'rule_expired' }] })
    expect(await revisions()).toEqual([])
  })

  it('REP-01 needs REPLAY_NOT_BEFORE for the history of the same issuer URL', async () => {
    await stageAll()
    const response = await importHistory({ issuer: 'https://sts.test' })
    expect(response.status).toBe(409)
    expect(await readJson(response)).toMatchObject({
      problems: [{ code: 'replay_not_before_missing' }],
    })
    expect(await revisions()).toEqual([])
  })
})

describe('the keys of issuers', () => {
  const keysOf = async (url: string) => {
    const body = await readJson(await send('/admin/v1/issuers/keys', { headers: bearer(token) }))
    return (body.issuers as TrustHistory['issuer_keys']).find((one) => one.url === url)
  }

  it('are imported with the time of their fetch, and refreshed next', async () => {
    await stageAll()
    const [keys] = exported.issuer_keys
    expect(keys).toMatchObject({ url: issuer.url, keys: [{ kty: 'RSA' }, { kty: 'EC' }] })
    await importHistory({ issuer_keys: [{ ...keys, fetched_at: 1_700_000_000 }] })
    const store = deployment().TRUST_STORE.getByName('trust')
    const { issuers } = await store.issuerFacts()
    const facts = issuers.find(({ url }) => url === issuer.url)
    expect(facts?.nextFetchAt).toBeLessThanOrEqual(Math.floor(Date.now() / 1000))
    const stored = await keysOf(issuer.url)
    expect(stored?.keys).toEqual(keys?.keys)
  })

  it.each(['a', 'https://', 'https://a.example b', 'ftp://a.example', '%20'])(
    'are not listed after %j, which is no URL of an issuer',
    async (after) => {
      const query = new URLSearchParams({ after })
      const headers = bearer(token)
      const response = await send(`/admin/v1/issuers/keys?${query}`, { headers })
      expect(response.status).toBe(400)
      const message = 'is not the `url` of an issuer'
      expect(await readJson(response)).toMatchObject({
        detail: `nothing was exported: after ${message}`,
        problems: [{ path: ['after'], message }],
      })
    },
  )

  it('ADM-03 are never imported for an issuer of the deploy-time policy', async () => {
    await stageAll()
    const before = await keysOf(POLICY_ISSUER)
    const [keys] = exported.issuer_keys
    const now = Math.floor(Date.now() / 1000)
    await importHistory({ issuer_keys: [{ ...keys, url: POLICY_ISSUER, fetched_at: now }] })
    expect((await keysOf(POLICY_ISSUER))?.keys).toEqual(before?.keys)
  })

  it('ADM-15 refuse private members', async () => {
    await stageAll()
    const [keys] = exported.issuer_keys
    const now = Math.floor(Date.now() / 1000)
    const bad = keys?.keys.map((key) => ({ ...key, d: 'AA' }))
    await importHistory({ issuer_keys: [{ ...keys, keys: bad, fetched_at: now }] })
    expect(JSON.stringify((await keysOf(issuer.url)) ?? {})).not.toContain('"d"')
  })
})
