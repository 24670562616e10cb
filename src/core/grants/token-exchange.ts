/**
 * Token exchange (RFC 8693): a workload presents the token of its platform, or an access token of
 * this gateway, as `subject_token`. With `actor_token`, it also presents the token of the party that
 * acts for the subject. The issued token is both an access token and a JWT, so the answer names the
 * type that was requested.
 */
import {
  GRANT_TYPE_TOKEN_EXCHANGE,
  TOKEN_TYPE_ACCESS_TOKEN,
  TOKEN_TYPE_ID_TOKEN,
  TOKEN_TYPE_JWT,
  TOKEN_TYPE_TXN_TOKEN,
  type TokenAnswer,
} from '../../protocol/oauth.ts'
import { ok, type Result } from '../../web/result.ts'
import { type Denial, deny, type OAuthError, SUBJECT_TOKEN } from '../denial.ts'
import { type Form, readParameter, requireParameter } from '../endpoint/form.ts'
import type { Presentation } from '../evidence/identity.ts'
import type { IssuedToken } from '../issuance.ts'
import { renderAnswer } from './answer.ts'
import type { GrantType, Presented, PresentedActor } from './grant-type.ts'

/** RFC 8693 §2.2.2 has this single code for every invalid token. */
const INVALID_REQUEST: OAuthError = { error: 'invalid_request', status: 400 }

export const TOKEN_EXCHANGE: GrantType = {
  name: GRANT_TYPE_TOKEN_EXCHANGE,
  assertionName: SUBJECT_TOKEN,
  parameters: [
    { name: 'subject_token' },
    { name: 'subject_token_type' },
    { name: 'requested_token_type' },
    { name: 'actor_token' },
    { name: 'actor_token_type' },
    { name: 'subject_issuer', isUnsupported: true },
    { name: 'requested_issuer', isUnsupported: true },
  ],
  errors: { assertion: INVALID_REQUEST, decision: INVALID_REQUEST },
  read,
  render,
}

/**
 * `access_token` is accepted only from issuers whose entry says so: by RFC 8693 §3 it means a token
 * of this server, but gateways that exchange tokens of their users send it for every JWT.
 */
const PRESENTATIONS: ReadonlyMap<string, Presentation> = new Map([
  [TOKEN_TYPE_JWT, 'jwt'],
  [TOKEN_TYPE_ID_TOKEN, 'jwt'],
  [TOKEN_TYPE_ACCESS_TOKEN, 'access_token'],
])

function read(form: Form): Result<Presented, Denial> {
  const subjectType = requireParameter(form, 'subject_token_type')
  if (!subjectType.ok) return subjectType
  // A Txn-Token names a call, and not a party that acts. So it is no actor token.
  const isTxnToken = subjectType.value === TOKEN_TYPE_TXN_TOKEN
  const presentation = isTxnToken ? 'txn_token' : PRESENTATIONS.get(subjectType.value)
  if (presentation === undefined) {
    return deny({ reason: 'token_type_unsupported', at: 'subject_token_type' })
  }
  const requested = readParameter(form, 'requested_token_type') ?? TOKEN_TYPE_ACCESS_TOKEN
  if (requested !== TOKEN_TYPE_ACCESS_TOKEN && requested !== TOKEN_TYPE_JWT) {
    return deny({ reason: 'token_type_unsupported', at: 'requested_token_type' })
  }
  const assertion = requireParameter(form, 'subject_token')
  if (!assertion.ok) return assertion
  const actor = readActor(form)
  if (!actor.ok) return actor
  return ok({
    assertion: assertion.value,
    presentation,
    actor: actor.value,
    issuedTokenType: requested,
  })
}

/** RFC 8693 §2.1: the actor token needs its type, and the type must not stand alone (TE-27). */
function readActor(form: Form): Result<PresentedActor | undefined, Denial> {
  const token = readParameter(form, 'actor_token')
  const type = readParameter(form, 'actor_token_type')
  if (token === undefined && type === undefined) return ok(undefined)
  if (token === undefined) return deny({ reason: 'parameter_missing', at: 'actor_token' })
  if (type === undefined) return deny({ reason: 'parameter_missing', at: 'actor_token_type' })
  const presentation = PRESENTATIONS.get(type)
  if (presentation === undefined) {
    return deny({ reason: 'token_type_unsupported', at: 'actor_token_type' })
  }
  return ok({ token, presentation })
}

/** RFC 8693 §2.2.1. */
function render(issued: IssuedToken, { issuedTokenType }: Presented): TokenAnswer {
  return { ...renderAnswer(issued), issued_token_type: issuedTokenType }
}
