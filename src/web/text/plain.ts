/**
 * Text of another party (a gateway, a platform, a file) made harmless for a terminal and for the log
 * of a CI system. The command line and the action write nothing of others without it.
 */

/** Controls, line separators and marks that reorder or hide text: a terminal would obey them. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/**
 * `##[…]`, `##vso[…]` and `##teamcity[…]`: runners of GitHub, Azure DevOps and TeamCity obey these
 * anywhere in a line. `::…::` is obeyed at the start of one.
 */
const COMMAND = /##(?=\w*\[)|^(\s*):(?=:)/g

/** One line: a line feed in it would let the other party begin a line of its own. */
export function makePlain(text: string): string {
  return text
    .replace(UNSAFE, (character) => escapeAs(character.codePointAt(0)))
    .replace(COMMAND, (_, indent?: string) =>
      indent === undefined ? '#\\u{23}' : `${indent}\\u{3a}`,
    )
}

/** Several lines that were joined here; a tab stays as it is. */
export function makePlainLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.split('\t').map(makePlain).join('\t'))
    .join('\n')
}

/** JSON text of the same value. Each of its lines begins with a bracket or a quote. */
export function makePlainJson(json: string): string {
  return json
    .replace(UNSAFE, (text) => (text === '\n' ? text : escapeUnits(text)))
    .replaceAll('##', '#\\u0023')
}

function escapeUnits(text: string): string {
  const units = Array.from({ length: text.length }, (_, index) => text.charCodeAt(index))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}

function escapeAs(codePoint = 0): string {
  return `\\u{${codePoint.toString(16)}}`
}
