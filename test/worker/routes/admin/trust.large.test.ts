/** Documents at the size limit can be stored and read through the Worker (WRK-03). */
import { beforeEach, describe, expect, it } from 'vitest'
import { MAX_DOCUMENT_BYTES } from '../../../../src/core/limits.ts'
import { adminToken, applyTrust, bearer, runWith, send } from '../../support/gateway.ts'
import { newIssuer } from '../../support/issuer.ts'
import { trustFor } from '../../support/trust.ts'

const issuer = newIssuer()
beforeEach(() => applyTrust(trustFor(issuer.url)))

/**
 * A document a little under the limit, with one rule for another repository. Most of it is an
 * unknown member of an uploaded key set. Rules of that size would take seconds to compile.
 */
async function largeDocument(owner: string): Promise<string> {
  const base = trustFor(issuer.url)
  const jwks = { keys: await issuer.keys(), spare: 'x'.repeat(MAX_DOCUMENT_BYTES - 8 * 1024) }
  const pinned = { provider: 'generic-oidc', issuer: 'https://ci.internal', keys: { jwks } }
  const rules = base.rules.map((rule) => ({
    ...rule,
    owner: 'OWNER',
    when: { ...rule.when, repository_id: '1' },
  }))
  const document = { ...base, issuers: { ...base.issuers, pinned }, rules }
  // Replace it in the text, so that an escape stays an escape.
  return JSON.stringify(document).replace('OWNER', owner)
}

function put(token: string, body: string, ifRevision: number): Promise<Response> {
  const headers = { 'content-type': 'application/json', 'if-match': `"${ifRevision}"` }
  return send('/admin/v1/trust', { method: 'PUT', headers: { ...headers, ...bearer(token) }, body })
}

describe('a document near the limit with one letter beyond Latin-1', () => {
  it.each([
    ['as it is', 'Łukasz'],
    ['as an escape', '\\u0141ukasz'],
  ])('WRK-03 REV-03 %s is in force and readable once it is stored', async (_, owner) => {
    const token = await adminToken()
    expect((await runWith({}).exchange(await issuer.mint())).status).toBe(200)
    const body = await largeDocument(owner)
    expect(body.length).toBeLessThan(MAX_DOCUMENT_BYTES)
    // With two bytes for each character, it is larger than the platform can send.
    expect(2 * body.length).toBeGreaterThan(32 * 1024 * 1024)
    expect((await put(token, body, 1)).status).toBe(200)
    const isolate = runWith({})
    // The rule for this repository is gone, so the answer is a refusal and not an outage.
    expect((await isolate.exchange(await issuer.mint())).status).toBe(400)
    const response = await isolate.send('/admin/v1/trust', { headers: bearer(token) })
    expect([response.status, response.headers.get('etag')]).toEqual([200, '"2"'])
    expect((await response.text()) === (await largeDocument('Łukasz'))).toBe(true)
  })
})
