/**
 * Loads what a pointer names: a document or a compiled form by its digest, and the keys since an
 * epoch. Each source has a deadline of its own, and content is used only if it has its digest. What
 * comes from farther away is kept in the data centre, and its isolates wait for the one that loads.
 */
import type { Clock } from '../../../core/ports.ts'
import { wait, withDeadline } from '../../../web/deadline.ts'
import { checkKeyAnswer, checkKeys } from '../check-keys.ts'
import { contentName, type DataCentre, keysName, POINTER } from '../layer/data-centre.ts'
import { LayerError, type LayerFaults, type LayerName, type TrustLayer } from '../layer/layer.ts'
import {
  TRUST_CLAIM_LOOK_MILLISECONDS,
  TRUST_CLAIM_LOOKS,
  TRUST_CLAIM_SPREAD_MILLISECONDS,
  TRUST_CONTENT_TIMEOUT_MILLISECONDS,
  TRUST_LAYER_TIMEOUT_MILLISECONDS,
} from '../limits.ts'
import type { KeyAnswer, KeyDelta, KeysName, QuietAnswer } from '../trust-messages.ts'
import { contentKeyOf, hasDigest } from './content.ts'

type Sources = {
  readonly dataCentre: DataCentre | undefined
  readonly region: TrustLayer
  readonly kv: Pick<KVNamespace, 'get'>
  readonly clock: Clock
  /** Returns a number from 0 to 1. */
  readonly random: () => number
}

export type ContentSource = {
  /**
   * Reads the pointer of the data centre. Undefined if the caller must ask the region. `isFirst`:
   * the isolate has nothing yet, and others may start at the same time.
   */
  readonly pointer: (isFirst: boolean) => Promise<unknown>
  /** Loads a document or a compiled form. Undefined if no source has it. */
  readonly load: (digest: string, isFirst: boolean) => Promise<Uint8Array | undefined>
  /** Undefined if no source has the keys. */
  readonly keys: (name: KeysName, isFirst: boolean) => Promise<KeyDelta | undefined>
  /**
   * What another isolate of the data centre heard a moment ago about a missing key: the keys, if they
   * have it, or how long a further question is useless. Undefined if the caller must ask.
   */
  readonly keyAnswer: (
    source: string,
    keyId: string,
  ) => Promise<KeyAnswer | QuietAnswer | undefined>
  /** Keeps something in the data centre. A failure only makes the next answer slower. */
  readonly keep: (put: (cache: DataCentre) => Promise<void>) => Promise<void>
}

export function createContentSource(
  { dataCentre, region, kv, clock, random }: Sources,
  faults: LayerFaults,
): ContentSource {
  /** Null if the source failed, which is counted, or failed a moment ago. */
  async function attempt<T>(
    name: LayerName,
    load: () => Promise<T>,
    milliseconds = TRUST_CONTENT_TIMEOUT_MILLISECONDS,
  ): Promise<T | null> {
    if (faults.isQuiet(name, clock())) return null
    try {
      return await withDeadline(milliseconds, load())
    } catch (error) {
      faults.count(name, error instanceof LayerError ? error.fault : 'unreachable', clock())
      return null
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

  /**
   * Reads something from the data centre. Many isolates can miss it in the same moment, so one
   * claims to load it, and the others look again for a while. Undefined if the caller must load it.
   */
  async function readOrClaim<T>(
    name: string,
    isFirst: boolean,
    read: (cache: DataCentre) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    if (dataCentre === undefined) return undefined
    const inTime = <A>(ask: () => Promise<A>) =>
      attempt('data_centre', ask, TRUST_LAYER_TIMEOUT_MILLISECONDS)
    const look = () => inTime(() => read(dataCentre))
    const found = await look()
    // A forged or damaged entry is replaced by what the caller loads.
    if (found !== undefined) return found ?? undefined
    // Isolates that start at once would all find no claim.
    if (isFirst) await wait(random() * TRUST_CLAIM_SPREAD_MILLISECONDS)
    for (let left = TRUST_CLAIM_LOOKS; left > 0; left -= 1) {
      const isMine = await inTime(() => dataCentre.claim(name))
      if (isMine !== false) return undefined
      await wait(TRUST_CLAIM_LOOK_MILLISECONDS)
      const kept = await look()
      if (kept !== undefined) return kept ?? undefined
    }
    return undefined
  }

  async function readKv(digest: string): Promise<Uint8Array | null> {
    const content = await kv.get(contentKeyOf(digest), 'arrayBuffer')
    return content && new Uint8Array(content)
  }

  /** Throws if the content does not have its digest. */
  async function check(digest: string, load: Promise<Uint8Array | null | undefined>) {
    const found = await load
    // Anybody who can write there could otherwise choose what this gateway trusts.
    if (found && !(await hasDigest(found, digest))) throw new LayerError('corrupt')
    return found ?? undefined
  }

  async function readKeyAnswer(cache: DataCentre, source: string) {
    const kept = await cache.keyAnswer(source)
    return kept === undefined ? undefined : checkKeyAnswer(kept)
  }

  return {
    keep,
    async keyAnswer(source, keyId) {
      if (dataCentre === undefined) return undefined
      const read = () => readKeyAnswer(dataCentre, source)
      const answer = await attempt('data_centre', read, TRUST_LAYER_TIMEOUT_MILLISECONDS)
      if (!answer) return undefined
      const { quietSeconds = 0, ...keys } = answer
      if ('keys' in keys && keys.keys.some(({ kid }) => kid === keyId)) return keys
      // The entry lives a second, and the isolate looks again after another one. Both end before the
      // cool-down of the store does (NET-08).
      return quietSeconds > 1 ? { quietSeconds: 1 } : undefined
    },
    pointer: (isFirst) => readOrClaim(POINTER, isFirst, (cache) => cache.pointer()),
    async load(digest, isFirst) {
      const kept = await readOrClaim(contentName(digest), isFirst, (cache) =>
        check(digest, cache.content(digest)),
      )
      if (kept !== undefined) return kept
      const bytes =
        (await attempt('kv', () => check(digest, readKv(digest)))) ??
        (await attempt('region', () => check(digest, region.content(digest))))
      if (!bytes) return undefined
      await keep((cache) => cache.keepContent(digest, bytes))
      return bytes
    },
    async keys(name, isFirst) {
      const kept = await readOrClaim(keysName(name), isFirst, async (cache) => {
        const sealed = await cache.keysAfter(name)
        return sealed === undefined ? undefined : checkKeys(sealed, name)
      })
      if (kept !== undefined) return kept
      const keys = await attempt('region', async () => {
        const found = await region.keysAfter(name)
        return found === undefined ? undefined : checkKeys(found, name)
      })
      if (!keys) return undefined
      await keep((cache) => cache.keepKeys(name, keys))
      return keys
    },
  }
}
