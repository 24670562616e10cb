/** The people of the dev issuer: their claims, and which of them a scope gives to a client. */

import type { Claims } from '../../core/providers/examples.ts'
import { isJsonObject } from '../../web/json.ts'

/** A person who can sign in. All claims except these are in each ID token. */
export type Person = Claims & {
  readonly sub: string
  readonly name?: string
  readonly email?: string
}

export const DEFAULT_PEOPLE: readonly Person[] = [
  { sub: 'ada', name: 'Ada Lovelace', email: 'ada@example.com', groups: ['platform'] },
  { sub: 'grace', name: 'Grace Hopper', email: 'grace@example.com', groups: ['platform'] },
  { sub: 'guest', name: 'A guest', email: 'guest@example.com', groups: [] },
]

/** OpenID Connect Core §5.4. */
const CLAIMS_OF_SCOPES: Readonly<Record<string, readonly string[]>> = {
  email: ['email', 'email_verified'],
  profile: ['name', 'preferred_username'],
}
const OF_A_SCOPE = Object.values(CLAIMS_OF_SCOPES).flat()

/** The claims that the issuer sets itself. */
const RESERVED = ['iss', 'aud', 'iat', 'exp', 'nbf', 'nonce', 'auth_time']

export const SCOPES = ['openid', ...Object.keys(CLAIMS_OF_SCOPES), 'offline_access']

export function claimsFor(person: Person, scopes: readonly string[]): Claims {
  const asked = scopes.flatMap((scope) => CLAIMS_OF_SCOPES[scope] ?? [])
  const entries = Object.entries(person).filter(
    ([name]) => !OF_A_SCOPE.includes(name) || asked.includes(name),
  )
  return Object.fromEntries(entries)
}

/** Parses a list of people. Throws an `Error` with one sentence. */
export function parsePeople(value: unknown): readonly Person[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new Error('must be a list of objects with the claims of each person')
  }
  const people = value.map((claims: unknown, at) => {
    if (!isJsonObject(claims) || typeof claims.sub !== 'string' || claims.sub === '') {
      throw new Error(`must have a text "sub" in entry ${at + 1}`)
    }
    const reserved = Object.keys(claims).find((name) => RESERVED.includes(name))
    if (reserved !== undefined) throw new Error(`must not have "${reserved}": the issuer sets it`)
    // The schema of a person has only optional texts besides `sub`.
    return claims as Person
  })
  if (new Set(people.map(({ sub }) => sub)).size < people.length) {
    throw new Error('must have a different "sub" in each entry')
  }
  return people
}
