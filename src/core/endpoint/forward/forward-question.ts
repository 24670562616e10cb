/**
 * Parses the question of a forward auth request: one resource, and the scopes that the caller must
 * have. At the exact path, the proxy writes the query. Below that path, the client controls path
 * and query, so the proxy asks in two headers. A request that contains both forms is refused,
 * because the client may have written one of them.
 */

import { REQUIRE_RESOURCE, REQUIRE_SCOPE } from '../../../protocol/forward-auth.ts'
import { FORM_CONTENT_TYPE } from '../../../protocol/oauth.ts'
import { PATHS } from '../../../protocol/paths.ts'
import { parseScopes } from '../../../protocol/scope.ts'
import { MAX_PARAMETER_CHARACTERS, MAX_REQUESTED_SCOPES } from '../../limits.ts'
import { type Form, parseForm, single } from '../form.ts'

export type ForwardQuestion = {
  readonly resource: string
  /** All of these are required. If empty, any token for the resource is enough. */
  readonly scopes: readonly string[]
}

export type ForwardRequest = {
  /** The path below the issuer, as it was sent. */
  readonly path: string
  /** The query without its question mark. */
  readonly query: string
  readonly header: (name: string) => string | undefined
}

/** Returns the question, or undefined if the proxy's configuration does not form a valid one. */
export function parseForwardQuestion(request: ForwardRequest): ForwardQuestion | undefined {
  const resource = request.header(REQUIRE_RESOURCE)
  const scope = request.header(REQUIRE_SCOPE)
  if (request.path !== PATHS.verify) return makeQuestion(resource, scope)
  // Dot segments in a client's path can resolve to the exact path, with a query that the client
  // wrote.
  if (resource !== undefined || scope !== undefined) return undefined
  return parseQuery(request.query)
}

/**
 * Refuses unknown parameter names. Otherwise `scopes=admin` would mean that no scope is required.
 */
function parseQuery(query: string): ForwardQuestion | undefined {
  const form = parseForm({ contentType: FORM_CONTENT_TYPE, text: query, isTooLarge: false })
  if (!form.ok) return undefined
  for (const name of form.value.keys()) {
    if (name !== 'resource' && name !== 'scope') return undefined
  }
  // An empty value is kept and refused below. It usually is a variable that was not filled in.
  return isUnrepeated(form.value)
    ? makeQuestion(form.value.get('resource')?.[0], form.value.get('scope')?.[0])
    : undefined
}

function isUnrepeated(form: Form): boolean {
  return single(form, 'resource').ok && single(form, 'scope').ok
}

const RESOURCE = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s#]+$/

function makeQuestion(resource: string | undefined, scope: string | undefined) {
  if (resource === undefined || resource.length > MAX_PARAMETER_CHARACTERS) return undefined
  if (!RESOURCE.test(resource)) return undefined
  if (scope === undefined) return { resource, scopes: [] }
  const scopes = parseScopes(scope)
  return scopes === undefined || scopes.length > MAX_REQUESTED_SCOPES
    ? undefined
    : { resource, scopes }
}
