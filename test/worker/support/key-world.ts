/** The key tables of a trust store without a network, and an isolate that asks by key epoch. */
import { runInDurableObject } from 'cloudflare:test'
import type { PublicKey } from '../../../src/core/keys/issuer-keys.ts'
import { CLOCK_LEEWAY_SECONDS } from '../../../src/core/limits.ts'
import {
  listDue,
  storeFault,
  storeKeys,
  toIssuerKeys,
} from '../../../src/worker/objects/trust-store/issuer-keys.ts'
import { listKeysAfter, markEmptied } from '../../../src/worker/objects/trust-store/key-epoch.ts'
import {
  type IssuerSource,
  setIssuers,
} from '../../../src/worker/objects/trust-store/key-sources.ts'
import { applyKeys, type KnownKeys, NO_KEYS } from '../../../src/worker/trust-layers/apply-keys.ts'
import { newTrustStore } from './trust.ts'

export const AT = 1_800_000_000
export const MAX_STALE = 3600

const keyOf = (kid: string, padding = '') =>
  ({ kty: 'EC', crv: 'P-256', x: padding, y: 'y', kid, alg: 'ES256' }) as unknown as PublicKey

/** The tables of a trust store, a clock, and an isolate that asks by epoch. */
function worldOf(sql: SqlStorage) {
  let at = AT
  let isolate: KnownKeys = NO_KEYS
  const ask = (keyEpoch: number) => {
    markEmptied(sql, at, MAX_STALE)
    return {
      revision: 1,
      ...listKeysAfter(sql, keyEpoch, (row) => toIssuerKeys(row, at, MAX_STALE)),
    }
  }
  const name = (source: IssuerSource, urls: readonly string[], keyHosts: readonly string[] = []) =>
    setIssuers(
      sql,
      source,
      urls.map((url) => ({ url, keyHosts })),
      at,
    )
  // The policy of the test deployment names an issuer.
  name('policy', [])
  return {
    name,
    show: (url: string, kids: readonly string[], padding = '') =>
      storeKeys(
        sql,
        url,
        {
          keys: kids.map((kid) => keyOf(kid, padding)),
          clockSkew: null,
          sequence: null,
          refreshHint: null,
        },
        at,
      ),
    fail: (url: string, fault: 'no_usable_key' | 'unreachable') =>
      storeFault(sql, url, { ok: false, fault, detail: {}, unusable: [] }, at),
    /** The issuers to fetch now, as many as this. */
    due: (limit: number) => listDue(sql, at, limit),
    wait: (seconds: number) => {
      at += seconds
    },
    /** Asks once, and returns the answer. */
    poll: () => {
      const delta = ask(isolate.keyEpoch)
      isolate = applyKeys(isolate, delta)
      return delta
    },
    kids: (url: string) => isolate.keys.get(url)?.keys.map(({ kid }) => kid),
    urls: () => [...isolate.keys.keys()].sort(),
    epoch: () => isolate.keyEpoch,
    restoreAt: (keyEpoch: number) => {
      isolate = { ...isolate, keyEpoch }
    },
    /** The sets that are young enough to verify a token, in both isolates. */
    usable: () => {
      const young = ({ keys }: KnownKeys) =>
        [...keys].filter(([, { fetchedAt }]) => {
          const from = fetchedAt ?? 0
          return at - from <= MAX_STALE && from <= at + CLOCK_LEEWAY_SECONDS
        })
      const started = applyKeys(NO_KEYS, ask(NO_KEYS.keyEpoch))
      return { asked: young(isolate).sort(), started: young(started).sort() }
    },
  }
}

type World = ReturnType<typeof worldOf>

export const inWorld = (test: (world: World) => void) => () =>
  runInDurableObject(newTrustStore(), async (_, { storage }) => {
    // No issuer of these tests can be reached.
    await storage.deleteAlarm()
    test(worldOf(storage.sql))
  })
