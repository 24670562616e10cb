/** Matches a pattern at one index of a text. */

/**
 * The match and its groups, or an empty list. The pattern must be sticky (`y`), so that it reads no
 * text behind a failed match.
 */
export function matchAt(
  pattern: RegExp,
  text: string,
  index: number,
): readonly (string | undefined)[] {
  pattern.lastIndex = index
  return pattern.exec(text) ?? []
}
