/**
 * Escapes text of another party (a gateway, a platform, a file) for a terminal and for the log of a
 * CI system. The command line and the action escape all such text with it.
 */

/**
 * Control characters, line separators, and marks that reorder or hide text. A terminal would act on
 * them.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/**
 * Commands that CI runners execute. GitHub, Azure DevOps and TeamCity execute `##[…]`, `##vso[…]`
 * and `##teamcity[…]` anywhere in a line, and `::…::` at its start.
 */
const COMMAND = /##(?=\w*\[)|^(\s*):(?=:)/g

/**
 * Escapes text for one line. A line feed is escaped too, so that the text cannot start a new line.
 */
export function makePlain(text: string): string {
  return text
    .replace(UNSAFE, (character) => escapeAs(character.codePointAt(0)))
    .replace(COMMAND, (_, indent?: string) =>
      indent === undefined ? '#\\u{23}' : `${indent}\\u{3a}`,
    )
}

/** Escapes each line of a text that this program joined. Tabs are kept. */
export function makePlainLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.split('\t').map(makePlain).join('\t'))
    .join('\n')
}

/**
 * Escapes JSON text without changing its value. Each of its lines begins with a bracket or a quote.
 */
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
