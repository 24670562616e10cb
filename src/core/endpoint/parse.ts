/**
 * Parses a form into a `TokenRequest`, for any grant type. The grant type reads its own parameters;
 * the parameters of every grant type are read here. Unknown parameters are ignored (RFC 6749 §3.2).
 * Parameters that a standard defines and this gateway does not support are refused, not ignored.
 */

import { MIN_TOKEN_LIFETIME_SECONDS } from '../../contract/limits.ts'
import { canonicalResource, isAbsoluteUri } from '../../protocol/resource-uri.ts'
import { parseScopes } from '../../protocol/scope.ts'
import { ok, type Result } from '../../web/result.ts'
import { type Denial, deny } from '../denial.ts'
import type { GrantType, Parameter, Presented } from '../grants/grant-type.ts'
import { MAX_PARAMETER_CHARACTERS, MAX_REQUESTED_SCOPES } from '../limits.ts'
import { readClient } from './client.ts'
import { type Form, given, readParameter, requireParameter } from './form.ts'

export type TokenRequest = {
  readonly grantType: GrantType
  readonly presented: Presented
  /** The requested resource, in the caller's spelling. Undefined if the request names none. */
  readonly resource: string | undefined
  /** The requested scopes. Undefined requests all scopes that the rule grants. */
  readonly scopes: readonly string[] | undefined
  readonly lifetimeSeconds: number | undefined
  readonly rule: string | undefined
  /** The id that the caller gave itself. Only its hash is used, in the decision log. */
  readonly clientId: string | undefined
}

/** Parameters of every grant type. */
const COMMON_PARAMETERS: readonly Parameter[] = [
  { name: 'grant_type' },
  // RFC 8693 §2.1 allows several of both. Here all of them must name the same target.
  { name: 'resource', isRepeatable: true },
  { name: 'audience', isRepeatable: true },
  { name: 'scope' },
  { name: 'expires_in' },
  { name: 'rule', maxCharacters: MAX_PARAMETER_CHARACTERS },
  { name: 'client_id' },
  { name: 'client_secret' },
  { name: 'client_assertion' },
  { name: 'client_assertion_type' },
]

/** Returns the grant type that the form names, or undefined. */
export function findGrantType(form: Form, grantTypes: readonly GrantType[]): GrantType | undefined {
  const name = readParameter(form, 'grant_type')
  return grantTypes.find((grantType) => grantType.name === name)
}

export function parseTokenRequest(
  form: Form,
  grantTypes: readonly GrantType[],
  authorization: string | undefined,
): Result<TokenRequest, Denial> {
  const checked = checkForm(form, grantTypes, authorization)
  if (!checked.ok) return checked
  const { grantType, clientId } = checked.value
  const presented = grantType.read(form)
  if (!presented.ok) return presented
  const resource = parseTarget(form)
  if (!resource.ok) return resource
  const scopes = parseScope(readParameter(form, 'scope'))
  if (!scopes.ok) return scopes
  const lifetime = parseLifetime(readParameter(form, 'expires_in'))
  if (!lifetime.ok) return lifetime
  return ok({
    grantType,
    presented: presented.value,
    resource: resource.value,
    scopes: scopes.value,
    lifetimeSeconds: lifetime.value,
    rule: readParameter(form, 'rule'),
    clientId,
  })
}

type CheckedForm = Pick<TokenRequest, 'grantType' | 'clientId'>

/** Finds the grant type, and refuses parameters that do not fit it. */
function checkForm(
  form: Form,
  grantTypes: readonly GrantType[],
  authorization: string | undefined,
): Result<CheckedForm, Denial> {
  const grantType = findGrantType(form, grantTypes)
  if (grantType !== undefined && authorization === undefined && isPlain(form, grantType)) {
    return ok({ grantType, clientId: undefined })
  }
  const repeated = checkRepeated(form, grantType === undefined ? grantTypes : [grantType])
  if (repeated !== undefined) return repeated
  const client = readClient(form, authorization, grantType?.parameters)
  if (!client.ok) return client
  if (grantType === undefined) {
    const named = requireParameter(form, 'grant_type')
    return named.ok ? deny({ reason: 'grant_type_unsupported' }) : named
  }
  const unfit =
    checkParameters(form, grantType.parameters) ??
    checkParameters(form, COMMON_PARAMETERS) ??
    checkForeign(form, grantType, grantTypes)
  return unfit ?? ok({ grantType, clientId: client.value.clientId })
}

const plainParameters = new WeakMap<GrantType, ReadonlyMap<string, number>>()

