/**
 * Comparison without case, for the few claims whose platform does not tell cases apart. Only ASCII
 * letters fold: `toLowerCase` would turn the Kelvin sign into a k, and a name that nobody but an
 * attacker can register into the owner's (RULE-09).
 */

const UPPER = /[A-Z]/g

export function foldCase(text: string): string {
  return text.replace(UPPER, (letter) => letter.toLowerCase())
}
