import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { describe } from 'vitest'
import type { TrustStore } from '../../../src/worker/objects/trust-store/trust-store.ts'
import { describeTrustDistribution, type TrustWorld } from '../../contracts/trust-distribution.ts'
import { quickIssuer } from '../support/issuer.ts'
import { newTrustStore, putTrust, trustFor } from '../support/trust.ts'

async function createWorld(): Promise<TrustWorld> {
  const issuer = await quickIssuer()
  const store = newTrustStore()
  let revision = 0
  const put = async () => {
    // The same document again would be no new revision.
    const result = await putTrust(
      store,
      trustFor(issuer.url, rulesUntil(2090 + revision)),
      revision,
    )
    if (result.kind !== 'stored') throw new Error(result.kind)
    revision = result.summary.revision
    return revision
  }
  const keyId = async () => String((await issuer.keys())[0]?.kid)
  await put()
  return {
    store: {
      snapshotSince: async (known) => await store.snapshotSince(known),
      pointer: async () => await store.pointer(),
      keysAfter: async (...known) => await store.keysAfter(...known),
      content: async (digest) => await store.content(digest),
      refreshKeys: async (...question) => await store.refreshKeys(...question),
    },
    source: issuer.url,
    put,
    keyId,
    rotate: async () => {
      await issuer.rotate({ algorithms: ['ES256'], keep_old: false })
      return keyId()
    },
    pass: (seconds) =>
      runInDurableObject(store, (instance: TrustStore) => {
        const before = instance.now
        instance.now = () => before() + seconds
      }),
    fetchDue: async () => {
      await runDurableObjectAlarm(store)
    },
    fetches: async () => (await issuer.requests()).jwks,
  }
}

function rulesUntil(year: number) {
  const [rule] = trustFor('').rules
  return { rules: [{ ...rule, expires: `${year}-12-31` }] }
}

describe('the trust store', () => describeTrustDistribution(createWorld))
