/**
 * The revocation log in memory: what `RevocationLog` stores, and when it publishes. Sets, prefixes
 * and names are those of production. It keeps fewer recent tokens in the pointer, because a
 * simulated isolate keeps a copy of them.
 */
import { createHash } from 'node:crypto'
import {
  REVOCATION_PUBLISH_INTERVAL_MILLISECONDS,
  REVOCATION_PURGE_SECONDS,
  REVOCATION_REPEAT_MILLISECONDS,
  REVOCATION_RETRY_MILLISECONDS,
} from '../../../src/core/limits.ts'
import { type Prefix, prefixOf, writeSet } from '../../../src/core/tokens/revocation-set.ts'
import {
  type CoarseBound,
  REVOCATIONS_KEY,
  type RevocationPointer,
  segmentKeyOf,
} from '../../../src/protocol/revocations.ts'
import { encodeBase64Url } from '../../../src/web/base64.ts'
import {
  REVOCATION_FOLLOWER_MILLISECONDS,
  REVOCATION_WAITING_FACTOR,
} from '../../../src/worker/limits.ts'
import type { Timeline, Timer } from '../timeline.ts'
import type { KvModel } from './kv.ts'
import type { Network } from './network.ts'
import type { Region } from './places.ts'

/** 1,024 in production. */
const RECENT_MAX = 64
/** So many stay recent while KV takes no segment. */
const RECENT_MOST = REVOCATION_WAITING_FACTOR * RECENT_MAX
const DAY_SECONDS = 86_400

export type RevocationLogModel = {
  /** Stores a revocation. It is acknowledged when this returns. */
  readonly revoke: (jti: string) => void
  /** Revokes the tokens of a rule, and stops it. */
  readonly revokeRule: (rule: string) => void
  readonly isRevoked: (jti: string) => boolean
  /** Returns the pointer to a reader of a region, and pushes the next ones to it. */
  readonly follow: (reader: string, region: Region, take: TakePointer) => RevocationPointer
  readonly pointer: () => RevocationPointer
  readonly segment: (digest: string) => Uint8Array | null
  /** Starts to publish. */
  readonly start: () => void
}

type TakePointer = (pointer: RevocationPointer) => void

type Segment = {
  readonly digest: string
  readonly count: number
  readonly content: Uint8Array<ArrayBuffer>
  isWritten: boolean
}

export function createRevocationLog(
  timeline: Timeline,
  network: Network,
  kv: KvModel,
): RevocationLogModel {
  const revoked = new Set<string>()
  const before: CoarseBound[] = []
  const followers = new Map<
    string,
    { readonly region: Region; readonly take: TakePointer; readonly askedAt: number }
  >()
  const segments: Segment[] = []
  let recent: Prefix[] = []
  let sequence = 0
  let publishedSequence = -1
  let publishedAt = 0
  let alarm: { readonly at: number; readonly timer: Timer } | undefined

  function scheduleBy(milliseconds: number): void {
    const at = timeline.now() + milliseconds
    if (alarm !== undefined && alarm.at <= at) return
    if (alarm !== undefined) alarm.timer.run = undefined
    alarm = { at, timer: timeline.after(milliseconds, () => void runAlarm()) }
  }

  function pointer(): RevocationPointer {
    return {
      v: 2,
      sequence,
      published_at: Math.floor(timeline.now() / 1000),
      segments: segments.map(({ digest, count }) => ({ digest, count })),
      recent: encodeBase64Url(writeSet(recent)),
      before: [...before],
    }
  }

  /** As `compactSegments`: a pointer names a segment when KV has it. */
  async function fold(): Promise<void> {
    if (recent.length <= RECENT_MAX) return
    const folded = [...recent]
    const content = writeSet(folded)
    const digest = createHash('sha256').update(content).digest('hex')
    const isWritten = await kv.put(segmentKeyOf(digest), content.buffer).then(
      () => true,
      () => false,
    )
    if (!isWritten && folded.length <= RECENT_MOST) return
    segments.push({ digest, count: folded.length, content, isWritten })
    recent = recent.slice(folded.length)
  }

  async function publish(value: RevocationPointer): Promise<void> {
    for (const segment of segments) {
      if (segment.isWritten) continue
      await kv.put(segmentKeyOf(segment.digest), segment.content.buffer)
      segment.isWritten = true
    }
    await kv.put(REVOCATIONS_KEY, JSON.stringify(value))
  }

  /** As `createFollowers`. */
  function push(value: RevocationPointer): void {
    for (const [reader, { region, take, askedAt }] of followers) {
      if (timeline.now() - askedAt > REVOCATION_FOLLOWER_MILLISECONDS) followers.delete(reader)
      else network.call(region, () => take(value)).catch(() => undefined)
    }
  }

  /** A change is published at once, unless another one was a moment ago. */
  function publishSoon(): void {
    sequence += 1
    const since = timeline.now() - publishedAt
    scheduleBy(Math.max(REVOCATION_PUBLISH_INTERVAL_MILLISECONDS - since, 0))
  }

  /** As `RevocationLog.alarm`. */
  async function runAlarm(): Promise<void> {
    alarm = undefined
    if (network.areObjectsDown()) return scheduleBy(REVOCATION_RETRY_MILLISECONDS)
    const early = publishedSequence < sequence ? pointer() : undefined
    if (early !== undefined) push(early)
    await fold()
    const isRepeat = publishedSequence >= sequence
    const value = pointer()
    publishedAt = timeline.now()
    if (!isRepeat && value.sequence !== early?.sequence) push(value)
    try {
      await publish(value)
    } catch {
      publishedSequence = -1
      return scheduleBy(REVOCATION_RETRY_MILLISECONDS)
    }
    publishedSequence = value.sequence
    if (publishedSequence < sequence) scheduleBy(REVOCATION_PUBLISH_INTERVAL_MILLISECONDS)
    else scheduleBy(isRepeat ? REVOCATION_PURGE_SECONDS * 1000 : REVOCATION_REPEAT_MILLISECONDS)
  }

  return {
    revoke(jti) {
      revoked.add(jti)
      recent.push(prefixOf(jti))
      publishSoon()
    },
    revokeRule(rule) {
      const end = Math.floor(timeline.now() / 1000) + DAY_SECONDS
      before.push({ grain: 'rule', id: rule, before: end, expires_at: end, stops: true })
      publishSoon()
    },
    isRevoked: (jti) => revoked.has(jti),
    pointer,
    follow(reader, region, take) {
      followers.set(reader, { region, take, askedAt: timeline.now() })
      return pointer()
    },
    segment: (digest) => segments.find((segment) => segment.digest === digest)?.content ?? null,
    start: () => scheduleBy(0),
  }
}
