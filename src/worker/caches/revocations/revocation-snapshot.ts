/**
 * Keeps the published revocations in an isolate: a pointer and the segments that it lists. The
 * nearest layer has the pointer. If no layer answers, or the deployment has none, it is read from
 * one KV key. If the key is missing, has an unknown form or is too old, the log is asked for the
 * pointer. If that cannot be used, or a segment cannot be loaded, the log is asked about each token.
 * If the log fails too, reading throws `Unavailable`.
 */
import {
  CLOCK_LEEWAY_SECONDS,
  REVOCATION_SNAPSHOT_MAX_AGE_SECONDS,
  REVOCATION_SNAPSHOT_SECONDS,
  STORE_TIMEOUT_MILLISECONDS,
} from '../../../core/limits.ts'
import { Unavailable } from '../../../core/ports.ts'
import type { IsRevoked, Revocations } from '../../../core/revocation-ports.ts'
import { readSet } from '../../../core/tokens/revocation-set.ts'
import { REVOCATIONS_KEY, type RevocationPointer } from '../../../protocol/revocations.ts'
import { decodeBase64Url } from '../../../web/base64.ts'
import { withDeadline } from '../../../web/deadline.ts'
import { REVOCATION_FRESH_MILLISECONDS, REVOCATION_REVALIDATE_MILLISECONDS } from '../../limits.ts'
import { createConfirmations } from './confirm-revocation.ts'
import type { NearestRevocations } from './nearest-revocations.ts'
import { checkPublished, type Published, parsePublished } from './published-revocations.ts'
import { indexCoarse, indexSets, indexWhole } from './revocation-index.ts'
import { createRevocationSegments, type RevocationSegmentsOptions } from './revocation-segments.ts'

export type RevocationSnapshotOptions = RevocationSegmentsOptions & {
  /** Asks the log for what it publishes; null if there are too many revocations. */
  readonly pointer: () => Promise<unknown>
  /** Asks the log about one token. */
  readonly isRevoked: IsRevoked
  /** Asks the log about coarse revocations. */
  readonly findCoarse: AskCoarse
  /** Undefined if the deployment has no layers. */
  readonly nearest?: NearestRevocations | undefined
}

type AskCoarse = (
  ...names: Parameters<Revocations['findCoarse']>
) => Promise<Awaited<ReturnType<Revocations['findCoarse']>>>

/**
 * Why this isolate asks the log. `pointer_stale`: KV shows an old pointer, and the isolate uses that
 * of the log.
 */
export type ReaderFault = 'segment_unavailable' | 'pointer_stale'

type HeldRevocations = Revocations & {
  /** Undefined if there is no snapshot, and the log is asked about each token. */
  readonly sequence: number | undefined
  readonly fault?: ReaderFault
}

export type RevocationReader = {
  /**
   * Throws `Unavailable` if no layer, KV nor the log answers. With `waitUntil`, young revocations
   * are used while they are read again behind the request.
   */
  readonly load: (
    at: number,
    waitUntil?: (task: Promise<unknown>) => void,
  ) => HeldRevocations | Promise<HeldRevocations>
}

type Held = {
  readonly revocations: HeldRevocations
  /** Epoch milliseconds. */
  readonly loadedAt: number
  /** Epoch seconds of the snapshot that `revocations` was made from. */
  readonly indexedAt: number
}

