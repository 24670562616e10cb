/** The grammar of `scope` (RFC 6749 §3.3). */

/** One scope, as a pattern. */
export const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/

/** One scope. */
export function isScopeToken(text: string): boolean {
  return SCOPE_TOKEN.test(text)
}

/** The scopes that are asked for, each once. Undefined unless one space stands between two. */
export function parseScopes(text: string): readonly string[] | undefined {
  const scopes = text.split(' ')
  return scopes.every(isScopeToken) ? [...new Set(scopes)] : undefined
}

/** The scopes of an answer or of a token that was verified: spaces too many say nothing. */
export function splitScopes(text: string): readonly string[] {
  return text.split(' ').filter((scope) => scope !== '')
}
