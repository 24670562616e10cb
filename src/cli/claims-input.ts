/** Claims that a command is given: a JSON object in a file, or the payload of a token, unverified. */
import type { JsonObject } from '../core/subject/strict-json.ts'
import { parseStrictObject } from '../core/subject/strict-json.ts'
import { usageFailure } from './failure.ts'
import { MAX_CLAIMS_BYTES } from './limits.ts'
import { readInput, readToken } from './read-input.ts'

/** Throws a usage failure that never repeats what stands in the file. */
export async function readClaims(path: string): Promise<JsonObject> {
  const claims = parseStrictObject(await readInput(path, MAX_CLAIMS_BYTES))
  if (claims === undefined) {
    throw usageFailure(`${path} is not one JSON object of claims, each named once`)
  }
  return claims
}

/** The claims of a compact JWS. Nobody has checked its signature: good for explaining alone. */
export async function readTokenClaims(path: string): Promise<JsonObject> {
  const parts = (await readToken(path)).split('.')
  const payload = parts.length === 3 ? Buffer.from(parts[1] ?? '', 'base64url') : undefined
  const claims = payload === undefined ? undefined : parseStrictObject(payload)
  if (claims === undefined) throw usageFailure(`${path} holds no JWT`)
  return claims
}
