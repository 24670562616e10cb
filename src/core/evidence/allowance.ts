/**
 * Reads what an ID-JAG or a Txn-Token allows a request to ask for, from claims that only these tokens
 * have. An ID-JAG is an identity assertion authorization grant, by which the identity provider of an
 * enterprise lets one client use one server for a user. Both are drafts
 * (draft-ietf-oauth-identity-assertion-authz-grant and draft-ietf-oauth-transaction-tokens).
 */
import { isAbsoluteUri } from '../../protocol/resource-uri.ts'
import { parseScopes } from '../../protocol/scope.ts'
import type { JsonObject } from '../../web/json.ts'
import { ok, type Result } from '../../web/result.ts'
import { type Denial, deny } from '../denial.ts'
import { type Allowance, isReadableText } from './identity.ts'

/** CH-08: `client_id` and `jti` are required. `verify` has checked the other required claims. */
export function readIdJag(claims: JsonObject): Result<Allowance, Denial> {
  const fault = findTextFault(claims, 'client_id', 'jti')
  if (fault !== undefined) return fault
  // It narrows the rights, and this gateway does not read it. Without it, the token would allow more.
  if (claims.authorization_details !== undefined) return invalid('authorization_details', 'absent')
  const resources = readResources(claims.resource)
  if (resources === 'invalid') return invalid('resource', 'resource_uri')
  const scopes = readScopes(claims.scope)
  if (scopes === 'invalid') return invalid('scope', 'scope')
  return ok({ clientId: String(claims.client_id), resources, scopes })
}

/**
 * Reads a Txn-Token (draft of Transaction Tokens), by which the services of a trust domain pass on who
 * began a call and what it may do. TX-03: `txn`, `scope` and `req_wl` are required. Without its scope
 * the token would allow anything (TX-05).
 */
export function readTxnToken(claims: JsonObject): Result<Allowance, Denial> {
  const fault = findTextFault(claims, 'txn', 'req_wl', 'scope')
  if (fault !== undefined) return fault
  const scopes = readScopes(claims.scope)
  if (scopes === 'invalid') return invalid('scope', 'scope')
  return ok({ clientId: undefined, resources: undefined, scopes })
}

/** The first of these claims that is no readable text. */
function findTextFault(claims: JsonObject, ...names: readonly Invalid['at'][]) {
  for (const name of names) {
    const value = claims[name]
    if (value === undefined || value === '') return deny({ reason: 'claim_missing', at: name })
    if (typeof value !== 'string' || !isReadableText(value)) return invalid(name, 'text')
  }
  return undefined
}

type Invalid = Extract<Denial, { reason: 'claim_invalid' }>

function invalid(at: Invalid['at'], expected: Invalid['facts']['expected']) {
  return deny({ reason: 'claim_invalid', at, facts: { expected } })
}

/** One absolute URI or a list of them (RFC 8707 §2). */
function readResources(value: unknown): readonly string[] | undefined | 'invalid' {
  if (value === undefined) return undefined
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  const resources = list.filter(
    (one): one is string => typeof one === 'string' && isAbsoluteUri(one),
  )
  return resources.length === 0 || resources.length < list.length ? 'invalid' : resources
}

function readScopes(value: unknown): readonly string[] | undefined | 'invalid' {
  if (value === undefined) return undefined
  return (typeof value === 'string' ? parseScopes(value) : undefined) ?? 'invalid'
}
