/**
 * KV: a data centre keeps a value for 60 seconds after it has read it, so a new value is seen after
 * up to 60 seconds. A write can time out and still arrive later, after a newer one.
 */
import type { Random } from '../random.ts'
import type { Timeline } from '../timeline.ts'
import type { Network } from './network.ts'
import type { Place } from './places.ts'

type KvContent = string | ArrayBuffer

export type KvModel = {
  /** Resolves when KV confirms the write. Rejects if it does not. */
  readonly put: (key: string, content: KvContent) => Promise<void>
  /** Reads in a data centre. `count` is called for each read. */
  readonly get: (place: number, key: string) => Promise<KvContent | null>
}

const CACHE_MILLISECONDS = 60_000
const READ_MILLISECONDS = 8
const WRITE_MILLISECONDS = 300
/** Reads that fail. */
const READ_LOST = 0.001
/** Writes that time out. Half of them arrive later. */
const WRITE_LOST = 0.02
export const LATEST_WRITE_MILLISECONDS = 50_000

type Cached = { readonly content: KvContent | null; readonly until: number }

export function createKv(
  timeline: Timeline,
  random: Random,
  network: Network,
  places: readonly Place[],
): KvModel {
  const central = new Map<string, KvContent>()
  const caches = places.map(() => new Map<string, Cached>())

  return {
    async put(key, content) {
      if (random.chance(WRITE_LOST)) {
        if (random.chance(0.5)) {
          timeline.after(random.between(5000, LATEST_WRITE_MILLISECONDS), () =>
            central.set(key, content),
          )
        }
        await network.delay(5000)
        throw new Error('the write timed out')
      }
      await network.delay(network.vary(WRITE_MILLISECONDS))
      central.set(key, content)
    },
    async get(place, key) {
      await network.delay(network.vary(READ_MILLISECONDS))
      const region = places[place]?.region
      if (random.chance(READ_LOST) || region === undefined || network.isCut(region)) {
        throw new Error('the read failed')
      }
      const cache = caches[place]
      const known = cache?.get(key)
      if (known !== undefined && known.until > timeline.now()) return known.content
      const content = central.get(key) ?? null
      cache?.set(key, { content, until: timeline.now() + CACHE_MILLISECONDS })
      return content
    },
  }
}
