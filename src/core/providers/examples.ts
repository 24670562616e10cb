/**
 * Realistic claims for each provider, with its signing algorithm, for the dev issuer and for the forms of
 * the console. The Worker does not import this file.
 */
import sets from './reference/claim-sets.json' with { type: 'json' }

/** Claims of a token, by name. */
export type Claims = Readonly<Record<string, unknown>>

export type ClaimSet = {
  readonly provider: string
  readonly algorithm: string
  readonly claims: Claims
}

const SETS: ReadonlyMap<string, ClaimSet> = new Map(sets.map((set) => [set.provider, set]))

/** `provider`: its id, or `gitlab`, the one short name that a trust document may have. */
export function findClaimSet(provider: string): ClaimSet | undefined {
  return SETS.get(provider === 'gitlab' ? 'gitlab-com' : provider)
}

export function listClaimSets(): readonly string[] {
  return [...SETS.keys()]
}
