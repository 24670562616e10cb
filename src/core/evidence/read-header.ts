/**
 * Reads the JOSE header of a token. An issuer writes the same header for every token of one key, so
 * the headers that were read last are remembered by their text. A header proves nothing, and what its
 * text means never changes, so it does not matter who sent it first.
 */
import { decodeBase64Url } from '../../web/base64.ts'
import type { JsonObject } from '../../web/json.ts'
import type { Result } from '../../web/result.ts'
import { MAX_REMEMBERED_HEADERS, REMEMBERED_HEADER_CHARACTERS } from '../limits.ts'
import { type JsonFault, readStrictObject } from './strict-json.ts'

type ReadHeader = Result<JsonObject, JsonFault>

const remembered = new Map<string, ReadHeader>()

/** The text has only digits of base64url, and its end is canonical. */
export function readHeader(text: string): ReadHeader {
  const known = remembered.get(text)
  if (known !== undefined) return known
  const read = readStrictObject(decodeBase64Url(text))
  if (read.ok && text.length <= REMEMBERED_HEADER_CHARACTERS) {
    if (remembered.size >= MAX_REMEMBERED_HEADERS) remembered.clear()
    remembered.set(text, read)
  }
  return read
}
