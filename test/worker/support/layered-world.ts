/**
 * A real trust store, a real reader of a region, the real cache and KV, and isolates that ask them.
 * All share a clock that tests set, and each layer can fail.
 */
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { createTrustSnapshot } from '../../../src/worker/caches/trust/trust-snapshot.ts'
import { createDataCentre } from '../../../src/worker/trust-layers/layer/data-centre.ts'
import type { RegionLayer } from '../../../src/worker/trust-layers/layer/layer.ts'
import { createSeal } from '../../../src/worker/trust-layers/layer/seal.ts'
import { createLayeredStore } from '../../../src/worker/trust-layers/layered-store.ts'
import type { KeysName } from '../../../src/worker/trust-layers/trust-messages.ts'
import { ceilingsOfTests } from './ceilings.ts'
import { newEntryCache } from './entry-cache.ts'
import { newIssuer } from './issuer.ts'
import { putTrust, trustFor } from './trust.ts'

export const ISSUER = 'https://sts.test'
export const MAX_STALE = 900

/** `cut`: calls fail. `hanging`: calls never end. `frozen`: the first pointer is repeated. */
export type State = 'up' | 'cut' | 'hanging' | 'frozen'

export async function newLayeredWorld() {
  const name = crypto.randomUUID()
  const store = env.TRUST_STORE.getByName(name)
  const regionReader = env.TRUST_READER?.getByName(name)
  if (regionReader === undefined) throw new Error('the tests bind TRUST_READER')
  const { url } = newIssuer()
  const signingKeys = [crypto.randomUUID()]
  const seal = await createSeal(signingKeys, ISSUER)
  if (seal === undefined) throw new Error('there is a signing key')
  let at = 1_800_000_000
  let revision = 0
  const clock = () => at
  const states: Record<'store' | 'region' | 'dataCentre' | 'kv' | 'readerToStore', State> = {
    store: 'up',
    region: 'up',
    dataCentre: 'up',
    kv: 'up',
    readerToStore: 'up',
  }
  /** The calls of the store by isolates and by the reader, and those of the reader. */
  const calls = {
    ...{ store: 0, pointers: 0, keys: 0, contents: 0, region: 0 },
    ...{ questions: 0, direct: 0, others: 0, regionQuestions: 0 },
  }
  /** `hung` is called with each call that will never end, in its turn. Tests replace it. */
  const events = { hung: () => {} }
  await runInDurableObject(store, (instance) => {
    instance.now = clock
  })

  async function pass<T>(layer: keyof typeof states, answer: () => Promise<T>): Promise<T> {
    if (states[layer] === 'cut') throw new Error('the layer is down')
    if (states[layer] === 'hanging') {
      events.hung()
      return new Promise(() => undefined)
    }
    return answer()
  }

  await runInDurableObject(regionReader, (instance) => {
    const own = () => env.TRUST_STORE.getByName(name)
    instance.now = clock
    instance.store = () => ({
      pointer: () => {
        calls.pointers += 1
        return pass('readerToStore', async () => await own().pointer())
      },
      keysAfter: (known, instance) => {
        calls.keys += 1
        return pass('readerToStore', async () => await own().keysAfter(known, instance))
      },
      refreshKeys: (...question) => {
        calls.questions += 1
        return pass('readerToStore', async () => await own().refreshKeys(...question))
      },
      content: (digest) => {
        calls.contents += 1
        return pass('readerToStore', async () => await own().content(digest))
      },
    })
  })

  const entries = newEntryCache(clock)
  const cache = createDataCentre({ seal, open: async () => entries.cache })
  const dataCentre = {
    ...cache,
    pointer: () => pass('dataCentre', cache.pointer),
    keysAfter: (name: KeysName) => pass('dataCentre', () => cache.keysAfter(name)),
    content: (digest: string) => pass('dataCentre', () => cache.content(digest)),
    keyAnswer: (source: string) => pass('dataCentre', () => cache.keyAnswer(source)),
  }
  let frozen: unknown
  const region: RegionLayer = {
    name: 'region',
    async pointer() {
      calls.region += 1
      const asked = await pass('region', async () => await regionReader.pointer())
      frozen ??= asked
      return states.region === 'frozen' ? frozen : asked
    },
    keysAfter: ({ known, latest, instance }) =>
      pass('region', async () => await regionReader.keysAfter(known, latest, instance)),
    refreshKeys: (...question) => {
      calls.regionQuestions += 1
      return pass('region', async () => await regionReader.refreshKeys(...question))
    },
    useOther: () => {
      calls.others += 1
      return false
    },
    content: (digest) => pass('region', async () => await regionReader.content(digest)),
  }
  const kv = {
    get: (key: string) => pass('kv', async () => await env.REVOCATIONS.get(key, 'arrayBuffer')),
  } as unknown as Pick<KVNamespace, 'get'>

  /** `changes` replaces layers of this isolate, or its clock. */
  function newIsolate(changes: Partial<Parameters<typeof createLayeredStore>[0]> = {}) {
    const layered = createLayeredStore({
      store: (known) => {
        calls.store += 1
        return pass('store', async () => await store.snapshotSince(known))
      },
      dataCentre,
      region,
      kv,
      refreshKeys: (...question) => {
        calls.direct += 1
        return pass('store', async () => await store.refreshKeys(...question))
      },
      clock,
      random: () => 0,
      ...changes,
    })
    const reader = createTrustSnapshot({
      store: {
        snapshotSince: layered.snapshotSince,
        refreshKeys: layered.refreshKeys,
      },
      ceilings: ceilingsOfTests(),
      policy: undefined,
      maxStaleSeconds: MAX_STALE,
      clock: changes.clock ?? clock,
      reportFaulty: () => undefined,
    })
    const behind: Promise<unknown>[] = []
    const loadView = async () =>
      reader.load((changes.clock ?? clock)(), (task) => behind.push(task))
    return {
      reader,
      skipped: layered.skipped,
      loadView,
      /** The revision that a request would use now. */
      load: async () => (await loadView()).revision,
      settle: () => Promise.all(behind),
    }
  }

  async function apply(rule: string): Promise<void> {
    const rules = trustFor(url).rules.map((known) => ({ ...known, name: rule }))
    const result = await putTrust(store, trustFor(url, { rules }), revision)
    if (result.kind !== 'stored') throw new Error(result.kind)
    // Tests ask for keys themselves, and put what they need into KV.
    await runInDurableObject(store, (_, { storage }) => storage.deleteAlarm())
    revision += 1
  }
  await apply('first')

  return {
    url,
    store,
    regionReader,
    signingKeys,
    seal,
    dataCentre,
    region,
    entries,
    states,
    events,
    calls,
    newIsolate,
    apply,
    /** Tells that the store was restored to this revision. */
    restored: (number: number) => {
      revision = number
    },
    now: clock,
    wait: (seconds: number) => {
      at += seconds
    },
    /** The digest of the compiled form, which isolates load first. */
    form: async () => (await store.pointer()).form?.digest ?? '',
  }
}

export type LayeredWorld = Awaited<ReturnType<typeof newLayeredWorld>>
