/**
 * Loads what a pointer names: a document or a compiled form by its digest, and the keys since an
 * epoch. Each source has a deadline of its own, and content is used only if it has its digest. What
 * comes from farther away is kept in the data centre.
 */
import { checkKeys } from '../check-keys.ts'
import type { Attempt } from '../layer/attempt.ts'
import { contentName, keysName } from '../layer/data-centre.ts'
import { LayerError, type TrustLayer } from '../layer/layer.ts'
import type { SharedEntries } from '../layer/shared-entries.ts'
import type { KeyDelta, KeysName } from '../trust-messages.ts'
import { contentKeyOf, hasDigest } from './content.ts'

type Sources = {
  readonly entries: SharedEntries
  readonly region: TrustLayer
  readonly kv: Pick<KVNamespace, 'get'>
  readonly attempt: Attempt
}

/** `isFirst`: the isolate has nothing yet, and others may start at the same time. */
export type ContentSource = {
  /** Loads a document or a compiled form. Undefined if no source has it. */
  readonly load: (digest: string, isFirst: boolean) => Promise<Uint8Array | undefined>
  /** Undefined if no source has the keys. */
  readonly keys: (name: KeysName, isFirst: boolean) => Promise<KeyDelta | undefined>
}

export function createContentSource({ entries, region, kv, attempt }: Sources): ContentSource {
  async function readKv(digest: string): Promise<Uint8Array | null> {
    const content = await kv.get(contentKeyOf(digest), 'arrayBuffer')
    return content && new Uint8Array(content)
  }

  return {
    async load(digest, isFirst) {
      const kept = await entries.readOrClaim(contentName(digest), isFirst, (cache) =>
        check(digest, cache.content(digest)),
      )
      if (kept !== undefined) return kept
      const bytes =
        (await attempt('kv', () => check(digest, readKv(digest)))) ??
        (await attempt('region', () => check(digest, region.content(digest))))
      if (!bytes) return undefined
      await entries.keep((cache) => cache.keepContent(digest, bytes))
      return bytes
    },
    async keys(name, isFirst) {
      const readFrom = async (layer: TrustLayer) => {
        const found = await layer.keysAfter(name)
        return found === undefined ? undefined : checkKeys(found, name)
      }
      const kept = await entries.readOrClaim(keysName(name), isFirst, readFrom)
      if (kept !== undefined) return kept
      const keys = await attempt('region', () => readFrom(region))
      if (!keys) return undefined
      await entries.keep((cache) => cache.keepKeys(name, keys))
      return keys
    },
  }
}

/** Throws if the content does not have its digest. */
async function check(digest: string, load: Promise<Uint8Array | null | undefined>) {
  const found = await load
  // Anybody who can write there could otherwise choose what this gateway trusts.
  if (found && !(await hasDigest(found, digest))) throw new LayerError('corrupt')
  return found ?? undefined
}
