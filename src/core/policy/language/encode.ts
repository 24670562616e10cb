/** How the value of a claim is encoded in a template. */
import { sha256Hex } from '../../../web/sha256.ts'

type Scalar = string | number | boolean

/** `encodeURIComponent` does not encode letters, digits and `-_.!~*'()`, which are all ASCII. */
export function percentEncode(character: string): string {
  const encoded = encodeURIComponent(character)
  if (encoded !== character) return encoded
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

/**
 * The hash of a value. A value of another type than `type` is marked: no readable text begins with
 * NUL, so the number 5 and the text "5" have different hashes.
 */
export function hashValue(value: Scalar, type: string): string {
  return sha256Hex(typeof value === type ? String(value) : `\0${typeof value}:${value}`)
}
