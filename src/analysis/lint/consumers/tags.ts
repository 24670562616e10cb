/** Checks of session tags that a consumer can refuse for their characters. */
import type { Found, LintedRule } from '../check.ts'
import { pinnedValues, presetOf } from './preset-of.ts'

/** LINT-46: a claim that can bring a character that is not allowed in tags. */
export function findTagCharacters(linted: LintedRule): readonly Found[] {
  const limits = presetOf(linted)?.sessionTags
  if (limits === undefined) return []
  return linted.view.uses.flatMap(({ path, place, template }) => {
    if (place[2] !== limits.claim || place[3] !== 'principal_tags') return []
    const part = template.parts.find((one) => one.kind === 'claim' && one.path === path)
    if (part?.kind !== 'claim' || part.hashed) return []
    if (pinnedValues(linted, path)?.every((value) => limits.alphabet.test(value)) === true)
      return []
    return [
      {
        severity: 'info' as const,
        path: place,
        message: `${part.claim} can have a character that is not allowed in tags, and the exchange is then refused`,
        fix: `Pin ${part.claim} under when, or use {${part.claim}|sha256}.`,
      },
    ]
  })
}
