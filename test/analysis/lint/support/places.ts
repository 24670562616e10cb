/**
 * Each check of lint that is about a claim, at each place where a rule can read one: a rule that is
 * caught there and a near twin that is left alone, or the reason why the place does not apply.
 */
import type { Change, PlatformName } from './documents.ts'

export const PLACES = ['when', 'condition', 'grant.subject', 'grant.claims'] as const
export type Place = (typeof PLACES)[number]

export type Cell = {
  readonly platform: PlatformName
  readonly caught: Change
  readonly leftAlone: Change
  /** Where the finding stands, if it is about something that the rule lacks. */
  readonly at?: 'when'
}

export type Cells = Readonly<Record<Place, Cell | string>>

export const says = (condition: string, change: Change = {}): Change => ({
  ...change,
  rule: { ...change.rule, condition },
})

const MATCHES_NOTHING = 'a template writes a claim into the token; it lets nobody in'
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

/** Checks of a rule that are about no claim. */
export const NOT_ABOUT_CLAIMS: Readonly<Record<string, string>> = {
  'LINT-15': 'the audience of an issuer',
  'LINT-20': 'keys of an issuer',
  'LINT-32': 'scopes and lifetime; a wildcard at any place counts for the lifetime',
  'LINT-35': 'the description and the end of a rule',
}