/**
 * Whether the form has only parameters that none of the checks can refuse, each once. Most requests
 * are like this, and the checks are not needed.
 */
function isPlain(form: Form, grantType: GrantType): boolean {
  const plain = plainParameters.get(grantType) ?? findPlain(grantType)
  for (const [name, values] of form) {
    const [value] = values
    const limit = plain.get(name)
    if (limit === undefined || value === undefined || values.length > 1) return false
    if (value.length > limit) return false
  }
  return true
}

/** Returns the greatest length of each such parameter. */
function findPlain(grantType: GrantType): ReadonlyMap<string, number> {
  const common = COMMON_PARAMETERS.filter(({ name }) => !name.startsWith('client_'))
  const plain = new Map(
    [...common, ...grantType.parameters]
      .filter(({ isUnsupported }) => isUnsupported !== true)
      .map(({ name, maxCharacters = Number.POSITIVE_INFINITY }) => [name, maxCharacters]),
  )
  plainParameters.set(grantType, plain)
  return plain
}

/**
 * Refuses repeated parameters. The refusal names only known parameters, so that it repeats no text
 * of the request (EXC-11).
 */
function checkRepeated(form: Form, grantTypes: readonly GrantType[]) {
  for (const [name, values] of form) {
    if (values.length === 1) continue
    const known = findParameter(name, grantTypes)
    if (known?.isRepeatable === true) continue
    return deny({ reason: 'parameter_repeated', ...(known === undefined ? {} : { at: name }) })
  }
  return undefined
}

function findParameter(name: string, grantTypes: readonly GrantType[]): Parameter | undefined {
  const lists = [COMMON_PARAMETERS, ...grantTypes.map(({ parameters }) => parameters)]
  return lists.flat().find((parameter) => parameter.name === name)
}

function checkParameters(form: Form, parameters: readonly Parameter[]) {
  for (const { name, isUnsupported, maxCharacters = Number.POSITIVE_INFINITY } of parameters) {
    const value = readParameter(form, name)
    if (value === undefined) continue
    if (isUnsupported === true) return deny({ reason: 'parameter_unsupported', at: name })
    if (value.length > maxCharacters) {
      const facts = { length: value.length, limit: maxCharacters }
      return deny({ reason: 'parameter_invalid', at: name, facts })
    }
  }
  return undefined
}

/**
 * Refuses parameters of the other grant types. Otherwise a request could contain two tokens, and its
 * sender could expect the other one to decide (EXC-03).
 */
function checkForeign(form: Form, own: GrantType, grantTypes: readonly GrantType[]) {
  const foreign = grantTypes
    .filter((other) => other !== own)
    .flatMap(({ parameters }) => parameters)
    .find(({ name }) => findParameter(name, [own]) === undefined && given(form, name).length > 0)
  return foreign && deny({ reason: 'parameter_of_another_grant', at: foreign.name })
}

function parseTarget(form: Form): Result<string | undefined, Denial> {
  const resources = given(form, 'resource')
  const targets = [...resources, ...given(form, 'audience')]
  // Two spellings of the same resource count as one target.
  const count = targets.length > 1 ? new Set(targets.map(canonicalResource)).size : targets.length
  if (count > 1) return deny({ reason: 'target_ambiguous', facts: { targets: count } })
  const isUri = (value: string) => value.length <= MAX_PARAMETER_CHARACTERS && isAbsoluteUri(value)
  const invalid = resources.find((value) => !isUri(value))
  if (invalid !== undefined) {
    const facts = { length: invalid.length, limit: MAX_PARAMETER_CHARACTERS }
    return deny({ reason: 'target_invalid', at: 'resource', facts })
  }
  return ok(targets[0])
}

function parseScope(scope: string | undefined): Result<readonly string[] | undefined, Denial> {
  if (scope === undefined) return ok(undefined)
  const scopes = parseScopes(scope)
  if (scopes === undefined) return deny({ reason: 'scope_malformed' })
  if (scopes.length <= MAX_REQUESTED_SCOPES) return ok(scopes)
  const facts = { length: scopes.length, limit: MAX_REQUESTED_SCOPES }
  return deny({ reason: 'scope_malformed', facts })
}

function parseLifetime(seconds: string | undefined): Result<number | undefined, Denial> {
  if (seconds === undefined) return ok(undefined)
  const isWhole = /^[1-9][0-9]{0,9}$/.test(seconds)
  if (!isWhole || Number(seconds) < MIN_TOKEN_LIFETIME_SECONDS) {
    return deny({ reason: 'parameter_invalid', at: 'expires_in' })
  }
  return ok(Number(seconds))
}
