/**
 * Case-insensitive comparison, for the few claims whose platform ignores case. Only ASCII letters
 * are folded. `toLowerCase` would also turn the Kelvin sign into a k, so that an attacker could
 * register a name that equals the owner's (RULE-09).
 */

const UPPER = /[A-Z]/g

export function foldCase(text: string): string {
  return text.replace(UPPER, (letter) => letter.toLowerCase())
}
