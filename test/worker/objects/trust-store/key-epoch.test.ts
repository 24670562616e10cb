/** An isolate that asks by key epoch has the same keys as one that has just started. */
import { runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import type { PublicKey } from '../../../../src/core/keys/issuer-keys.ts'
import { CLOCK_LEEWAY_SECONDS, SNAPSHOT_KEYS_MAX_BYTES } from '../../../../src/core/limits.ts'
import { applyKeys, type KnownKeys, NO_KEYS } from '../../../../src/worker/caches/apply-keys.ts'
import {
  storeFault,
  storeKeys,
  toIssuerKeys,
} from '../../../../src/worker/objects/trust-store/issuer-keys.ts'
import { listKeysAfter, markEmptied } from '../../../../src/worker/objects/trust-store/key-epoch.ts'
import {
  type IssuerSource,
  setIssuers,
} from '../../../../src/worker/objects/trust-store/key-sources.ts'
import { newTrustStore } from '../../support/trust.ts'

const AT = 1_800_000_000
const MAX_STALE = 3600

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

const inWorld = (test: (world: World) => void) => () =>
  runInDurableObject(newTrustStore(), async (_, { storage }) => {
    // No issuer of these tests can be reached.
    await storage.deleteAlarm()
    test(worldOf(storage.sql))
  })

const A = 'https://a.example'
const B = 'https://b.example'

describe('an answer by key epoch', () => {
  it(
    'is empty without a change',
    inWorld(({ name, show, poll, kids }) => {
      name('document', [A, B])
      show(A, ['a1'])
      poll()
      const { issuers, removed } = poll()
      expect({ issuers, removed }).toEqual({ issuers: [], removed: [] })
      expect(poll()).not.toHaveProperty('present')
      expect(kids(A)).toEqual(['a1'])
    }),
  )

  it(
    'has only the issuer whose set changed',
    inWorld(({ name, show, poll, kids }) => {
      name('document', [A, B])
      show(A, ['a1'])
      show(B, ['b1'])
      poll()
      show(B, ['b2'])
      expect(poll().issuers).toMatchObject([{ url: B, keys: [{ kid: 'b2' }] }])
      expect([kids(A), kids(B)]).toEqual([['a1'], ['b2']])
    }),
  )

  it(
    'has the time of a refetch, and no keys, if the set is the same',
    inWorld(({ name, show, poll, wait, kids }) => {
      name('document', [A])
      show(A, ['a1'])
      const { version = 0 } = poll().issuers[0] ?? {}
      wait(600)
      show(A, ['a1'])
      expect(poll().issuers).toEqual([{ url: A, version, fetchedAt: AT + 600 }])
      expect(kids(A)).toEqual(['a1'])
    }),
  )

  it(
    'NET-13 removes an issuer that no source names any more, also if it is named again',
    inWorld(({ name, show, poll, urls, kids }) => {
      name('document', [A, B])
      show(A, ['a1'])
      show(B, ['b1'])
      poll()
      name('document', [B])
      poll()
      expect(urls()).toEqual([B])
      name('document', [])
      name('document', [B])
      poll()
      expect(kids(B)).toBeUndefined()
    }),
  )

  it(
    'NET-11 removes keys from a host that is no longer allowed',
    inWorld(({ name, show, poll, kids }) => {
      name('document', [A], ['keys.example'])
      show(A, ['a1'])
      poll()
      name('document', [A], [])
      poll()
      expect(kids(A)).toBeUndefined()
    }),
  )

  it(
    'has an empty set after the last good set became too old, without a fetch in between',
    inWorld(({ name, show, fail, poll, wait, kids }) => {
      name('document', [A, B])
      show(A, ['a1'])
      show(B, ['b1'])
      wait(MAX_STALE)
      fail(A, 'no_usable_key')
      fail(B, 'unreachable')
      poll()
      expect(kids(A)).toEqual(['a1'])
      wait(1)
      expect(poll().issuers).toMatchObject([{ url: A, keys: [] }])
      expect(kids(A)).toEqual([])
      expect(poll().issuers).toEqual([])
      // The issuer shows the same keys as before.
      show(A, ['a1'])
      poll()
      expect(kids(A)).toEqual(['a1'])
    }),
  )

  it(
    'NET-14 has the good set again after the clock was set back',
    inWorld(({ name, show, fail, poll, wait, kids }) => {
      name('document', [A])
      show(A, ['a1'])
      wait(MAX_STALE)
      fail(A, 'no_usable_key')
      wait(1)
      poll()
      expect(kids(A)).toEqual([])
      wait(-1)
      poll()
      expect(kids(A)).toEqual(['a1'])
    }),
  )

  it(
    'NET-14 has the good set again once its time is no longer in the future',
    inWorld(({ name, show, fail, poll, wait, kids }) => {
      name('document', [A])
      show(A, ['a1'])
      wait(-600)
      fail(A, 'no_usable_key')
      poll()
      expect(kids(A)).toEqual([])
      wait(600)
      poll()
      expect(kids(A)).toEqual(['a1'])
    }),
  )

  it(
    'is complete if the epoch of the isolate is not one of this store',
    inWorld(({ name, show, poll, urls, epoch, restoreAt }) => {
      name('document', [A, B])
      show(A, ['a1'])
      show(B, ['b1'])
      poll()
      name('document', [B])
      restoreAt(epoch() + 1000)
      poll()
      expect(urls()).toEqual([B])
      expect(epoch()).toBeLessThan(1000)
    }),
  )

  it(
    'is the same as for a new isolate, after any changes',
    inWorld((world) => {
      const urls = Array.from({ length: 6 }, (_, index) => `https://i${index}.example`)
      let seed = 7
      const pick = (below: number) => {
        seed = (seed * 48_271) % 2_147_483_647
        return seed % below
      }
      const some = () => urls.filter(() => pick(4) > 0)
      for (let step = 0; step < 1500; step += 1) {
        const url = urls[pick(urls.length)] ?? A
        const turn = pick(12)
        if (turn === 0) world.name('document', some(), pick(2) === 0 ? ['keys.example'] : [])
        if (turn === 1) world.name('policy', some().slice(0, 2))
        if (turn >= 2 && turn < 6) world.show(url, [`k${pick(3)}`])
        if (turn >= 6 && turn < 8) world.fail(url, pick(2) ? 'no_usable_key' : 'unreachable')
        if (turn === 8) world.wait(pick(2 * MAX_STALE) - MAX_STALE / 4)
        if (turn === 9) world.wait(pick(60))
        if (turn < 10) continue
        world.poll()
        const { asked, started } = world.usable()
        expect(asked, `step ${step}`).toEqual(started)
      }
    }),
  )
})

describe('key sets that do not fit into one answer', () => {
  /** Five sets of this size do not fit, and four do. */
  const padding = 'a'.repeat(SNAPSHOT_KEYS_MAX_BYTES / 4.5)
  const urls = Array.from({ length: 12 }, (_, index) => `https://i${index}.example`)

  it(
    'follow in later answers, those of the policy first',
    inWorld(({ name, show, poll, urls: held }) => {
      name('document', urls)
      name('policy', [A])
      for (const url of [...urls, A]) show(url, ['k'], padding)
      const sizes: number[] = []
      for (let turn = 0; turn < 5; turn += 1) {
        const { issuers } = poll()
        const sent = issuers.filter(({ keys }) => keys !== undefined)
        if (turn === 0) expect(sent[0]?.url).toBe(A)
        sizes.push(held().length)
      }
      expect(sizes).toEqual([4, 7, 10, 13, 13])
      expect(poll().issuers).toEqual([])
    }),
  )

  it(
    'NET-13 are removed until they follow, if they replace others',
    inWorld(({ name, show, poll, kids }) => {
      name('document', urls)
      for (const url of urls) show(url, ['old'])
      poll()
      for (const url of urls) show(url, ['new'], padding)
      poll()
      const sets = urls.map(kids)
      expect(sets.filter((set) => set?.[0] === 'new')).toHaveLength(4)
      expect(sets.filter((set) => set === undefined)).toHaveLength(8)
      poll()
      poll()
      expect(urls.map(kids)).toEqual(urls.map(() => ['new']))
    }),
  )

  it(
    'follow even if the sets of the policy fill an answer',
    inWorld(({ name, show, poll, kids }) => {
      const policy = urls.slice(0, 5)
      name('document', [B, ...urls])
      show(B, ['b1'], padding)
      name('policy', policy)
      for (const url of policy) show(url, ['k'], padding)
      poll()
      expect(kids(B)).toEqual(['b1'])
      poll()
      expect(policy.map(kids)).toEqual(policy.map(() => ['k']))
    }),
  )
})
