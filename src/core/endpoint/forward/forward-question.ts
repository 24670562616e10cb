/**
 * Parses the question of a forward auth request: one resource, the scopes that the caller must have,
 * and how the proxy describes the client's request for a proof of possession. At the exact path, the
 * proxy writes the query. Below that path, the client controls path and query, so the proxy asks in
 * two headers. A request that contains both forms is refused, because the client may have written
 * one of them.
 */

import {
  REQUIRE_ORIGIN,
  REQUIRE_PROOF,
  REQUIRE_RESOURCE,
  REQUIRE_SCOPE,
} from '../../../protocol/forward-auth.ts'
import { FORM_CONTENT_TYPE } from '../../../protocol/oauth.ts'
import { PATHS } from '../../../protocol/paths.ts'
import { parseScopes } from '../../../protocol/scope.ts'
import { MAX_PARAMETER_CHARACTERS, MAX_REQUESTED_SCOPES } from '../../limits.ts'
import { type Form, parseForm, single } from '../form.ts'

export type ForwardQuestion = {
  readonly resource: string
  /** All of these are required. If empty, any token for the resource is enough. */
  readonly scopes: readonly string[]
  /** Absent: tokens that are bound to a key are refused, because their proof cannot be checked. */
  readonly proof?: ProofQuestion
}

type ProofQuestion = {
  /**
   * The headers in which the proxy sends method and URL of the client's request. Others are not read,
   * because the client may have written them.
   */
  readonly source: 'forwarded' | 'original'
  /** Absent: the origin of the resource. */
  readonly origin?: string
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
  const [resource, scope, proof, origin] = HEADERS.map(request.header)
  if (request.path !== PATHS.verify) return makeQuestion({ resource, scope, proof, origin })
  // Dot segments in a client's path can resolve to the exact path, with a query that the client
  // wrote.
  if ([resource, scope, proof, origin].some((value) => value !== undefined)) return undefined
  return parseQuery(request.query)
}

const HEADERS = [REQUIRE_RESOURCE, REQUIRE_SCOPE, REQUIRE_PROOF, REQUIRE_ORIGIN]
const PARAMETERS = ['resource', 'scope', 'proof', 'origin'] as const

/**
 * Refuses unknown parameter names. Otherwise `scopes=admin` would mean that no scope is required.
 */
function parseQuery(query: string): ForwardQuestion | undefined {
  const form = parseForm({ contentType: FORM_CONTENT_TYPE, text: query, isTooLarge: false })
  if (!form.ok) return undefined
  for (const name of form.value.keys()) {
    if (!PARAMETERS.some((known) => known === name)) return undefined
  }
  // An empty value is kept and refused below. It usually is a variable that was not filled in.
  const [resource, scope, proof, origin] = PARAMETERS.map((name) => form.value.get(name)?.[0])
  return isUnrepeated(form.value) ? makeQuestion({ resource, scope, proof, origin }) : undefined
}

function isUnrepeated(form: Form): boolean {
  return PARAMETERS.every((name) => single(form, name).ok)
}

const RESOURCE = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s#]+$/

type Texts = Readonly<Record<(typeof PARAMETERS)[number], string | undefined>>

function makeQuestion({ resource, scope, proof, origin }: Texts): ForwardQuestion | undefined {
  if (resource === undefined || resource.length > MAX_PARAMETER_CHARACTERS) return undefined
  if (!RESOURCE.test(resource)) return undefined
  const scopes = scope === undefined ? [] : parseScopes(scope)
  if (scopes === undefined || scopes.length > MAX_REQUESTED_SCOPES) return undefined
  if (proof === undefined && origin === undefined) return { resource, scopes }
  // An origin without `proof` would have no effect, so it is a mistake.
  if (proof !== 'forwarded' && proof !== 'original') return undefined
  if (origin === undefined) return { resource, scopes, proof: { source: proof } }
  return isOrigin(origin) ? { resource, scopes, proof: { source: proof, origin } } : undefined
}

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text
}