export function createRevocationSnapshot(options: RevocationSnapshotOptions): RevocationReader {
  const segments = createRevocationSegments(options)
  const { nearest, isRevoked: ask } = options
  const newConfirm = createConfirmations(
    nearest === undefined ? ask : (token) => nearest.confirm(token.jti, async () => ask(token)),
  )
  let held: Held | undefined
  /** The highest sequence that this isolate has seen. */
  let newest = -1

  /** Until when a refresh behind a request is expected to end. A cancelled one never ends. */
  let refreshingUntil = 0

  const nowAt = (at: number) => options.nearest?.now() ?? at * 1000
  const [freshMilliseconds, mostMilliseconds] =
    options.nearest === undefined
      ? [REVOCATION_SNAPSHOT_SECONDS * 1000, REVOCATION_SNAPSHOT_SECONDS * 1000]
      : [REVOCATION_FRESH_MILLISECONDS, REVOCATION_REVALIDATE_MILLISECONDS]

  function hold(revocations: HeldRevocations, at: number, indexedAt = at): HeldRevocations {
    newest = Math.max(newest, revocations.sequence ?? -1)
    held = { revocations, loadedAt: nowAt(at), indexedAt }
    return revocations
  }

  async function index(published: Published): Promise<HeldRevocations> {
    const { sequence, before } = published
    const coarse = indexCoarse(before)
    if (published.v === 1) return { sequence, isRevoked: indexWhole(published), ...coarse }
    const sets = await loadSets(published)
    const isRevoked = sets && indexSets(sets, before, newConfirm())
    // A part of the set would accept revoked tokens.
    if (isRevoked === undefined) return { ...askAboutEach(), fault: 'segment_unavailable' }
    return { sequence, isRevoked, ...coarse }
  }

  async function loadSets(pointer: RevocationPointer) {
    const loaded = await segments.load(pointer.segments)
    const recent = readRecent(pointer)
    return loaded && recent && [recent, ...loaded]
  }

  function askAboutEach(): HeldRevocations {
    const { isRevoked, findCoarse } = options
    return { sequence: undefined, isRevoked, hasCoarse: true, findCoarse }
  }

  async function accept(published: Published, at: number): Promise<HeldRevocations> {
    // KV may return an older pointer than the last one. Never fall back to it.
    const isOlder = () => published.sequence < newest && held !== undefined
    if (isOlder() && held !== undefined) return hold(held.revocations, at, held.indexedAt)
    // Most pointers only confirm what is known. The limit of questions is renewed sometimes, also
    // after the clock was set back (NET-14).
    const { revocations: known, indexedAt = 0 } = held ?? {}
    const isKnown = published.sequence === known?.sequence && known.fault === undefined
    const isRecent = Math.abs(at - indexedAt) < REVOCATION_SNAPSHOT_SECONDS
    if (known !== undefined && isKnown && isRecent) return hold(known, at, indexedAt)
    const revocations = await index(published)
    // Another request may have loaded a newer one meanwhile.
    if (isOlder() && held !== undefined) return held.revocations
    if (published.v === 2) segments.keep(published.segments)
    return hold(revocations, at)
  }

  async function refresh(at: number): Promise<HeldRevocations> {
    const near = await options.nearest?.load(newest)
    if (near !== undefined) return await accept(near, at)
    const text = await readText(options.kv)
    // Another request may have parsed the pointer meanwhile.
    const meanwhile = youngerThan(freshMilliseconds, at)
    if (meanwhile !== undefined) return meanwhile
    const stored = text === undefined ? undefined : parsePublished(text)
    if (stored !== undefined && isBelieved(stored, at)) return await accept(stored, at)
    const asked = await askLog(options)
    const revocations = asked === undefined ? hold(askAboutEach(), at) : await accept(asked, at)
    return stored === undefined ? revocations : hold({ fault: 'pointer_stale', ...revocations }, at)
  }

  async function refreshBehind(at: number): Promise<void> {
    try {
      await refresh(at)
    } catch {
      // The held revocations are used until they are too old.
    } finally {
      refreshingUntil = 0
    }
  }

  function youngerThan(milliseconds: number, at: number): HeldRevocations | undefined {
    if (held === undefined) return undefined
    const age = nowAt(at) - held.loadedAt
    return age >= 0 && age < milliseconds ? held.revocations : undefined
  }

  return {
    load(at, waitUntil) {
      const fresh = youngerThan(freshMilliseconds, at)
      if (fresh !== undefined) return fresh
      const young = waitUntil && youngerThan(mostMilliseconds, at)
      if (young === undefined || waitUntil === undefined) return refresh(at)
      const now = nowAt(at)
      if (now >= refreshingUntil || refreshingUntil > now + REVOCATION_REVALIDATE_MILLISECONDS) {
        refreshingUntil = now + REVOCATION_REVALIDATE_MILLISECONDS
        waitUntil(refreshBehind(at))
      }
      return young
    },
  }
}

/** A pointer with a time in the future has unknown age: the clock was set back (NET-14). */
function isBelieved({ published_at: publishedAt }: Published, at: number): boolean {
  const age = at - publishedAt
  return age >= -CLOCK_LEEWAY_SECONDS && age <= REVOCATION_SNAPSHOT_MAX_AGE_SECONDS
}

/** Undefined if the log publishes nothing that this release reads. */
async function askLog({ pointer }: RevocationSnapshotOptions): Promise<Published | undefined> {
  try {
    return checkPublished(await withDeadline(STORE_TIMEOUT_MILLISECONDS, pointer()))
  } catch (cause) {
    throw new Unavailable('revocations', { cause })
  }
}

/** Undefined if the key is missing or KV fails. */
async function readText(kv: RevocationSnapshotOptions['kv']): Promise<string | undefined> {
  try {
    const text = await withDeadline(STORE_TIMEOUT_MILLISECONDS, kv.get(REVOCATIONS_KEY, 'text'))
    return text ?? undefined
  } catch {
    return undefined
  }
}

/** Undefined if the text is not that of a set. */
function readRecent({ recent }: RevocationPointer) {
  try {
    return readSet(decodeBase64Url(recent))
  } catch {
    return undefined
  }
}
