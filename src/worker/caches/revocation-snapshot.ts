/**
 * The revocations as edge checks see them: one KV key, parsed, kept for ten seconds. When the key
 * is missing, has an unknown form or is older than its bound, the log is asked for all revocations.
 * When these are too many for one answer, or one has a grain that this release does not know, the
 * log is asked about each token. When the log fails too, the answer is `Unavailable`.
 */
import * as z from 'zod/mini'
import {
  CLOCK_LEEWAY_SECONDS,
  REVOCATION_SNAPSHOT_MAX_AGE_SECONDS,
  REVOCATION_SNAPSHOT_SECONDS,
  STORE_TIMEOUT_MILLISECONDS,
} from '../../core/limits.ts'
import { type IsRevoked, Unavailable } from '../../core/ports.ts'
import {
  COARSE_GRAINS,
  type CoarseGrain,
  coarseNamesOf,
  type PublishedRevocations,
  REVOCATIONS_KEY,
  type RevocableToken,
} from '../../protocol/revocations.ts'
import { withDeadline } from '../../web/deadline.ts'

export type RevocationSnapshotOptions = {
  readonly kv: Pick<KVNamespace, 'get'>
  /** Asks the log for what it would publish; null when that is too much for one answer. */
  readonly published: () => Promise<PublishedRevocations | null>
  /** Asks the log about one token. */
  readonly isRevoked: IsRevoked
}

/** The revocations as of a moment. */
type Revocations = {
  /** Undefined: there is no copy, and the log is asked about each token. */
  readonly sequence: number | undefined
  readonly isRevoked: (token: RevocableToken) => boolean | Promise<boolean>
}

export type RevocationReader = {
  /** Throws `Unavailable` when neither KV nor the log can say. */
  readonly load: (at: number) => Promise<Revocations>
}

const publishedSchema = z.object({
  v: z.literal(1),
  sequence: z.int().check(z.minimum(0)),
  published_at: z.number(),
  tokens: z.record(z.string(), z.number()),
  // A snapshot with a grain of a newer release is not read: to ignore that grain would accept a
  // token that was revoked.
  before: z.array(
    z.object({
      grain: z.enum(COARSE_GRAINS),
      id: z.string(),
      before: z.number(),
      expires_at: z.number(),
    }),
  ),
})

type Held = { readonly revocations: Revocations; readonly loadedAt: number }

export function createRevocationSnapshot(options: RevocationSnapshotOptions): RevocationReader {
  let held: Held | undefined
  /** The highest sequence that this isolate has seen. */
  let newest = -1

  function hold(read: Revocations, at: number): Revocations {
    // KV may answer with an older copy than we have seen: never fall back to it.
    const isOlder = read.sequence !== undefined && read.sequence < newest
    const revocations = isOlder && held !== undefined ? held.revocations : read
    newest = Math.max(newest, read.sequence ?? -1)
    held = { revocations, loadedAt: at }
    return revocations
  }

  return {
    async load(at) {
      const young = youngEnough(held, at)
      if (young !== undefined) return young
      const text = await readText(options.kv)
      // Parsing a large snapshot takes its time: of many requests that read it, one parses.
      const meanwhile = youngEnough(held, at)
      if (meanwhile !== undefined) return meanwhile
      const stored = text === undefined ? undefined : parsePublished(text)
      if (stored !== undefined && isBelieved(stored, at)) return hold(index(stored), at)
      return hold(await askLog(options), at)
    },
  }
}

function youngEnough(held: Held | undefined, at: number): Revocations | undefined {
  if (held === undefined) return undefined
  const age = at - held.loadedAt
  return age >= 0 && age < REVOCATION_SNAPSHOT_SECONDS ? held.revocations : undefined
}

/** The age of a snapshot with a time in the future is unknown: the clock was set back (NET-14). */
function isBelieved({ published_at: publishedAt }: PublishedRevocations, at: number): boolean {
  const age = at - publishedAt
  return age >= -CLOCK_LEEWAY_SECONDS && age <= REVOCATION_SNAPSHOT_MAX_AGE_SECONDS
}

async function askLog({ published, isRevoked }: RevocationSnapshotOptions): Promise<Revocations> {
  try {
    const all = await withDeadline(STORE_TIMEOUT_MILLISECONDS, published())
    // The log may run a newer release than this isolate.
    const isJudged = all !== null && all.v === 1 && all.before.every(({ grain }) => isKnown(grain))
    return isJudged ? index(all) : Object.freeze({ sequence: undefined, isRevoked })
  } catch (cause) {
    throw new Unavailable('revocations', { cause })
  }
}

/** Undefined when the key is missing or KV is down. */
async function readText(kv: RevocationSnapshotOptions['kv']): Promise<string | undefined> {
  try {
    const text = await withDeadline(STORE_TIMEOUT_MILLISECONDS, kv.get(REVOCATIONS_KEY, 'text'))
    return text ?? undefined
  } catch {
    return undefined
  }
}

/** Undefined for a form that is unknown to us. */
function parsePublished(text: string): PublishedRevocations | undefined {
  try {
    const parsed = publishedSchema.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}

function isKnown(grain: string): boolean {
  return COARSE_GRAINS.some((known) => known === grain)
}

function index({ sequence, tokens, before }: PublishedRevocations): Revocations {
  const revoked = new Set(Object.keys(tokens))
  const bounds = new Map<string, number>()
  for (const { grain, id, before: bound } of before) {
    const name = nameOf(grain, id)
    bounds.set(name, Math.max(bounds.get(name) ?? 0, bound))
  }
  const isIssuedBefore = (token: RevocableToken) =>
    coarseNamesOf(token).some(([grain, id]) => token.iat < (bounds.get(nameOf(grain, id)) ?? 0))
  return Object.freeze({
    sequence,
    isRevoked: (token: RevocableToken) =>
      revoked.has(token.jti) || (bounds.size > 0 && isIssuedBefore(token)),
  })
}

/** One text for both: no grain has a space in it. */
function nameOf(grain: CoarseGrain, id: string): string {
  return `${grain} ${id}`
}
