/**
 * Loads what a pointer names: a document or a compiled form by its digest, and the keys since an
 * epoch. Each source has a deadline of its own, and content is used only if it has its digest. What
 * comes from farther away is kept in the data centre.
 */
import type { Clock } from '../../core/ports.ts'
import { withDeadline } from '../../web/deadline.ts'
import { TRUST_CONTENT_TIMEOUT_MILLISECONDS, TRUST_LAYER_TIMEOUT_MILLISECONDS } from '../limits.ts'
import { contentKeyOf, digestOf } from './content.ts'
import type { DataCentre } from './data-centre.ts'
import { LayerError, type LayerFaults, type LayerName, type TrustLayer } from './layer.ts'
import type { KeyDelta } from './trust-messages.ts'

type Sources = {
  readonly dataCentre: DataCentre | undefined
  readonly region: TrustLayer
  readonly kv: Pick<KVNamespace, 'get'>
  readonly clock: Clock
}

export type ContentSource = {
  /** Loads a document or a compiled form. Undefined if no source has it. */
  readonly load: (digest: string) => Promise<Uint8Array | undefined>
  /** Undefined if no source has the keys. */
  readonly keys: (known: number, latest: number) => Promise<KeyDelta | undefined>
  /** Keeps something in the data centre. A failure only makes the next answer slower. */
  readonly keep: (put: (cache: DataCentre) => Promise<void>) => Promise<void>
}

export function createContentSource(
  { dataCentre, region, kv, clock }: Sources,
  faults: LayerFaults,
): ContentSource {
  async function attempt<T>(name: LayerName, load: () => Promise<T>): Promise<T | undefined> {
    if (faults.isQuiet(name, clock())) return undefined
    try {
      return await withDeadline(TRUST_CONTENT_TIMEOUT_MILLISECONDS, load())
    } catch (error) {
      faults.count(name, error instanceof LayerError ? error.fault : 'unreachable', clock())
      return undefined
    }
  }

  async function keep(put: (cache: DataCentre) => Promise<void>): Promise<void> {
    if (dataCentre === undefined || faults.isQuiet('data_centre', clock())) return
    try {
      await withDeadline(TRUST_LAYER_TIMEOUT_MILLISECONDS, put(dataCentre))
    } catch {
      faults.count('data_centre', 'unreachable', clock())
    }
  }

  async function readKv(digest: string): Promise<Uint8Array | null> {
    const content = await kv.get(contentKeyOf(digest), 'arrayBuffer')
    return content && new Uint8Array(content)
  }

  return {
    keep,
    async load(digest) {
      const sources: [LayerName, () => Promise<Uint8Array | null | undefined>][] = [
        ['data_centre', async () => dataCentre?.content(digest)],
        ['kv', () => readKv(digest)],
        ['region', () => region.content(digest)],
      ]
      for (const [name, load] of sources) {
        const bytes = await attempt(name, async () => {
          const found = await load()
          // Anybody who can write there could otherwise choose what this gateway trusts.
          if (found && (await digestOf(found)) !== digest) throw new LayerError('corrupt')
          return found
        })
        if (!bytes) continue
        if (name !== 'data_centre') await keep((cache) => cache.keepContent(digest, bytes))
        return bytes
      }
      return undefined
    },
    async keys(known, latest) {
      const kept = await attempt('data_centre', async () => dataCentre?.keysAfter(known, latest))
      // The seal proves that a Worker of this deployment wrote it.
      if (kept !== undefined) return kept as KeyDelta
      const found = await attempt('region', () => region.keysAfter(known, latest))
      if (found === undefined) return undefined
      const keys = found as KeyDelta
      await keep((cache) => cache.keepKeys(known, latest, keys))
      return keys
    },
  }
}
