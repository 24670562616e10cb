/** The scopes of a request to the provider of people. */
import { splitScopes } from '../../protocol/scope.ts'
import { SCOPES } from './person.ts'

/** Returns undefined if `openid` is missing or a scope is unknown. */
export function readScopes(text: string | undefined): readonly string[] | undefined {
  const scopes = splitScopes(text ?? '')
  return scopes.includes('openid') && scopes.every((scope) => SCOPES.includes(scope))
    ? scopes
    : undefined
}
