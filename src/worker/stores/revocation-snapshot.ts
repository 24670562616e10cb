/**
 * The revocations as edge checks see them: one KV key, parsed, kept for ten seconds. Without the
 * key, or in a form we do not know, the log itself is asked; when that fails too, nobody can say
 * who is revoked, and the answer is `Unavailable`.
 */
import * as z from 'zod'
import { REVOCATION_SNAPSHOT_SECONDS, STORE_TIMEOUT_MILLISECONDS } from '../../core/limits.ts'
import { Unavailable } from '../../core/ports.ts'
import { type PublishedRevocations, REVOCATIONS_KEY } from '../../protocol/revocations.ts'
import { withDeadline } from './deadline.ts'

export type RevocationSnapshotOptions = {
  readonly kv: Pick<KVNamespace, 'get'>
  /** Asks the log for what it would publish. */
  readonly published: () => Promise<PublishedRevocations>
}

/** The revocations as of a moment. */
export type Revocations = {
  readonly sequence: number
  readonly isRevoked: (jti: string) => boolean
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

export function createRevocationSnapshot(options: RevocationSnapshotOptions): RevocationReader {
  let held: { readonly revocations: Revocations; readonly loadedAt: number } | undefined
  return {
    async load(at) {
      const age = held === undefined ? Number.POSITIVE_INFINITY : at - held.loadedAt
      if (held !== undefined && age >= 0 && age < REVOCATION_SNAPSHOT_SECONDS) {
        return held.revocations
      }
      const read = await readRevocations(options)
      // KV may answer with an older copy than we have seen: nobody is revoked a little.
      const isOlder = held !== undefined && read.sequence < held.revocations.sequence
      const revocations = isOlder && held !== undefined ? held.revocations : read
      held = { revocations, loadedAt: at }
      return revocations
    },
  }
}

async function readRevocations(options: RevocationSnapshotOptions): Promise<Revocations> {
  const stored = await readStored(options.kv)
  if (stored !== undefined) return index(stored)
  try {
    return index(await withDeadline(STORE_TIMEOUT_MILLISECONDS, options.published()))
  } catch (cause) {
    throw new Unavailable('revocations', { cause })
  }
}

/** Undefined when the key is missing, unknown to us, or KV is down: the log is asked then. */
async function readStored(
  kv: RevocationSnapshotOptions['kv'],
): Promise<PublishedRevocations | undefined> {
  try {
    const text = await withDeadline(STORE_TIMEOUT_MILLISECONDS, kv.get(REVOCATIONS_KEY, 'text'))
    return text === null ? undefined : parsePublished(text)
  } catch {
    return undefined
  }
}

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
