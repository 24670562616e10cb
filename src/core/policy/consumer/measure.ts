/** The lengths and the literal parts of texts in a grant. */

/** Counts code points, so that a letter outside the basic plane is one character. */
export function countCharacters(text: string): number {
  let count = 0
  for (const _ of text) count += 1
  return count
}

const PLACEHOLDER = /\{[^{}]*\}/

/** The texts of a template between its placeholders. There is one more than there are placeholders. */
export function literalsOf(template: string): readonly string[] {
  return template.split(PLACEHOLDER)
}
