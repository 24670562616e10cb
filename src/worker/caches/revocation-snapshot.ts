/**
 * The revocations as edge checks see them: one KV key, parsed, kept for ten seconds. Without the
 * key, in a form we do not know, or older than its bound, the log itself is asked: for all of them,
 * or where those are too many for each token. When that fails too, nobody can say who is revoked,
 * and the answer is `Unavailable`.
 */
import * as z from 'zod'
import {
  CLOCK_LEEWAY_SECONDS,
  REVOCATION_SNAPSHOT_MAX_AGE_SECONDS,
  REVOCATION_SNAPSHOT_SECONDS,
  STORE_TIMEOUT_MILLISECONDS,
} from '../../core/limits.ts'
import { type IsRevoked, Unavailable } from '../../core/ports.ts'
import { type PublishedRevocations, REVOCATIONS_KEY } from '../../protocol/revocations.ts'
import { withDeadline } from './deadline.ts'

export type RevocationSnapshotOptions = {
  readonly kv: Pick<KVNamespace, 'get'>
  /** Asks the log for what it would publish; null when that is too much for one answer. */
  readonly published: () => Promise<PublishedRevocations | null>
  /** Asks the log about one token. */
  readonly isRevoked: IsRevoked
}

/** The revocations as of a moment. */
export type Revocations = {
  /** Undefined: there is no copy, and the log is asked about each token. */
  readonly sequence: number | undefined
  readonly isRevoked: (jti: string) => boolean | Promise<boolean>
}

export type RevocationReader = {
  /** Throws `Unavailable` when neither KV nor the log can say. */
  readonly load: (at: number) => Promise<Revocations>
}

const publishedSchema = z.object({
  v: z.literal(1),
  sequence: z.number().int().min(0),
  published_at: z.number(),
  tokens: z.record(z.string(), z.number()),
  // A coarser grain than we can judge must not be overlooked: such a snapshot is not ours to read.
  before: z.tuple([]),
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

/** A publication from beyond the clock has an unknown age (NET-14). */
function isBelieved({ published_at: publishedAt }: PublishedRevocations, at: number): boolean {
  const age = at - publishedAt
  return age >= -CLOCK_LEEWAY_SECONDS && age <= REVOCATION_SNAPSHOT_MAX_AGE_SECONDS
}

async function askLog({ published, isRevoked }: RevocationSnapshotOptions): Promise<Revocations> {
  try {
    const all = await withDeadline(STORE_TIMEOUT_MILLISECONDS, published())
    return all === null ? Object.freeze({ sequence: undefined, isRevoked }) : index(all)
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

function index({ sequence, tokens }: PublishedRevocations): Revocations {
  const revoked = new Set(Object.keys(tokens))
  return Object.freeze({ sequence, isRevoked: (jti: string) => revoked.has(jti) })
}
