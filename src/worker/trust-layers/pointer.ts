/**
 * The trust pointer: a small message that names the newest revision of the trust document and the
 * newest key epoch, with the time at which the trust store confirmed both. The age of every copy
 * counts from that time. Layers between the store and an isolate deliver it.
 */
import * as z from 'zod/mini'

const contentDigest = z.string().check(z.regex(/^sha256:[0-9a-f]{64}$/))

const pointerSchema = z.object({
  v: z.literal(1),
  /** Epoch seconds by the clock of the trust store. */
  confirmedAt: z.int().check(z.minimum(0)),
  /** 0 if there is no document. */
  revision: z.int().check(z.minimum(0)),
  /** The digest of the document: `sha256:` and hex digits. Null if there is no document. */
  document: z.nullable(contentDigest),
  /** The compiled form of the document, and the compiler that can load it. */
  form: z.optional(z.object({ digest: contentDigest, compiler: z.string() })),
  keyEpoch: z.int().check(z.minimum(0)),
  /** The running instance of the store. Epochs of two instances may have different meanings. */
  instance: z.string().check(z.regex(/^[\w-]{1,64}$/)),
  /** From a reader: what the clock of the trust store showed at least when the reader answered. */
  now: z.optional(z.int().check(z.minimum(0))),
  /** In a data centre: neither the region nor the store gave a newer pointer a moment ago. */
  unconfirmed: z.optional(z.literal(true)),
})

export type TrustPointer = Readonly<z.infer<typeof pointerSchema>>

/** Undefined if the form is unknown. A layer can run another release than this isolate. */
export function checkPointer(value: unknown): TrustPointer | undefined {
  const parsed = pointerSchema.safeParse(value)
  return parsed.success ? parsed.data : undefined
}

/** Whether a pointer names something older than what is already known. */
export function isBehind(
  pointer: Pick<TrustPointer, 'revision' | 'keyEpoch'>,
  known: Pick<TrustPointer, 'revision' | 'keyEpoch'>,
): boolean {
  return pointer.revision < known.revision || pointer.keyEpoch < known.keyEpoch
}
