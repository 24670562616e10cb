/** What an isolate keeps between requests is bounded. */
import { describe, expect, it } from 'vitest'
import type { DecisionEvent } from '../../../src/core/audit.ts'
import { DECISION_COUNT_FLUSH_SECONDS, MAX_COUNTED_ISSUERS } from '../../../src/core/limits.ts'
import { createDecisionCounts } from '../../../src/worker/caches/decisions/decision-counts.ts'
import { createTrustSnapshot } from '../../../src/worker/caches/trust-snapshot.ts'
import type { CountBatch } from '../../../src/worker/objects/decision-counts/counts.ts'
import { newIssuer } from '../support/issuer.ts'
import { newTrustStore, putTrust, trustFor } from '../support/trust.ts'

const AT = 1_800_000_000

describe('counts of decisions', () => {
  function newCounts() {
    const sent: CountBatch['decisions'][] = []
    const count = createDecisionCounts({
      send: async ({ decisions }) => {
        sent.push(decisions)
      },
      takeRefused: () => ({}),
    })
    const decide = (issuer: string, at: number) => {
      const event: DecisionEvent = {
        event: 'decision',
        decisionId: 'dec_1',
        at,
        outcome: 'granted',
        issuer,
      }
      count(event, () => undefined)
    }
    // The first decision sends at once.
    decide('first', AT)
    return { sent, decide }
  }

  it('are sent before they cover more issuers than the bound', () => {
    const { sent, decide } = newCounts()
    for (let index = 0; index < 3 * MAX_COUNTED_ISSUERS; index += 1) decide(`i${index}`, AT)
    expect(sent.map((counts) => Object.keys(counts).length)).toEqual([
      1,
      MAX_COUNTED_ISSUERS,
      MAX_COUNTED_ISSUERS,
      MAX_COUNTED_ISSUERS,
    ])
  })

  it('are sent after a clock was set back as well', () => {
    const { sent, decide } = newCounts()
    decide('a', AT - 3600)
    expect(sent).toHaveLength(2)
    decide('b', AT - 3600 + DECISION_COUNT_FLUSH_SECONDS - 1)
    expect(sent).toHaveLength(2)
  })
})

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
