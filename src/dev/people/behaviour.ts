/** Faults that a test may ask of the provider of people, as members of `POST /behave`. */

import { MintRefused } from '../issuer/issuer-realm.ts'

const FAULTS = {
  /** What the browser brings back to the client. */
  sign_in: ['normal', 'denied', 'wrong_state', 'wrong_iss'],
  id_token: ['normal', 'wrong_issuer', 'wrong_audience', 'wrong_nonce', 'missing'],
  /** `never`: none is issued. `refused`: the next use is an error. */
  refresh_token: ['normal', 'never', 'refused'],
} as const

type Faults = typeof FAULTS
export type PeopleBehaviour = { [Name in keyof Faults]: Faults[Name][number] }

export function normalBehaviour(): PeopleBehaviour {
  return { sign_in: 'normal', id_token: 'normal', refresh_token: 'normal' }
}

/** Separates the members about people from the others. Throws if a value is unknown. */
export function parsePeopleBehaviour(members: Readonly<Record<string, unknown>>): {
  readonly ofPeople: Partial<PeopleBehaviour>
  readonly others: Readonly<Record<string, unknown>>
} {
  const isOfPeople = ([name]: readonly [string, unknown]) => Object.hasOwn(FAULTS, name)
  const given = Object.entries(members)
  const named = given.filter(isOfPeople)
  for (const [name, value] of named) {
    const known: readonly unknown[] = FAULTS[name as keyof Faults]
    if (!known.includes(value)) throw new MintRefused(`${name} must be one of ${known.join(', ')}`)
  }
  const others = Object.fromEntries(given.filter((entry) => !isOfPeople(entry)))
  return { ofPeople: Object.fromEntries(named), others }
}
