/** Claims that a command is given: a JSON object in a file, or the payload of a token, unverified. */

import { describeJsonLimit, readStrictObject } from '../../core/evidence/strict-json.ts'
import type { JsonObject } from '../../web/json.ts'
import { usageFailure } from '../shell/failure.ts'
import { MAX_CLAIMS_BYTES } from '../shell/limits.ts'
import { readInput, readToken } from '../shell/read-input.ts'

/** Throws a usage failure that never repeats what stands in the file. */
export async function readClaims(path: string): Promise<JsonObject> {
  return parseClaims(
    path,
    await readInput(path, MAX_CLAIMS_BYTES),
    'is not one JSON object of claims, each named once',
  )
}

function parseClaims(path: string, bytes: Uint8Array, otherwise: string): JsonObject {
  const read = readStrictObject(bytes)
  if (read.ok) return read.value
  const limit = describeJsonLimit(read.error)
  throw usageFailure(
    limit === undefined
      ? `${path} ${otherwise}`
      : `${path} ${limit}: a gateway refuses such a token`,
  )
}

/** The claims of a compact JWS. Nobody has checked its signature: good for explaining alone. */
export async function readTokenClaims(path: string): Promise<JsonObject> {
  const parts = (await readToken(path)).split('.')
  if (parts.length !== 3) throw usageFailure(`${path} holds no JWT`)
  return parseClaims(path, Buffer.from(parts[1] ?? '', 'base64url'), 'holds no JWT')
}
