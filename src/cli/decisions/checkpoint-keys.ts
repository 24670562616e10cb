/** The keys that verify checkpoints. */
import { parseObject, send } from '../../client/in-house.ts'
import { ExchangeError } from '../../client/index.ts'
import type { VerifyCheckpoint } from '../../core/decisions/export-line.ts'
import { decodeCheckpoint, isSignedBy } from '../../core/decisions/verify-checkpoint.ts'
import { parseStrictObject } from '../../core/evidence/strict-json.ts'
import { type PublicKey, readKeySet } from '../../core/keys/issuer-keys.ts'
import { createSignatureVerifier } from '../../web/signature.ts'
import { unreachable, usageFailure } from '../shell/failure.ts'
import { findConnectionHint } from '../shell/faults/connection-hint.ts'
import { ADMIN_TIMEOUT_MILLISECONDS, MAX_KEYS_BYTES } from '../shell/limits.ts'
import { nameInput, readInput } from '../shell/read-input.ts'

export type CheckpointVerifier = {
  readonly verify: VerifyCheckpoint
  /** Completes "line 3 …" for a checkpoint that it does not accept. */
  readonly fault: string
  /** The key ids that checkpoints name and that are not among the keys. */
  readonly missingKeys: ReadonlySet<string>
}

/** Without keys, checkpoints are decoded only, so that their heads can be compared. */
export function createCheckpointVerifier(
  keys: readonly PublicKey[] | undefined,
): CheckpointVerifier {
  const missingKeys = new Set<string>()
  const verifySignature = createSignatureVerifier()
  return {
    missingKeys,
    fault: keys === undefined ? 'is no checkpoint' : 'is no checkpoint that these keys verify',
    async verify(jwt) {
      const decoded = decodeCheckpoint(jwt)
      if (decoded === undefined) return undefined
      if (keys === undefined) return decoded
      if (await isSignedBy(decoded, keys, verifySignature)) return decoded
      const { kid } = decoded
      if (kid !== undefined && !keys.some((key) => key.kid === kid)) missingKeys.add(kid)
      return undefined
    },
  }
}

/** Reads a key set from a URL or a file. */
export async function readKeys(source: string): Promise<readonly PublicKey[]> {
  const document = /^https?:\/\//i.test(source)
    ? await fetchKeys(source)
    : parseStrictObject(await readInput(source, MAX_KEYS_BYTES))
  const read = readKeySet(document)
  if (!read.ok || read.value.keys.length === 0) {
    throw usageFailure(`${nameInput(source)} is not a key set with a usable key`)
  }
  return read.value.keys
}

async function fetchKeys(text: string): Promise<unknown> {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isLocal = ['127.0.0.1', '[::1]', 'localhost'].includes(url?.hostname ?? '')
  // Keys from plain HTTP could be those of anybody, who could then sign a changed log.
  if (url === undefined || (url.protocol !== 'https:' && !isLocal)) {
    throw usageFailure('--keys must be an https URL or a file')
  }
  try {
    const answer = await send({
      url: text,
      method: 'GET',
      timeoutMilliseconds: ADMIN_TIMEOUT_MILLISECONDS,
      maxBytes: MAX_KEYS_BYTES,
    })
    if (answer.status !== 200) throw unreachable(`${url.host} answered with ${answer.status}`)
    return parseObject(answer.text)
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error
    throw unreachable(error.description, ...findConnectionHint(error))
  }
}

/** Says which keys are missing, as hints. */
export function describeMissingKeys({ missingKeys }: CheckpointVerifier): readonly string[] {
  return [...missingKeys].map(
    (kid) =>
      `--keys has no key ${kid}: a retired key is no longer published, so use a key set that was kept from that time`,
  )
}
