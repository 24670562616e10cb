/** What an isolate keeps between requests is bounded. */
import { describe, expect, it } from 'vitest'
import { createTrustSnapshot } from '../../../src/worker/caches/trust/trust-snapshot.ts'
import { newIssuer } from '../support/issuer.ts'
import { newTrustStore, putTrust, trustFor } from '../support/trust.ts'

const AT = 1_800_000_000

describe('keys of issuers', () => {
  it('are kept only for issuers that the store names', async () => {
    const store = newTrustStore()
    let at = AT
    const reader = createTrustSnapshot({
      store: {
        snapshotSince: async (known) => await store.snapshotSince(known),
        refreshKeys: async (issuer, keyId) => await store.refreshKeys(issuer, keyId),
      },
      ceilings: {
        gatewayIssuer: 'https://sts.test',
        maxTokenLifetimeSeconds: 3600,
        maxRuleExpirySeconds: undefined,
        localIssuers: true,
      },
      policy: undefined,
      maxStaleSeconds: 900,
      clock: () => at,
      reportFaulty: () => undefined,
    })
    for (let revision = 0; revision < 3; revision += 1) {
      const { url } = newIssuer()
      await putTrust(store, trustFor(url), revision)
      await store.refreshKeys(url)
      at += 10
      const { keys } = await reader.load(at, () => undefined)
      expect([...keys.keys()].filter((known) => !known.endsWith('/admin'))).toEqual([url])
    }
  })

  it('of an unknown issuer are neither fetched nor kept', async () => {
    const issuer = newIssuer()
    expect(await newTrustStore().refreshKeys(issuer.url)).toBeNull()
    expect(await issuer.requests()).toEqual({ discovery: 0, jwks: 0 })
  })
})
