/**
 * The segments of the published set that an isolate has in memory. Only missing ones are loaded:
 * from KV, or from the revocation log if KV does not have the content that the digest names. KV can
 * show a pointer before its segments.
 */
import { STORE_TIMEOUT_MILLISECONDS } from '../../../core/limits.ts'
import { type RevocationSet, readSet } from '../../../core/tokens/revocation-set.ts'
import { PREFIX_BYTES, type PublishedSegment, segmentKeyOf } from '../../../protocol/revocations.ts'
import { toHex } from '../../../web/bytes.ts'
import { wait, withDeadline } from '../../../web/deadline.ts'
import {
  REVOCATION_SEGMENT_LOOK_MILLISECONDS,
  REVOCATION_SEGMENT_WAIT_MILLISECONDS,
} from '../../limits.ts'

/** `missing` also means that KV failed. */
export type SegmentFault = 'missing' | 'corrupt'

export type RevocationSegmentsOptions = {
  readonly kv: Pick<KVNamespace, 'get'>
  /** Asks the log for the content of a segment; null if it has none. */
  readonly segment: (digest: string) => Promise<Uint8Array | null>
  /** Called for each segment that KV did not have. */
  readonly report: (digest: string, fault: SegmentFault) => void
}

export type RevocationSegments = {
  /** Returns undefined if a segment cannot be loaded. */
  readonly load: (
    list: readonly PublishedSegment[],
  ) => Promise<readonly RevocationSet[] | undefined>
  /** Forgets all other segments. */
  readonly keep: (list: readonly PublishedSegment[]) => void
}

export function createRevocationSegments(options: RevocationSegmentsOptions): RevocationSegments {
  const held = new Map<string, RevocationSet>()
  /** Digests that a request of this isolate loads now. */
  const loading = new Set<string>()

  /**
   * Waits while another request loads the segment. A promise of that request must not be awaited,
   * and it never settles if that request is cancelled.
   */
  async function waitForOther(digest: string): Promise<void> {
    const looks = REVOCATION_SEGMENT_WAIT_MILLISECONDS / REVOCATION_SEGMENT_LOOK_MILLISECONDS
    for (let look = 0; look < looks && loading.has(digest); look += 1) {
      await wait(REVOCATION_SEGMENT_LOOK_MILLISECONDS)
    }
  }

  async function obtain(segment: PublishedSegment): Promise<RevocationSet | undefined> {
    const { digest } = segment
    if (!held.has(digest)) await waitForOther(digest)
    const known = held.get(digest)
    if (known !== undefined) return known
    loading.add(digest)
    try {
      const set = (await readKv(segment, options)) ?? (await askLog(segment, options))
      if (set !== undefined) held.set(digest, set)
      return set
    } finally {
      loading.delete(digest)
    }
  }

  return {
    async load(list) {
      const sets: RevocationSet[] = []
      for (const segment of list) {
        const set = await obtain(segment)
        if (set === undefined) return undefined
        sets.push(set)
      }
      return sets
    },
    keep(list) {
      const named = new Set(list.map(({ digest }) => digest))
      for (const digest of held.keys()) if (!named.has(digest)) held.delete(digest)
    },
  }
}

async function readKv(
  segment: PublishedSegment,
  { kv, report }: RevocationSegmentsOptions,
): Promise<RevocationSet | undefined> {
  const content = await settle(kv.get(segmentKeyOf(segment.digest), 'arrayBuffer'))
  const set = content && (await checkContent(new Uint8Array(content), segment))
  if (set === undefined || set === null) {
    report(segment.digest, content ? 'corrupt' : 'missing')
    return undefined
  }
  return set
}

async function askLog(
  segment: PublishedSegment,
  options: RevocationSegmentsOptions,
): Promise<RevocationSet | undefined> {
  const content = await settle(options.segment(segment.digest))
  return content ? checkContent(new Uint8Array(content), segment) : undefined
}

/** Returns undefined if the content is not what the log named (a planted or damaged value). */
async function checkContent(
  content: Uint8Array<ArrayBuffer>,
  { digest, count }: PublishedSegment,
): Promise<RevocationSet | undefined> {
  if (content.byteLength !== count * PREFIX_BYTES) return undefined
  const actual = toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', content)))
  return actual === digest ? readSet(content) : undefined
}

/** Returns null if there is no answer in time. */
async function settle<T>(answer: Promise<T | null>): Promise<T | null> {
  try {
    return await withDeadline(STORE_TIMEOUT_MILLISECONDS, answer)
  } catch {
    return null
  }
}
