/** Loads what an isolate does not have of the revision and of the keys that a pointer names. */
import type { TrustPointer } from '../pointer.ts'
import type { KeyDelta, KnownSnapshot, SnapshotDelta } from '../trust-messages.ts'
import type { ContentSource } from './load-content.ts'

/** Whether an isolate has nothing yet. */
export function isFirst({ revision }: KnownSnapshot): boolean {
  return revision < 0
}

/** Undefined if the content that the pointer names cannot be loaded. */
export async function followPointer(
  contents: ContentSource,
  pointer: TrustPointer,
  known: KnownSnapshot,
): Promise<SnapshotDelta | undefined> {
  const [loaded, keys] = await Promise.all([
    loadDocument(contents, pointer, known),
    loadKeys(contents, pointer, known),
  ])
  if (loaded === undefined || keys === undefined) return undefined
  const { revision, document } = pointer
  const named = { revision, ...(document === null ? {} : { document }) }
  return { ...named, ...loaded, ...keys }
}

/** Returns the compiled form if the isolate can load it, or else the document. */
async function loadDocument(
  contents: ContentSource,
  { revision, document, form }: TrustPointer,
  known: KnownSnapshot,
): Promise<Pick<SnapshotDelta, 'bytes' | 'form'> | undefined> {
  const isKnown = revision === known.revision && document === known.document
  if (isKnown || document === null) return {}
  if (form !== undefined && form.compiler === known.compiler) {
    const { digest } = form
    const bytes = await contents.load(digest, isFirst(known))
    if (bytes !== undefined) return { form: { bytes, digest, document } }
  }
  const bytes = await contents.load(document, isFirst(known))
  return bytes && { bytes }
}

async function loadKeys(
  contents: ContentSource,
  { keyEpoch: latest, instance }: TrustPointer,
  known: KnownSnapshot,
): Promise<KeyDelta | undefined> {
  // Epochs of another instance of the store may have another meaning.
  const from = known.instance === instance ? (known.keyEpoch ?? -1) : -1
  if (from === latest) return { keyEpoch: latest, instance, issuers: [], removed: [] }
  return contents.keys({ known: from, latest, instance }, from === -1)
}
