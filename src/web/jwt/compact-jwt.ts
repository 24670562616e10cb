/** Reads the form of a signed JWT: the compact form with strict JSON. Nothing in it is proven yet. */
import { decodeBase64Url, isBase64Url } from '../base64.ts'
import type { JsonObject } from '../json.ts'
import { fail, ok, type Result } from '../result.ts'
import { type JsonLimits, readStrictObject } from './strict-object.ts'

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
  /** Of the header, and of the claims. */
  readonly json: JsonLimits
}

const encoder = new TextEncoder()

/** Returns the parts (RFC 7515 §3.1), or what is wrong with the text: the size, or the form. */
export function readCompactJwt(
  text: string,
  { size, headerSize, json }: JwtLimits,
): Result<UnprovenJwt, 'size' | 'form'> {
  if (text.length > size) return fail('size')
  const [header64 = '', claims64 = '', signature64 = '', ...rest] = text.split('.', 4)
  if (rest.length > 0 || ![header64, claims64, signature64].every(isBase64Url)) return fail('form')
  if (header64.length > headerSize) return fail('size')
  const header = readStrictObject(decodeBase64Url(header64), json)
  const claims = readStrictObject(decodeBase64Url(claims64), json)
  if (!header.ok || !claims.ok) return fail('form')
  const signed = encoder.encode(`${header64}.${claims64}`)
  const signature = decodeBase64Url(signature64)
  return ok({ header: header.value, claims: claims.value, signed, signature })
}
