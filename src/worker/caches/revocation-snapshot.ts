/**
 * Reads the published revocations for edge checks: a pointer in one KV key, kept for ten seconds,
 * and the segments that it lists. If the key is missing, has an unknown form or is too old, the log
 * is asked for the pointer. If that cannot be used, or a segment cannot be loaded, the log is asked
 * about each token. If the log fails too, reading throws `Unavailable`.
 */
import {
  CLOCK_LEEWAY_SECONDS,
  REVOCATION_SNAPSHOT_MAX_AGE_SECONDS,
  REVOCATION_SNAPSHOT_SECONDS,
  STORE_TIMEOUT_MILLISECONDS,
} from '../../core/limits.ts'
import { type IsRevoked, Unavailable } from '../../core/ports.ts'
import { readSet } from '../../core/tokens/revocation-set.ts'
import { REVOCATIONS_KEY, type RevocationPointer } from '../../protocol/revocations.ts'
import { decodeBase64Url } from '../../web/base64.ts'
import { withDeadline } from '../../web/deadline.ts'
import { createConfirmations } from './confirm-revocation.ts'
import { checkPublished, type Published, parsePublished } from './published-revocations.ts'
import { indexSets, indexWhole, type JudgeToken } from './revocation-index.ts'
import { createRevocationSegments, type RevocationSegmentsOptions } from './revocation-segments.ts'

export type RevocationSnapshotOptions = RevocationSegmentsOptions & {
  /** Asks the log for what it publishes; null if there are too many revocations. */
  readonly pointer: () => Promise<unknown>
  /** Asks the log about one token. */
  readonly isRevoked: IsRevoked
}

/**
 * Why this isolate asks the log. `pointer_stale`: KV shows an old pointer, and the isolate uses that
 * of the log.
 */
export type ReaderFault = 'segment_unavailable' | 'pointer_stale'

/** The revocations at one time. */
type Revocations = {
  /** Undefined if there is no snapshot, and the log is asked about each token. */
  readonly sequence: number | undefined
  readonly isRevoked: JudgeToken
  readonly fault?: ReaderFault
}

export type RevocationReader = {
  /** Throws `Unavailable` if neither KV nor the log answers. */
  readonly load: (at: number) => Promise<Revocations>
}

type Held = { readonly revocations: Revocations; readonly loadedAt: number }

export function createRevocationSnapshot(options: RevocationSnapshotOptions): RevocationReader {
  const segments = createRevocationSegments(options)
  const newConfirm = createConfirmations(options.isRevoked)
  let held: Held | undefined
  /** The highest sequence that this isolate has seen. */
  let newest = -1

  function hold(revocations: Revocations, at: number): Revocations {
    newest = Math.max(newest, revocations.sequence ?? -1)
    held = { revocations, loadedAt: at }
    return revocations
  }

  async function index(published: Published): Promise<Revocations> {
    const { sequence } = published
    if (published.v === 1) return { sequence, isRevoked: indexWhole(published) }
    const sets = await loadSets(published)
    const isRevoked = sets && indexSets(sets, published.before, newConfirm())
    // A part of the set would accept revoked tokens.
    if (isRevoked === undefined) return { ...askAboutEach(), fault: 'segment_unavailable' }
    return { sequence, isRevoked }
  }

  async function loadSets(pointer: RevocationPointer) {
    const loaded = await segments.load(pointer.segments)
    const recent = readRecent(pointer)
    return loaded && recent && [recent, ...loaded]
  }

  function askAboutEach(): Revocations {
    return { sequence: undefined, isRevoked: options.isRevoked }
  }

  async function accept(published: Published, at: number): Promise<Revocations> {
    // KV may return an older pointer than the last one. Never fall back to it.
    const isOlder = () => published.sequence < newest && held !== undefined
    if (isOlder() && held !== undefined) return hold(held.revocations, at)
    const revocations = await index(published)
    // Another request may have loaded a newer one meanwhile.
    if (isOlder() && held !== undefined) return held.revocations
    if (published.v === 2) segments.keep(published.segments)
    return hold(revocations, at)
  }

  return {
    async load(at) {
      const young = youngEnough(held, at)
      if (young !== undefined) return young
      const text = await readText(options.kv)
      // Another request may have parsed the pointer meanwhile.
      const meanwhile = youngEnough(held, at)
      if (meanwhile !== undefined) return meanwhile
      const stored = text === undefined ? undefined : parsePublished(text)
      if (stored !== undefined && isBelieved(stored, at)) return await accept(stored, at)
      const asked = await askLog(options)
      const revocations = asked === undefined ? hold(askAboutEach(), at) : await accept(asked, at)
      return stored === undefined
        ? revocations
        : hold({ fault: 'pointer_stale', ...revocations }, at)
    },
  }
}

function youngEnough(held: Held | undefined, at: number): Revocations | undefined {
  if (held === undefined) return undefined
  const age = at - held.loadedAt
  return age >= 0 && age < REVOCATION_SNAPSHOT_SECONDS ? held.revocations : undefined
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
