/** Reads the form of a signed JWT: the compact form with strict JSON. Nothing in it is proven yet. */
import { decodeBase64Url, isBase64Url } from '../base64.ts'
import { decodeUtf8 } from '../bytes.ts'
import { countMembers, isJsonObject, type JsonObject, scanMembers } from '../json.ts'
import { fail, ok, type Result } from '../result.ts'

export type UnprovenJwt = {
  readonly header: JsonObject
  readonly claims: JsonObject
  /** The bytes that are signed. */
  readonly signed: Uint8Array
  readonly signature: Uint8Array
}

/** What a JWT may have at most. The sizes are in characters of its compact form. */
export type JwtLimits = {
  readonly size: number
  readonly headerSize: number
  readonly jsonDepth: number
  /** Members of one part, at every depth. */
  readonly jsonMembers: number
}

const encoder = new TextEncoder()
const BYTE_ORDER_MARK = '\ufeff'

/** Returns the parts (RFC 7515 §3.1), or what is wrong with the text: the size, or the form. */
export function readCompactJwt(
  text: string,
  limits: JwtLimits,
): Result<UnprovenJwt, 'size' | 'form'> {
  if (text.length > limits.size) return fail('size')
  const [header64 = '', claims64 = '', signature64 = '', ...rest] = text.split('.', 4)
  if (rest.length > 0 || ![header64, claims64, signature64].every(isBase64Url)) return fail('form')
  if (header64.length > limits.headerSize) return fail('size')
  const header = parseStrictly(header64, limits)
  const claims = parseStrictly(claims64, limits)
  if (header === undefined || claims === undefined) return fail('form')
  const signed = encoder.encode(`${header64}.${claims64}`)
  return ok({ header, claims, signed, signature: decodeBase64Url(signature64) })
}

/** Refuses a duplicate member at any depth: `JSON.parse` silently keeps the last one (TOK-09). */
function parseStrictly(
  text64: string,
  { jsonDepth, jsonMembers }: JwtLimits,
): JsonObject | undefined {
  const bytes = decodeBase64Url(text64)
  const text = decodeUtf8(bytes)
  if (text === undefined || text.startsWith(BYTE_ORDER_MARK)) return undefined
  const { members, depth } = scanMembers(bytes)
  if (depth > jsonDepth || members > jsonMembers) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) && countMembers(value) === members ? value : undefined
  } catch {
    return undefined
  }
}
