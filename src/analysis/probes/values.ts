/**
 * Disguises of one claim of a rule: the claim is absent, has another type, or has a text that a
 * careless comparison would accept.
 */

import type { Condition } from '../../core/policy/compile/compiled.ts'
import { type JsonObject, readPath } from '../../web/json.ts'
import { withClaim, withoutClaim } from './probe.ts'

type Disguise = {
  readonly name: string
  readonly who: string
  /** Undefined if this disguise does not apply to the value. */
  readonly change: (value: unknown) => unknown
  readonly isSpelling: boolean
}

const shape = (name: string, who: string, change: (value: unknown) => unknown): Disguise => ({
  name: `claim-${name}`,
  who,
  change,
  isSpelling: false,
})

const spelling = (name: string, who: string, change: (text: string) => string): Disguise => ({
  name: `claim-${name}`,
  who,
  isSpelling: true,
  change: (value) => {
    const changed = typeof value === 'string' ? change(value) : undefined
    return changed === value ? undefined : changed
  },
})

const unlessSame = (wanted: unknown) => (value: unknown) => (value === wanted ? undefined : wanted)

const DISGUISES: readonly Disguise[] = [
  shape('null', 'null', () => null),
  shape('empty', 'an empty text', () => ''),
  shape('list', 'a list of the value', (value) => (Array.isArray(value) ? undefined : [value])),
  shape('number', 'a number', (value) =>
    typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : unlessSame(1)(value),
  ),
  shape('boolean', 'true or false', (value) =>
    value === 'false' ? false : unlessSame(true)(value),
  ),
  shape('object', 'an object', (value) => ({ value })),
  spelling('newline', 'the value and a line break', (text) => `${text}\n`),
  spelling('nul', 'the value and a NUL', (text) => `${text}\0`),
  spelling('upper-case', 'the value in upper case', (text) => text.toUpperCase()),
  spelling('full-width', 'the value in full-width letters', (text) =>
    text.replace(/[a-z]/, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)),
  ),
  spelling('kelvin-sign', 'the value with a Kelvin sign for its k', (text) =>
    text.replace(/k/i, '\u212a'),
  ),
]

export const VALUE_PROBE_NAMES: readonly string[] = [
  'claim-missing',
  ...DISGUISES.map(({ name }) => name),
]

export type DisguisedValue = {
  readonly name: string
  readonly who: string
  readonly identity: JsonObject
}

/** The example with one claim disguised, in every way that applies to the claim. */
export function disguise(example: JsonObject, condition: Condition): readonly DisguisedValue[] {
  const { path, test, claim } = condition
  if (test.kind === 'exists' && !test.wanted) return []
  const missing = {
    name: 'claim-missing',
    who: `a token without ${claim}`,
    identity: withoutClaim(example, path),
  }
  if (test.kind === 'exists') return [missing]
  const value = readPath(example, path)
  return [
    missing,
    ...DISGUISES.flatMap(({ name, who, change, isSpelling }) => {
      const changed = change(value)
      if (changed === undefined || isMeant(condition, changed, name)) return []
      // A negation accepts every value that it does not name. LINT-31 reports that.
      if (test.kind === 'none_of' && (isSpelling || typeof changed !== 'object')) return []
      return { name, who: `${who} as ${claim}`, identity: withClaim(example, path, changed) }
    }),
  ]
}

/** Whether the rule accepts the changed value on purpose: a listed value, or ignored case. */
function isMeant({ test, foldsCase }: Condition, changed: unknown, name: string): boolean {
  if (foldsCase && name === 'claim-upper-case') return true
  if (test.kind === 'any_of') return test.values.some((value) => value === changed)
  if (test.kind === 'range') return typeof changed === 'number'
  // A star matches any letters, so only the fixed text of a pattern can be disguised.
  return (
    test.kind === 'glob' &&
    test.pattern.prefix === '' &&
    name !== 'claim-empty' &&
    typeof changed === 'string' &&
    !/\p{Cc}/u.test(changed)
  )
}
