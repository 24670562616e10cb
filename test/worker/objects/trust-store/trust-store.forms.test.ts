import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { compilerOf } from '../../../../src/core/policy/form/compiled-form.ts'
import { readForm } from '../../../../src/core/policy/form/read-form.ts'
import { digestOf } from '../../../../src/worker/trust-layers/content/content.ts'
import { ceilingsOfTests } from '../../support/ceilings.ts'
import { newIssuer } from '../../support/issuer.ts'
import { newTrustStore, putTrust, trustFor } from '../../support/trust.ts'

const { url } = newIssuer()
const NOTHING = { revision: -1, keyVersions: {} }

const compiler = compilerOf(ceilingsOfTests())

describe('the compiled form of a revision', () => {
  it('is sent instead of the document to an isolate that can load it', async () => {
    const store = newTrustStore()
    await putTrust(store, trustFor(url), 0)
    const { form, bytes, revision } = await store.snapshotSince({ ...NOTHING, compiler })
    expect({ bytes, revision }).toEqual({ bytes: undefined, revision: 1 })
    if (form === undefined) throw new Error('no form')
    expect(form.digest).toBe(await digestOf(form.bytes))
    expect(form.document).toBe((await store.currentDocument()).summary?.digest)
    const loaded = readForm(form.bytes, form.document, ceilingsOfTests())
    expect(
      typeof loaded === 'string' ? loaded : loaded.trust.rules.map(({ name }) => name),
    ).toEqual(['deploy'])
  })

  it.each([
    ['that can load no form', {}],
    ['of another release', { compiler: compiler.replace(/\d+\.\d+\.\d+/, '99.0.0') }],
  ])('is not sent to an isolate %s: it gets the document', async (_, known) => {
    const store = newTrustStore()
    await putTrust(store, trustFor(url), 0)
    const { form, bytes } = await store.snapshotSince({ ...NOTHING, ...known })
    expect([form, bytes]).toEqual([undefined, (await store.currentDocument()).bytes])
  })

  it('is sent only for a revision that the isolate does not have', async () => {
    const store = newTrustStore()
    await putTrust(store, trustFor(url), 0)
    const delta = await store.snapshotSince({ revision: 1, keyVersions: {}, compiler })
    const named = { document: expect.any(String), at: expect.any(Number) }
    expect(delta).toEqual({ revision: 1, issuers: [], ...named })
  })

  it.each([
    ['a store of an older release', 'DELETE FROM compiled_forms'],
    ['another compiler', "UPDATE compiled_forms SET compiler = 'other'"],
  ])('is made when the store starts with the rows of %s', async (_, statement) => {
    const store = newTrustStore()
    await putTrust(store, trustFor(url), 0)
    const before = await store.snapshotSince({ ...NOTHING, compiler })
    await runInDurableObject(store, (_, { storage }) => storage.sql.exec(statement).toArray())
    expect((await store.snapshotSince({ ...NOTHING, compiler })).form).toBeUndefined()
    await evictDurableObject(store)
    expect((await store.snapshotSince({ ...NOTHING, compiler })).form).toEqual(before.form)
  })

  it('is kept for the newest two revisions', async () => {
    const store = newTrustStore()
    for (const name of ['a', 'b', 'c']) {
      const [rule] = trustFor(url).rules
      const current = (await store.currentDocument()).revision
      await putTrust(store, trustFor(url, { rules: [{ ...rule, name }] }), current)
    }
    const kept = await runInDurableObject(store, (_, { storage }) =>
      ['compiled_forms', 'compiled_form_chunks'].map((table) =>
        storage.sql.exec(`SELECT DISTINCT revision FROM ${table}`).toArray(),
      ),
    )
    const newest = [{ revision: 2 }, { revision: 3 }]
    expect(kept).toEqual([newest, newest])
  })

  it('is as long as several rows of SQLite if the document is', async () => {
    const store = newTrustStore()
    const [rule] = trustFor(url).rules
    const rules = Array.from({ length: 5000 }, (_, index) => ({
      ...rule,
      name: `r${index}`,
      description: `${index} ${'x'.repeat(300)}`,
    }))
    expect((await putTrust(store, trustFor(url, { rules }), 0)).kind).toBe('stored')
    const { form } = await store.snapshotSince({ ...NOTHING, compiler })
    if (form === undefined) throw new Error('no form')
    expect(form.bytes.byteLength).toBeGreaterThan(1_000_000)
    expect(form.digest).toBe(await digestOf(form.bytes))
  })
})
