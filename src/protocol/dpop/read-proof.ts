/** Reads the form of a proof: one compact JWT with strict JSON. Nothing in it is proven yet. */
import { decodeBase64Url, isBase64Url } from '../../web/base64.ts'
import { decodeUtf8 } from '../../web/bytes.ts'
import { countMembers, isJsonObject, type JsonObject, scanMembers } from '../../web/json.ts'
import { fail, ok, type Result } from '../../web/result.ts'
import {
  MAX_PROOF_BYTES,
  MAX_PROOF_HEADER_BYTES,
  MAX_PROOF_JSON_DEPTH,
  MAX_PROOF_JSON_MEMBERS,
} from './limits.ts'

export type UnprovenProof = {
  readonly header: JsonObject
  readonly claims: JsonObject
  /** The bytes that are signed. */
  readonly signed: Uint8Array
  readonly signature: Uint8Array
}

const encoder = new TextEncoder()
const BYTE_ORDER_MARK = '\ufeff'

/**
 * Two `DPoP` headers arrive as one text with a comma, which no JWT has (DP-01). Returns what is
 * wrong: the size, or the form.
 */
export function readProof(proof: string): Result<UnprovenProof, 'size' | 'form'> {
  if (proof.length > MAX_PROOF_BYTES) return fail('size')
  const [header64 = '', claims64 = '', signature64 = '', ...rest] = proof.split('.', 4)
  if (rest.length > 0 || ![header64, claims64, signature64].every(isBase64Url)) return fail('form')
  if (header64.length > MAX_PROOF_HEADER_BYTES) return fail('size')
  const header = parseStrictly(header64)
  const claims = parseStrictly(claims64)
  if (header === undefined || claims === undefined) return fail('form')
  const signed = encoder.encode(`${header64}.${claims64}`)
  return ok({ header, claims, signed, signature: decodeBase64Url(signature64) })
}

/** Refuses a duplicate member at any depth: `JSON.parse` silently keeps the last one (TOK-09). */
function parseStrictly(text64: string): JsonObject | undefined {
  const bytes = decodeBase64Url(text64)
  const text = decodeUtf8(bytes)
  if (text === undefined || text.startsWith(BYTE_ORDER_MARK)) return undefined
  const { members, depth } = scanMembers(bytes)
  if (depth > MAX_PROOF_JSON_DEPTH || members > MAX_PROOF_JSON_MEMBERS) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) && countMembers(value) === members ? value : undefined
  } catch {
    return undefined
  }
}
