/**
 * Form → `ExchangeRequest` (RFC 8693 §2.1). From here on names are ours. Unknown parameters are
 * ignored; those that the standard defines and we do not support are refused, never dropped.
 */
import {
  GRANT_TYPE_TOKEN_EXCHANGE,
  TOKEN_TYPE_ACCESS_TOKEN,
  TOKEN_TYPE_ID_TOKEN,
  TOKEN_TYPE_JWT,
} from '../../protocol/oauth.ts'
import { canonicalResource } from '../../protocol/resource-uri.ts'
import { ok, type Result } from '../../web/result.ts'
import { type Denial, deny } from '../denial.ts'
import {
  MAX_PARAMETER_CHARACTERS,
  MAX_REQUESTED_SCOPES,
  MIN_TOKEN_LIFETIME_SECONDS,
} from '../limits.ts'
import { readClient } from './client.ts'
import { type Form, given, single } from './form.ts'

export type ExchangeRequest = {
  readonly subjectToken: string
  /** The API asked for, in the caller's spelling. */
  readonly resource: string
  /** Undefined: what the rule grants. */
  readonly scopes: readonly string[] | undefined
  readonly lifetimeSeconds: number | undefined
  readonly rule: string | undefined
  /** What the answer calls the token: both names are true of it. */
  readonly issuedTokenType: IssuedTokenType
  /** How the caller names itself: for the decision log, after hashing, and for nothing else. */
  readonly clientId: string | undefined
}

export type IssuedTokenType = typeof TOKEN_TYPE_ACCESS_TOKEN | typeof TOKEN_TYPE_JWT

const SINGLE = [
  'grant_type',
  'subject_token',
  'subject_token_type',
  'requested_token_type',
  'scope',
  'expires_in',
  'rule',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
] as const
const UNSUPPORTED = [
  'actor_token',
  'actor_token_type',
  'subject_issuer',
  'requested_issuer',
] as const

export function parseExchangeRequest(
  form: Form,
  authorization?: string,
): Result<ExchangeRequest, Denial> {
  for (const [name, values] of form) {
    // RFC 6749 §3.2 forbids repeating anything but the two target parameters of RFC 8693.
    if (values.length > 1 && name !== 'resource' && name !== 'audience') {
      return deny({ reason: 'parameter_repeated', ...nameIfOurs(name) })
    }
  }
  const client = readClient(form, authorization)
  if (!client.ok) return client
  for (const name of UNSUPPORTED) {
    if (given(form, name).length > 0) return deny({ reason: 'parameter_unsupported', at: name })
  }
  const types = checkTypes(form)
  if (!types.ok) return types
  const subjectToken = required(form, 'subject_token')
  if (!subjectToken.ok) return subjectToken
  const resource = parseTarget(form)
  if (!resource.ok) return resource
  const scopes = parseScopes(text(form, 'scope'))
  if (!scopes.ok) return scopes
  const lifetime = parseLifetime(text(form, 'expires_in'))
  if (!lifetime.ok) return lifetime
  const rule = text(form, 'rule')
  if (rule !== undefined && rule.length > MAX_PARAMETER_CHARACTERS) {
    return deny({ reason: 'parameter_invalid', at: 'rule' })
  }
  return ok({
    subjectToken: subjectToken.value,
    resource: resource.value,
    scopes: scopes.value,
    lifetimeSeconds: lifetime.value,
    rule,
    issuedTokenType: types.value,
    clientId: client.value.clientId,
  })
}

/** Only names that we know are said back: a refusal reflects no input (EXC-11). */
function nameIfOurs(name: string): { readonly at?: string } {
  return [...SINGLE, ...UNSUPPORTED].some((known) => known === name) ? { at: name } : {}
}

function text(form: Form, name: (typeof SINGLE)[number]): string | undefined {
  const value = single(form, name)
  return value.ok ? value.value : undefined
}

function required(form: Form, name: (typeof SINGLE)[number]): Result<string, Denial> {
  const value = text(form, name)
  return value === undefined ? deny({ reason: 'parameter_missing', at: name }) : ok(value)
}

function checkTypes(form: Form): Result<IssuedTokenType, Denial> {
  const grantType = required(form, 'grant_type')
  if (!grantType.ok) return grantType
  if (grantType.value !== GRANT_TYPE_TOKEN_EXCHANGE)
    return deny({ reason: 'grant_type_unsupported' })
  const subjectType = required(form, 'subject_token_type')
  if (!subjectType.ok) return subjectType
  // `access_token` would mean one that we issued (RFC 8693 §3); ours are no subject tokens.
  if (subjectType.value !== TOKEN_TYPE_JWT && subjectType.value !== TOKEN_TYPE_ID_TOKEN) {
    return deny({ reason: 'token_type_unsupported', at: 'subject_token_type' })
  }
  // What is issued is both: a JWT, and an access token for the resource (RFC 8693 §3).
  const requested = text(form, 'requested_token_type') ?? TOKEN_TYPE_ACCESS_TOKEN
  if (requested !== TOKEN_TYPE_ACCESS_TOKEN && requested !== TOKEN_TYPE_JWT) {
    return deny({ reason: 'token_type_unsupported', at: 'requested_token_type' })
  }
  return ok(requested)
}

/** RFC 8693 §2.1: an absolute URI without a fragment. */
const ABSOLUTE_URI = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s#]+$/

function parseTarget(form: Form): Result<string, Denial> {
  const resources = given(form, 'resource')
  const targets = [...resources, ...given(form, 'audience')]
  // Two spellings of one resource are one resource.
  if (new Set(targets.map(canonicalResource)).size > 1) return deny({ reason: 'target_ambiguous' })
  const [target] = targets
  if (target === undefined) return deny({ reason: 'target_missing' })
  const isUri = (value: string) =>
    value.length <= MAX_PARAMETER_CHARACTERS && ABSOLUTE_URI.test(value)
  if (!resources.every(isUri)) return deny({ reason: 'target_invalid', at: 'resource' })
  return ok(target)
}

/** RFC 6749 §3.3, without leniency: one space between tokens and none around them. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/

function parseScopes(scope: string | undefined): Result<readonly string[] | undefined, Denial> {
  if (scope === undefined) return ok(undefined)
  if (!SCOPE.test(scope)) return deny({ reason: 'scope_malformed' })
  const scopes = [...new Set(scope.split(' '))]
  return scopes.length > MAX_REQUESTED_SCOPES ? deny({ reason: 'scope_malformed' }) : ok(scopes)
}

function parseLifetime(seconds: string | undefined): Result<number | undefined, Denial> {
  if (seconds === undefined) return ok(undefined)
  const isWhole = /^[1-9][0-9]{0,9}$/.test(seconds)
  if (!isWhole || Number(seconds) < MIN_TOKEN_LIFETIME_SECONDS) {
    return deny({ reason: 'parameter_invalid', at: 'expires_in' })
  }
  return ok(Number(seconds))
}
