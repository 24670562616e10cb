/** Splits text of other parties into what can be shown as it is and characters that hide or reorder. */

export type Piece = {
  readonly text: string
  /** The text is the name of a character, such as `U+202E`. */
  readonly isEscaped: boolean
}

/** Control characters, line separators, lone surrogates, and marks that reorder or hide text. */
const UNSAFE = /([\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}])/u

export function splitUnsafe(text: string): readonly Piece[] {
  return text.split(UNSAFE).flatMap((part, index) => {
    if (part === '') return []
    const isEscaped = index % 2 === 1
    return [{ text: isEscaped ? nameOf(part) : part, isEscaped }]
  })
}

/** The text with the names of such characters, for places that have only text, such as a title. */
export function makeVisible(text: string): string {
  return splitUnsafe(text)
    .map((piece) => (piece.isEscaped ? `⟨${piece.text}⟩` : piece.text))
    .join('')
}

function nameOf(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase()
  return `U+${code.padStart(4, '0')}`
}
