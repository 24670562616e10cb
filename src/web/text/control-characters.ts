/**
 * Characters that compared text must not contain: control characters, line separators and lone
 * surrogates. With them, two different texts could look the same (CLM-11).
 */

export const CONTROL_CHARACTERS = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/gu

/** Names the first control character of a text by its code point, or returns undefined. */
export function nameControlCharacter(text: string): string | undefined {
  const [character] = text.match(CONTROL_CHARACTERS) ?? []
  return character === undefined ? undefined : `the control character ${codePointOf(character)}`
}

/** Whether a text contains a character that a claim must not contain. */
export function hasControlCharacter(text: string): boolean {
  return text.search(CONTROL_CHARACTERS) >= 0
}

/** Returns the code point as text, such as U+200B, so that an invisible character can be named. */
export function codePointOf(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase()
  return `U+${code.padStart(4, '0')}`
}
