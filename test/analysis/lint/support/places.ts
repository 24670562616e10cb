/**
 * Each lint check of a claim, at each place where a rule can read a claim: a rule with the finding and
 * a similar rule without it, or the reason why the place does not apply.
 */
import type { Change, PlatformName } from './documents.ts'

export const PLACES = ['when', 'condition', 'grant.subject', 'grant.claims'] as const
type Place = (typeof PLACES)[number]

type Cell = {
  readonly platform: PlatformName
  readonly caught: Change
  readonly leftAlone: Change
  /** The path of the finding, if the finding is about a missing condition. */
  readonly at?: 'when'
}

export type Cells = Readonly<Record<Place, Cell | string>>

export const says = (condition: string, change: Change = {}): Change => ({
  ...change,
  rule: { ...change.rule, condition },
})

const MATCHES_NOTHING = 'a template copies a claim into the token and does not match tokens'
export const templateless = {
  'grant.subject': MATCHES_NOTHING,
  'grant.claims': MATCHES_NOTHING,
} as const

export const cells = (
  platform: PlatformName,
  when: readonly [Change, Change],
  condition: readonly [Change, Change],
  at?: 'when',
): Cells => {
  const cell = ([caught, leftAlone]: readonly [Change, Change]): Cell => ({
    platform,
    caught,
    leftAlone,
    ...(at === undefined ? {} : { at }),
  })
  return { when: cell(when), condition: cell(condition), ...templateless }
}

export const without = (...names: readonly string[]): Change => ({
  when: Object.fromEntries(names.map((name) => [name, undefined])),
})

/** Checks of a rule that do not concern a claim. */
export const NOT_ABOUT_CLAIMS: Readonly<Record<string, string>> = {
  'LINT-15': 'the audience of an issuer',
  'LINT-20': 'keys of an issuer',
  'LINT-32': 'scopes and lifetime; a wildcard at any place counts for the lifetime',
  'LINT-35': 'the description and the end of a rule',
  'LINT-42': 'the length of the subject that a consumer gets',
  'LINT-43': 'the characters of the subject that a consumer gets',
  'LINT-45': 'the lifetime',
  'LINT-46': 'the characters of the tags that a consumer gets',
  'LINT-47': 'the scopes',
  'LINT-49': 'the claim that a budget counts by',
}
