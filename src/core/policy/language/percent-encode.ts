/** Percent-encodes one character (RFC 3986 §2.1). */

/** `encodeURIComponent` does not encode letters, digits and `-_.!~*'()`, which are all ASCII. */
export function percentEncode(character: string): string {
  const encoded = encodeURIComponent(character)
  if (encoded !== character) return encoded
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
