/** The cache of a data centre with a clock that tests set. The platform's own has a real clock. */
import type { EntryCache } from '../../../src/worker/trust-layers/layer/data-centre.ts'

export function newEntryCache(clock: () => number) {
  const entries = new Map<string, { readonly bytes: ArrayBuffer; readonly until: number }>()
  const cache: EntryCache = {
    async match(address) {
      const kept = entries.get(address)
      return kept !== undefined && kept.until > clock() ? new Response(kept.bytes) : undefined
    },
    async put(address, entry) {
      const [, seconds] = /^max-age=(\d+)$/.exec(entry.headers.get('cache-control') ?? '') ?? []
      entries.set(address, {
        bytes: await entry.arrayBuffer(),
        until: clock() + Number(seconds),
      })
    },
  }
  return { cache, names: () => [...entries.keys()] }
}
