/** Reads claims from a file: a JSON object, or the payload of a token. A token is not verified. */

import { describeJsonLimit, readStrictObject } from '../../core/evidence/strict-json.ts'
import type { JsonObject } from '../../web/json.ts'
import { usageFailure } from '../shell/failure.ts'
import { MAX_CLAIMS_BYTES } from '../shell/limits.ts'
import { nameInput, readInput, readToken } from '../shell/read-input.ts'

/** Reads a JSON object of claims. Throws a usage failure that does not quote the file. */
export async function readClaims(path: string): Promise<JsonObject> {
  if (path.trimStart().startsWith('{')) {
    throw usageFailure(
      'claims are read from a file: write them into one, or send them to stdin as `-`',
    )
  }
  return parseClaims(
    path,
    await readInput(path, MAX_CLAIMS_BYTES),
    'is not a JSON object of claims without duplicate names',
  )
}

function parseClaims(path: string, bytes: Uint8Array, otherwise: string): JsonObject {
  const read = readStrictObject(bytes)
  if (read.ok) return read.value
  const limit = describeJsonLimit(read.error)
  throw usageFailure(
    limit === undefined
      ? `${nameInput(path)} ${otherwise}`
      : `${nameInput(path)} ${limit}: a gateway refuses such a token`,
  )
}

/**
 * Reads the claims of a compact JWS without checking its signature. Use them only to explain a
 * decision.
 */
export async function readTokenClaims(path: string): Promise<JsonObject> {
  const parts = (await readToken(path)).split('.')
  if (parts.length !== 3) throw usageFailure(`${nameInput(path)} contains no JWT`)
  return parseClaims(path, Buffer.from(parts[1] ?? '', 'base64url'), 'contains no JWT')
}
