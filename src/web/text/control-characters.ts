/**
 * Characters that no compared text may contain: controls, line separators, lone surrogates. With
 * them two different texts could look or be read the same (CLM-11).
 */

export const CONTROL_CHARACTERS = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/gu

/** The first control character of a text on one line, by its code point. */
export function nameControlCharacter(text: string): string | undefined {
  const [character] = text.match(CONTROL_CHARACTERS) ?? []
  return character === undefined ? undefined : `the control character ${codePointOf(character)}`
}

/** Whether a text has a character that no readable claim can have. */
export function hasControlCharacter(text: string): boolean {
  return text.search(CONTROL_CHARACTERS) >= 0
}

/** Such as U+200B: an invisible character is named, never shown. */
export function codePointOf(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase()
  return `U+${code.padStart(4, '0')}`
}
