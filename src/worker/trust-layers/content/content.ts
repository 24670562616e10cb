/**
 * Immutable content that a digest names: where KV keeps it, and the check of what arrives. Content
 * is used only if it has its digest, so a planted or damaged copy is never used.
 */
import { toHex } from '../../../web/bytes.ts'

const KV_PREFIX = 'trust/'

/** The KV key of content. `digest` is `sha256:` and hex digits. */
export function contentKeyOf(digest: string): string {
  return `${KV_PREFIX}${digest.slice('sha256:'.length)}`
}

/** Returns `sha256:` and the hex digest of the bytes. */
export async function digestOf(bytes: Uint8Array): Promise<string> {
  // The bytes are from an answer or from a store, and never in shared memory.
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)
  return `sha256:${toHex(new Uint8Array(digest))}`
}

export async function hasDigest(bytes: Uint8Array, digest: string): Promise<boolean> {
  return (await digestOf(bytes)) === digest
}
