/** Numbers with their nouns, for the messages of exports and imports. */

/** `1 revision`, `2 revisions`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
