/** Which scopes a request wants of a grant, and whether the grant has them. */
import type { Grant } from '../compile/compiled.ts'
import type { DecisionRequest } from './decision-request.ts'

/**
 * Returns the scopes that a grant would have to give for this request: those requested, or all of
 * the grant that the assertion allows. They may be none.
 */
export function wantedScopes(
  { scopes }: Pick<Grant, 'scopes'>,
  request: DecisionRequest,
): readonly string[] {
  const { scopesWithin: within } = request
  if (request.scopes !== undefined) return request.scopes
  return within === undefined ? scopes : scopes.filter((scope) => within.includes(scope))
}

/** Whether a grant gives all scopes that this request needs, and at least one. */
export function coversScopes(grant: Pick<Grant, 'scopes'>, request: DecisionRequest): boolean {
  const wanted = wantedScopes(grant, request)
  return wanted.length > 0 && wanted.every((scope) => grant.scopes.includes(scope))
}
