/**
 * Reads the revocation snapshot for edge checks: one KV key, parsed and kept for ten seconds. If
 * the key is missing, has an unknown form or is too old, the log is asked for all revocations. If
 * these do not fit into one answer, or if one has a grain that this release does not know, the log
 * is asked about each token. If the log fails too, reading throws `Unavailable`.
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
  /** Asks the log for the snapshot; null if it does not fit into one answer. */
  readonly published: () => Promise<PublishedRevocations | null>
  /** Asks the log about one token. */
  readonly isRevoked: IsRevoked
}

/** The revocations at one time. */
type Revocations = {
  /** Undefined if there is no snapshot, and the log is asked about each token. */
  readonly sequence: number | undefined
  readonly isRevoked: (token: RevocableToken) => boolean | Promise<boolean>
}

export type RevocationReader = {
  /** Throws `Unavailable` if neither KV nor the log answers. */
  readonly load: (at: number) => Promise<Revocations>
}

const publishedSchema = z.object({
  v: z.literal(1),
  sequence: z.int().check(z.minimum(0)),
  published_at: z.number(),
  tokens: z.record(z.string(), z.number()),
  // Refuses a snapshot with a grain of a newer release. Ignoring the grain could accept a revoked
  // token.
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
    // KV may return an older snapshot than the last one. Never fall back to it.
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
      // Another request may have parsed the snapshot meanwhile. Parsing a large snapshot takes
      // time.
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

/** A snapshot with a time in the future has unknown age: the clock was set back (NET-14). */
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

/** Undefined if the key is missing or KV fails. */
async function readText(kv: RevocationSnapshotOptions['kv']): Promise<string | undefined> {
  try {
    const text = await withDeadline(STORE_TIMEOUT_MILLISECONDS, kv.get(REVOCATIONS_KEY, 'text'))
    return text ?? undefined
  } catch {
    return undefined
  }
}

/** Undefined if the form is unknown. */
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

/** Joins grain and id into one key. No grain contains a space, so the key is unique. */
function nameOf(grain: CoarseGrain, id: string): string {
  return `${grain} ${id}`
}
