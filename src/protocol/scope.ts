/** The grammar of `scope` (RFC 6749 §3.3). */

/** One scope, as a pattern. */
export const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/

/** Whether a text is one scope. */
export function isScopeToken(text: string): boolean {
  return SCOPE_TOKEN.test(text)
}

/**
 * Parses requested scopes, each once. Returns undefined unless exactly one space separates them.
 */
export function parseScopes(text: string): readonly string[] | undefined {
  const scopes = text.split(' ')
  return scopes.every(isScopeToken) ? [...new Set(scopes)] : undefined
}

/** Splits the scopes of an answer or a verified token. Extra spaces are ignored. */
export function splitScopes(text: string): readonly string[] {
  return text.split(' ').filter((scope) => scope !== '')
}
