import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { applyTrust, bearer, deployment, readJson, runWith } from '../support/gateway.ts'
import { quickIssuer, type TestIssuer } from '../support/issuer.ts'
import { adminTokenOf, damage, recover } from '../support/stored.ts'
import { trustFor } from '../support/trust.ts'

let issuer: TestIssuer

const storeOf = () => deployment().TRUST_STORE.getByName('trust')

beforeAll(async () => {
  issuer = await quickIssuer()
})

/** A document that compiles, and grants a token that the stored digest does not vouch for. */
beforeEach(async () => {
  await applyTrust(trustFor(issuer.url, { rules: [] }))
  await damage(new TextEncoder().encode(JSON.stringify(trustFor(issuer.url))))
})

describe('a stored trust document without its digest', () => {
  it('grants nothing, and the administrator replaces it', async () => {
    expect((await runWith({}).exchange(await issuer.mint())).status).toBe(503)
    await recover(issuer, { usable: false, codes: ['document_missing'] })
  })

  it('is stored again if the administrator applies the document that had the digest', async () => {
    const gateway = runWith({})
    const headers = bearer(await adminTokenOf(gateway))
    const document = trustFor(issuer.url, { rules: [] })
    const put = await gateway.send('/admin/v1/trust', {
      method: 'PUT',
      headers: { ...headers, 'content-type': 'application/json', 'if-match': '"1"' },
      body: JSON.stringify(document),
    })
    expect([put.status, put.headers.get('etag')]).toEqual([200, '"2"'])
    const read = await runWith({}).send('/admin/v1/trust', { headers })
    expect([read.status, read.headers.get('edgemint-trust-problems')]).toEqual([200, null])
    expect(await readJson(read)).toEqual(document)
  })

  it('gets no compiled form when the store starts again', async () => {
    await evictDurableObject(storeOf())
    expect((await runWith({}).exchange(await issuer.mint())).status).toBe(503)
    const forms = await runInDurableObject(storeOf(), (_, { storage }) =>
      storage.sql.exec('SELECT digest FROM compiled_forms').toArray(),
    )
    expect(forms).toEqual([])
  })

  it('is not returned as an earlier revision', async () => {
    const gateway = runWith({})
    const headers = bearer(await adminTokenOf(gateway))
    const read = await gateway.send('/admin/v1/trust?revision=1', { headers })
    expect(read.status).toBe(404)
  })
})
